"""`python -m rag` is `wenbao`."""

from rag.cli import main

if __name__ == "__main__":
    main()

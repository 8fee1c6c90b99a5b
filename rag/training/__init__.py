"""How the reader is trained: `python -m rag.training`. The product never imports this package."""

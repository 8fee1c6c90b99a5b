"""`python -m rag` is `wenbao`. Signals end it without a word from the first import on."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from rag.commands.cli import main  # half-done imports have nothing to say

if __name__ == "__main__":
    main()

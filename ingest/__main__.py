"""`python -m ingest` is `wenbao ingest`. Signals end it without a word from the first import on."""

import signal
import sys

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import typer

from ingest import cli, console

if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command(name="ingest")(cli.ingest)
    console.run(sys.argv[1:], lambda arguments: app(arguments, standalone_mode=False), unheard=True)

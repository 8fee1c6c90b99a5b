"""`python -m ingest` is `wenbao ingest`."""

import sys

import typer

from ingest import cli, console

if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command(name="ingest")(cli.ingest)
    console.run(sys.argv[1:], lambda arguments: app(arguments, standalone_mode=False))

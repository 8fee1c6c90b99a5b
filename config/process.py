"""Processes of our own: they import this program and its libraries, never what lies in the working directory."""

from __future__ import annotations

import sys
from pathlib import Path

_RUN = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules, wherever its packages lie: installed or in a checkout."""
    packages = Path(__file__).resolve().parent.parent
    return [sys.executable, "-P", "-c", _RUN, str(packages), module, *arguments]

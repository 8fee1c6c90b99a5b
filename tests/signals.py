"""Signals as a terminal leaves them, whatever started these programs."""

from __future__ import annotations

import signal


def heeded() -> None:
    """From here on programs started by this one heed an interrupt and a hang-up: `nohup` and a shell's `&` have them
    ignored, and what is ignored stays so in every child."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)

"""`python -m rag.telegram.health`: exit code 0 while the bot with these settings lives, 1 when it doesn't."""

from __future__ import annotations

import sys

from config.settings import load_settings
from rag.telegram.app import HEALTH
from rag.telegram.state.home import bot_folder
from rag.telegram.watch import healthy


def main() -> int:
    """Say how the bot is, on one line."""
    path = bot_folder(load_settings()) / HEALTH
    alive = healthy(path)
    print("ok" if alive else f"no fresh {path}", file=sys.stdout if alive else sys.stderr)
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main())

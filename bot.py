"""Start the Telegram bot: `python bot.py` is `wenbao bot`."""

from rag.commands.cli import main

if __name__ == "__main__":
    main(["bot"])

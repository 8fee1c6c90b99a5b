"""Start the Telegram bot: `python bot.py` is `wenbao bot`."""

from rag.__main__ import main

if __name__ == "__main__":
    main(["bot"])

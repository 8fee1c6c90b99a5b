"""The Telegram front-end: what staff see of `rag.engine` in a chat."""

"""What an admin sends to be taken in: a file, or a photograph under a name made for it. Pure."""

from __future__ import annotations

import operator
from dataclasses import dataclass

from telegram import Message, PhotoSize

from rag.telegram.shelf.files import safe_name

_SUFFIX = ".jpg"  # what Telegram makes of every photograph
_NAMED = (_SUFFIX, ".jpeg", ".png", ".heic")
_CAPTION = 60  # characters of a caption that name a file


@dataclass(frozen=True, slots=True)
class Offered:
    """A file at Telegram and what it will be called; `size` in bytes, None where Telegram doesn't say."""

    name: str
    file: str
    size: int | None


def offered(message: Message) -> Offered | None:
    """The file in a message, of a photograph the largest that there is; None where there is none."""
    if message.document is not None:
        document = message.document
        return Offered(safe_name(document.file_name or ""), document.file_id, document.file_size)
    if message.photo:
        largest: PhotoSize = max(message.photo, key=operator.attrgetter("width", "height"))
        return Offered(_photo_name(message), largest.file_id, largest.file_size)
    return None


def _photo_name(message: Message) -> str:
    """A name out of the caption's first line, else out of the date; two photographs of an album never share it."""
    lines = (message.caption or "").strip().splitlines()
    name = lines[0].strip() if lines else ""
    for suffix in _NAMED:
        name = name[: -len(suffix)] if name.lower().endswith(suffix) else name
    name = name.replace("/", "_").replace("\\", "_")[:_CAPTION].strip(" .")
    named = any(char.isalnum() for char in name)
    if not named:
        name = f"photo-{message.date.astimezone():%Y%m%d-%H%M%S}"
    if not named or message.media_group_id:
        name += f"-{message.message_id}"
    return safe_name(name + _SUFFIX)

"""Compound files (OLE), in which office programs kept documents before 2007: their streams and properties."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from typing import Any

from ingest.formats.kinds import Kind, damaged


@contextlib.contextmanager
def opened(kind: Kind, data: bytes) -> Iterator[Any]:
    """The file's streams. Raises ReportError when it is damaged."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            yield file
    except (OSError, IndexError, ValueError, struct.error) as exc:  # what the library raises on a broken chain
        raise damaged(kind) from exc


def properties(file: Any) -> dict[str, Any]:
    """What the file says about itself: `title`, `date`, `publisher`."""
    meta = file.get_metadata()
    made = meta.create_time
    code_page = meta.codepage or 0
    return {
        "title": _text(meta.title, code_page),
        "date": made.date().isoformat() if made is not None and made.year > 1970 else None,
        "publisher": _text(meta.author, code_page),
    }


def _text(value: object, code_page: int) -> str | None:
    if isinstance(value, bytes):
        encoding = {1200: "utf-16-le", 65001: "utf-8", -535: "utf-8", 936: "gb18030"}.get(code_page, f"cp{code_page}")
        try:
            value = value.decode(encoding, "replace")
        except LookupError:
            return None
    return str(value).strip("\0 ") or None if value else None

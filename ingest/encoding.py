"""Bytes to text: UTF-8, UTF-16, GB18030 or Big5, told apart by what reads as Chinese. Pure."""

from __future__ import annotations

import codecs

from config.errors import ReportError
from ingest.lexicon import load_lexicon
from ingest.script import to_simplified

_SAMPLE = 4000  # characters that decide between two encodings
_MIN_COMMON = 0.7  # share of a text's letters in everyday use; garbage has about a third


def decode(data: bytes) -> str:
    """The text, with line breaks as Python's text mode reads them. Raises ReportError when nothing fits."""
    text = _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            text = _strictly(data, encoding)
            return text if text is not None and _commonness(text) >= _MIN_COMMON else _refuse(data)
    if (text := _strictly(data, "utf-8")) is not None:
        return text
    candidates = [(_commonness(text), text) for encoding in _guesses(data) if (text := _strictly(data, encoding))]
    best = max(candidates, default=(0.0, ""), key=lambda candidate: candidate[0])
    return best[1] if best[0] >= _MIN_COMMON else _refuse(data)


def _guesses(data: bytes) -> tuple[str, ...]:
    # UTF-16 without a mark has a zero byte in every ASCII character, its line breaks at least.
    return ("utf-16-le", "utf-16-be") if b"\0" in data else ("gb18030", "big5hkscs")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _commonness(text: str) -> float:
    """The share of everyday characters, Han or ASCII, in a text without its white space and marks."""
    common = load_lexicon().common
    words = [char for char in to_simplified(text[:_SAMPLE]) if char.isalnum() or char >= "\ue000"]
    return sum(char in common or char.isascii() for char in words) / len(words) if words else 0.0


def _refuse(data: bytes) -> str:
    try:
        data.decode("utf-8")
        at = 0
    except UnicodeDecodeError as exc:
        at = exc.start
    raise ReportError(
        f"不是 UTF-8、UTF-16、GB18030 或 Big5 文本(第 {at} 字节);请另存为 UTF-8",
        f"not UTF-8, UTF-16, GB18030 or Big5 text (byte {at}); save it as UTF-8",
    )

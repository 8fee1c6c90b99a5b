"""The converter that damaged the reports, rebuilt from what it did; for making test texts of one's own."""

from __future__ import annotations

from pypinyin import Style, pinyin

from ingest.language.script import to_simplified, to_traditional

PUNCTUATION = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) in "，；：？！（）"}


def traditional(text: str) -> str:
    return to_traditional(text, plain=True)


def annotate(text: str) -> str:
    """`(pinyin)` behind every character that the conversion to Traditional script changed."""
    parts = []
    for char in text:
        parts.append(char)
        if to_simplified(char) != char:
            parts.append(f"({pinyin(char, style=Style.TONE)[0][0]})")
    return "".join(parts)


def fold_punctuation(text: str) -> str:
    return "".join(PUNCTUATION.get(char, char) for char in text)


def slip(text: str, at: int, *, gain: bool) -> str:
    """Read the text as GBK with the first byte of the mark at `at` lost, or doubled."""
    data = text.encode("gbk")
    byte = len(text[:at].encode("gbk"))
    broken = data[:byte] + data[byte : byte + 1] + data[byte:] if gain else data[:byte] + data[byte + 1 :]
    return _decode(broken)


def _decode(data: bytes) -> str:
    """As browsers do: a byte that makes no character with the next becomes `?` alone."""
    out = []
    at = 0
    while at < len(data):
        if data[at] < 0x80:
            out.append(chr(data[at]))
            at += 1
            continue
        try:
            out.append(data[at : at + 2].decode("gbk"))
            at += 2
        except UnicodeDecodeError:
            out.append("?")
            at += 1
    return "".join(out)

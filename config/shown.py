"""The one place where a text from outside becomes text for a screen, a chat, a log, JSON, CSV or Markdown. Pure.

From outside is whatever this program didn't write itself: reports, their titles and file names, questions, settings,
what other libraries say. Guarantees: nothing of it can steer a terminal, reorder what stands around it, begin a line
of its own where one line is promised, act as a formula in a spreadsheet or as markup.
"""

from __future__ import annotations

import json
import re

# Controls, format characters (among them those of writing direction and of no width), surrogates, private use, and
# Unicode's own line and paragraph ends; only line feed and tab are left out.
_UNSAFE = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_STEERING = re.compile(f"[{_UNSAFE}]")
_STEERING_OR_BREAK = re.compile(rf"[\n\t{_UNSAFE}]")
_INVISIBLE = frozenset("\r\f\xad\u200b\u200c\u200d\u2060\ufeff")  # says nothing where it is shown
_IN_CHATS = re.compile(f"(?!\u200d)[{_UNSAFE}]")  # what joins two emoji stays
# A spreadsheet takes these for the beginning of a formula, unless a number follows.
_FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20|%]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
# What Markdown would read as its own: marks anywhere, and what makes a block of a line's beginning.
_MARKS = re.compile(r"[\\`*_<>&~|\[\]]")
_OUR_MARKER = re.compile(r"\\\[(\d+)\\\](?![(:]|\\\[)")
_BLOCK = re.compile(r"^([^\S\n]*)([#+=-]|\d+[.)])", re.MULTILINE)
_FENCE = re.compile("`+")


def lines(text: str) -> str:
    """The text for a terminal: what is invisible is left out, what could steer it is written out as `\\x1b`."""
    return _STEERING.sub(lambda match: _written_out(match[0]), text)


def line(text: str) -> str:
    """The same on one line."""
    return _STEERING_OR_BREAK.sub(lambda match: _written_out(match[0]), text)


def sentence(text: str) -> str:
    """What another library said, as a part of a line: line breaks are spaces."""
    return line(" ".join(text.split()))


def message(text: str) -> str:
    """The text for a chat, which shows no escapes: what could steer it is left out."""
    return _IN_CHATS.sub("", text)


def as_json(value: object) -> str:
    """One line of JSON of the same value, with everything that could steer a terminal as an escape.

    Raises ValueError for a number that JSON has none of (infinite, not a number).
    """
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _STEERING.sub(lambda match: json.dumps(match[0])[1:-1], written)


def cell(text: str) -> str:
    """A field of a CSV file that no spreadsheet takes for a formula; the file's own quoting comes on top."""
    plain = sentence(text)
    return f"'{plain}" if _FORMULA.match(plain) and not _NUMBER.fullmatch(plain) else plain


def markdown(text: str) -> str:
    """The text in Markdown, where nothing of it is markup; `[1]`, which alone is no link, stays."""
    plain = _OUR_MARKER.sub(r"[\1]", _MARKS.sub(r"\\\g<0>", lines(text)))
    return _BLOCK.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", plain)


def code(text: str) -> str:
    """The text as a span of code in Markdown, whatever backquotes are in it."""
    plain = line(text)
    fence = "`" * (1 + max((len(run) for run in _FENCE.findall(plain)), default=0))
    return f"{fence} {plain} {fence}" if "`" in plain else f"{fence}{plain}{fence}"


def _written_out(char: str) -> str:
    return "" if char in _INVISIBLE else char.encode("unicode_escape").decode("ascii")

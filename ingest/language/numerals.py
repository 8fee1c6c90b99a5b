"""The value of a numeral: figures, Chinese characters or both, as `data/numerals.toml` writes them down.

Pure. `read` takes what one number can be made of and stops before the first character that cannot go on with it
(一亿二千万 is one number, 万万万 are several); it looks at every character once.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal

from ingest.language.words import alternation, table

_LONGEST = 15  # figures or characters in one number; more are a code
_GROUP = 10_000
_LEAST = 3  # figures without a scale of their own behind a scale


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at `text[start:end]`. `high` differs from `low` in 二三十 and 几十; `low` is exact otherwise.

    `step`: what one digit more would add where 几 stands for the last one (1 in 十几, which is 11 to 19), else 0.
    `scale` is what its last characters multiply by (万 of 5万, else 1), `about` "exact", "about", "over" or "vague".
    """

    start: int
    end: int
    low: Decimal
    high: Decimal
    scale: int
    about: str
    characters: bool
    """Whether it begins with a character, not a figure."""
    bare: bool
    """Whether it begins with 百 千 万 亿 without a digit."""
    step: Decimal = Decimal(0)


@dataclass(slots=True)
class _Sum:
    """A number while it is read: finished groups, the group being read, and the digit that waits for its ten."""

    total: Decimal = Decimal(0)
    group: Decimal = Decimal(0)
    digit: Decimal | None = None
    spread: Decimal = Decimal(0)
    """How much more the highest value is."""
    step: Decimal = Decimal(0)
    """What one digit more would add where 几 stands for the last one."""
    ten: int = _GROUP
    scale: int = 0
    last: str = ""
    """The kind of the last token."""
    factor: int = 1
    """What the last tens and scales multiply by, together."""
    zero: bool = False
    first: str = ""
    about: str = "exact"

    def take(self, kind: str, word: str) -> bool:
        """Go on with a token; False where it can't follow, and nothing has changed then."""
        step = _STEPS[kind]
        if not step(self, word):
            return False
        self.first = self.first or kind
        if kind not in ("ten", "scale", "more"):
            self.factor = 1
        self.last = kind
        return True

    def take_figures(self, word: str) -> bool:
        if self.last not in ("", "ten", "scale", "zero"):
            return False
        self.digit = Decimal(word.replace(",", ""))
        return True

    def take_digits(self, word: str) -> bool:
        if self.last not in ("", "ten", "scale", "zero", "twenty"):
            return False
        values = [table("numerals")["digits"][char] for char in word]
        if len(word) > 1 and values[0] == 0 and self.last in ("ten", "scale"):
            self.zero, values = True, values[1:]
        if len(values) == 1:
            self.digit = Decimal(values[0])
        elif _is_pair(word[-2:], values):
            self.digit, self.spread = Decimal(values[0]), Decimal(values[1] - values[0])
        elif self.last == "" and (len(values) > 2 or 0 in values):
            self.digit = Decimal("".join(map(str, values)))
        else:
            return False
        return True

    def take_zero(self, word: str) -> bool:
        del word
        if self.last not in ("ten", "scale"):
            return False
        self.zero = True
        return True

    def take_twenty(self, word: str) -> bool:
        if self.last not in ("", "ten", "scale", "zero"):
            return False
        self.group += table("numerals")["twenties"][word]
        self.ten = 10
        return True

    def take_ten(self, word: str) -> bool:
        ten = table("numerals")["tens"][word]
        if ten >= self.ten or self.last in ("more", "point", "twenty") or (self.digit is None and not self._opens(ten)):
            return False
        self.group += (1 if self.digit is None else self.digit) * ten
        self.spread *= ten
        self.digit, self.ten, self.factor, self.zero = None, ten, ten, False
        return True

    def _opens(self, ten: int) -> bool:
        return self.last == "" or (ten == 10 and self.last in ("ten", "scale", "zero"))

    def take_scale(self, word: str) -> bool:
        scale = table("numerals")["scales"][word]
        amount = self.group + (self.digit or 0)
        if self.last == "scale":
            if self.factor * scale > 10**13:
                return False
            self.total *= scale
        elif scale >= self.scale and self.scale:
            if scale == self.scale:
                return False
            self.total = (self.total + amount) * scale
        else:
            self.total += (amount if self.last else 1) * scale
        self.spread *= scale
        self.step *= scale
        self.factor = scale * (self.factor if self.last in ("ten", "scale", "more") else 1)
        self.scale = self.scale * scale if self.last == "scale" else scale  # 二万亿: 亿 may follow again
        self.group, self.digit, self.ten, self.zero = Decimal(0), None, _GROUP, False
        return True

    def take_point(self, word: str) -> bool:
        if self.last not in ("digits", "ten", "scale", "zero"):
            return False
        digits = "".join(str(table("numerals")["digits"][char]) for char in word[1:].strip())
        self.digit = (self.digit or 0) + Decimal(f"0.{digits}")
        return True

    def take_some(self, word: str) -> bool:
        if self.last in ("ten", "scale", "twenty", "zero"):
            return self.take_more(word)
        return not self.last and self._take_unknown()

    def take_some_tens(self, word: str) -> bool:
        """几 before a ten: of its own, or behind a greater one (一百几十)."""
        del word
        return self.last in ("", "ten", "scale", "zero") and self.about == "exact" and self._take_unknown()

    def _take_unknown(self) -> bool:
        self.digit, self.spread, self.about = Decimal(2), Decimal(7), "vague"
        return True

    def take_more(self, word: str) -> bool:
        words = table("numerals")["more"]
        if self.about != "exact" and self.first not in ("some", "some_tens"):
            return False
        if self.last not in ("ten", "scale", "twenty", "zero") and (
            self.last != "figures" or word in words["after_scale"]
        ):
            return False
        if self.about == "exact":
            self.about = "over" if word in words["over"] else "about"
        if word in words["digit"] and self.last != "figures":
            self.step = Decimal(1) if self.last in ("twenty", "zero") else Decimal(self._last_ten()) / 10
        return True

    def _last_ten(self) -> int:
        return self.ten if self.last == "ten" else self.scale

    def value(self) -> Decimal:
        """The value; a digit behind 百 千 万 without 零 counts in the tens below (二百五, 一万三)."""
        digit = self.digit or Decimal(0)
        before = self.ten if self.ten < _GROUP else self.scale
        if self.last == "digits" and self.first != "figures" and not self.zero and before > 10 and self._whole_digit():
            digit, self.spread = digit * before / 10, self.spread * before / 10
        return self.total + self.group + digit

    def _whole_digit(self) -> bool:
        return self.digit is not None and self.digit < 10 and self.factor == 1


_STEPS = {
    "figures": _Sum.take_figures,
    "digits": _Sum.take_digits,
    "zero": _Sum.take_zero,
    "twenty": _Sum.take_twenty,
    "ten": _Sum.take_ten,
    "scale": _Sum.take_scale,
    "point": _Sum.take_point,
    "some": _Sum.take_some,
    "some_tens": _Sum.take_some_tens,
    "more": _Sum.take_more,
}


def read(text: str, start: int, stop: int | None = None) -> Numeral | None:
    """The number that begins at `start`, at most up to `stop`; None where none does or it is longer than a number."""
    state, at, length = _Sum(), start, 0
    while match := _token().match(text, at, len(text) if stop is None else stop):
        kind = match.lastgroup or ""
        word = match[kind]
        length += len(word)
        if length > 3 * _LONGEST or (kind in ("figures", "digits") and len(word) > _LONGEST):
            return None
        if (kind == "figures" and _is_apart(text, match.end(), word, state)) or not state.take(kind, word):
            break
        at = match.end()
    if not state.last:
        return None
    low = state.value()
    high = low + state.spread
    opened = state.first in ("ten", "scale") and text[start] not in "十拾"
    return Numeral(start, at, low, high, state.factor, state.about, state.first != "figures", opened, state.step)


def _is_apart(text: str, end: int, word: str, state: _Sum) -> bool:
    """Whether figures behind a scale are another number: 40万3岁以下婴幼儿, but 1亿2000万 and 1万2000."""
    return state.last in ("ten", "scale") and len(word) < _LEAST and not _scaled().match(text, end)


def skip(text: str, start: int) -> int:
    """Where the run of figures and numeral characters that begins at `start` ends."""
    match = _run().match(text, start)
    return match.end() if match else start + 1


def _is_pair(word: str, values: list[int]) -> bool:
    if len(values) != 2 or 0 in values:
        return False
    return values[1] == values[0] + 1 or word in table("numerals")["pairs"]["together"]


@functools.cache
def starts() -> str:
    """The characters with which a number begins, for a class of a pattern."""
    words = table("numerals")
    return "0-9" + "".join(char for group in ("digits", "twenties", "tens", "scales") for char in words[group])


@functools.cache
def _scaled() -> re.Pattern[str]:
    words = table("numerals")
    return re.compile(rf"\s{{0,2}}[{''.join([*words['tens'], *words['scales']])}]")


@functools.cache
def _run() -> re.Pattern[str]:
    return re.compile(rf"[{starts()}]+(?:[.,][0-9]+)*")


@functools.cache
def _token() -> re.Pattern[str]:
    words = table("numerals")
    digits, tens, scales, twenties = ("".join(words[group]) for group in ("digits", "tens", "scales", "twenties"))
    points = "".join(words["points"]["words"])
    more = "".join(words["more"]["about"] + words["more"]["over"])
    return re.compile(
        r"\s{0,2}(?:(?P<figures>(?:[0-9]{1,3}(?:,[0-9]{3}(?![0-9]))+|[0-9]+)(?:\.[0-9]+)?)"
        rf"|(?P<zero>[零〇○](?=[{tens}{twenties}0-9几幾]))|(?P<digits>[{digits}]+)|(?P<ten>[{tens}])|(?P<scale>[{scales}])"
        rf"|(?P<twenty>[{twenties}])|(?P<point>[{points}]\s?[{digits}]+(?![{tens}]))"
        rf"|(?P<some_tens>(?:{alternation(words['some']['words'])})(?=[{tens}]))"
        rf"|(?P<some>(?:{alternation(words['some']['words'])})(?=[{scales}]))"
        rf"|(?P<more>[{re.escape(more)}](?![0-9]|{alternation(words['more']['not_before'])})))"
    )

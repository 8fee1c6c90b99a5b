"""Automatic numbers of lists and headings, which a file doesn't hold as text: 一、 （一） 1. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_DIGITS = "〇一二三四五六七八九"
_LEGAL = str.maketrans("〇一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40),
          ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))  # fmt: skip
# Characters that hold a number each: the first of them, and how many there are.
_ROWS = {
    "decimalEnclosedCircle": ("①", 20), "decimalEnclosedCircleChinese": ("①", 20), "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20), "ideographEnclosedCircle": ("㈠", 10),
}  # fmt: skip
_COUNTING = frozenset(
    ["chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"]
)
_UNNUMBERED = frozenset({"bullet", "none"})
_PLACE = re.compile(r"%([1-9])")
_MOST = 9999  # from which on a number is written in figures whatever its style


@dataclass(frozen=True, slots=True)
class Level:
    """How a level of a list is numbered: the style as Word calls it, what stands around it (第%1章), its first."""

    style: str
    text: str
    start: int = 1


@dataclass(slots=True)
class Counters:
    """Counts the entries of a file's lists, in order."""

    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, name: str, levels: Mapping[int, Level], depth: int, restart: Mapping[int, int]) -> str:
        """The next entry's number at `depth` of the list `name`; "" where it has none, as behind a bullet.

        `restart` holds the numbers with which levels begin anew, once.
        """
        counts = self._counts.setdefault(name, {})
        counts.update((begun, number - 1) for begun, number in restart.items())
        level = levels.get(depth)
        if level is None:
            return ""
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [deeper for deeper in counts if deeper > depth]:
            del counts[deeper]
        return "" if level.style in _UNNUMBERED else _PLACE.sub(lambda place: _at(levels, counts, place), level.text)


def _at(levels: Mapping[int, Level], counts: Mapping[int, int], place: re.Match[str]) -> str:
    depth = int(place[1]) - 1
    level = levels.get(depth)
    return written(counts.get(depth, level.start), level.style) if level else ""


def numbered(label: str, text: str) -> str:
    """A line behind its number; where they would run together (1. and 5亿元), a space parts them."""
    if not label or not text.strip():
        return text
    parted = label[-1].isalnum() or (label[-1] in ".．" and text[:1].isascii())
    return f"{label}{' ' if parted else ''}{text.lstrip()}"


def written(number: int, style: str) -> str:
    """A number, from 0, in the style that Word calls so; in figures where that has no such number."""
    if number <= 0 or number > _MOST:
        return str(number)
    if style in _COUNTING:
        return _chinese(number)
    if style in _ROWS and number <= _ROWS[style][1]:
        return chr(ord(_ROWS[style][0]) + number - 1)
    match style:
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return _chinese(number).translate(_LEGAL)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(number))
        case "ideographTraditional":
            return _STEMS[(number - 1) % len(_STEMS)]
        case "ideographZodiac":
            return _BRANCHES[(number - 1) % len(_BRANCHES)]
        case "upperRoman" | "lowerRoman":
            return _roman(number) if style == "upperRoman" else _roman(number).lower()
        case "upperLetter" | "lowerLetter":
            letters = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letters if style == "upperLetter" else letters.lower()
        case "decimalZero":
            return f"{number:02}"
        case _:
            return str(number)


def _chinese(number: int) -> str:
    numeral = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            numeral += _DIGITS[digit] + unit
        elif numeral and not numeral.endswith("〇") and number % place:
            numeral += "〇"
    return numeral.removeprefix("一") if 10 <= number < 20 else numeral.replace("〇", "零")


def _roman(number: int) -> str:
    numeral = ""
    for letters, value in _ROMAN:
        numeral += letters * (number // value)
        number %= value
    return numeral

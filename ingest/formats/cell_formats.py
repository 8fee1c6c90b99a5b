"""What a sheet's cell shows of its value under a number format: 27.5% and not 0.275, 1.2万 and not 12345. Pure.

A day is shown whole, whatever its format leaves out of it, and an amount below zero always with its sign: so they are
found and compared.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ingest.formats.numbering import written

_EPOCH = datetime.datetime(1899, 12, 30)  # day 0 of a sheet
_LAST_DAY = 2_958_465  # 9999-12-31
# A format's parts: what it writes as it stands, what only takes room, brackets, `General`, places of digits, the rest.
_PART = re.compile(
    r'"(?P<quoted>[^"]*+)"?|[\\!](?P<escaped>.)|(?P<room>[_*].?)|\[(?P<bracket>[^\]\[]*+)\]|(?P<general>General)'
    r"|(?P<exponent>[Ee][+-]0++)|(?P<digit>[0#?])|(?P<sign>[,.%@/])|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*+(-?\d+(?:\.\d+)?)")
_COMPARED = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip
_NUMERALS = {"dbnum1": "chineseCounting", "dbnum2": "chineseLegalSimplified"}
_ELAPSED = re.compile(r"(h+|m+|s+)", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_HAN = re.compile("[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a number format, by the group of `_PART` that it is, and what it says."""

    kind: str
    text: str


def shown(value: object, pattern: str | None) -> str:
    """What a cell shows of its value under a number format, without padding; "" for nothing."""
    pattern = pattern or ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.timedelta):
        return _duration(value, pattern)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _moment(value, pattern)
    if isinstance(value, int | float):
        return _number(value, pattern) if math.isfinite(value) else ""
    return _text(" ".join(str(value).split()), pattern)


def is_elapsed(pattern: str) -> bool:
    """Whether a format counts hours, minutes or seconds on: [h]:mm."""
    return any(part.kind == "bracket" and _ELAPSED.fullmatch(part.text) for part in _parts(pattern))


def _parts(section: str) -> list[_Part]:
    return [_Part(match.lastgroup or "", match[match.lastgroup or 0]) for match in _PART.finditer(section)]


def _sections(pattern: str) -> list[list[_Part]]:
    """A format's sections, parted by semicolons that it doesn't write."""
    sections: list[list[_Part]] = [[]]
    for part in _parts(pattern):
        if part == _Part("other", ";"):
            sections.append([])
        else:
            sections[-1].append(part)
    return sections


def _literal(part: _Part) -> str:
    """What a part writes as it stands."""
    if part.kind == "bracket":
        return part.text[1:].partition("-")[0] if part.text.startswith("$") else ""
    return part.text if part.kind in ("quoted", "escaped", "other") else ""


def _text(value: str, pattern: str) -> str:
    """A text, with what its format writes around it: @"镇"."""
    sections = _sections(pattern)
    own = sections[3:4] or [section for section in sections if _Part("sign", "@") in section][:1]
    if not any(own):
        return value
    return "".join(value if part.text == "@" and part.kind == "sign" else _literal(part) for part in own[0]).strip()


def _duration(value: datetime.timedelta, pattern: str) -> str:
    """A length of time as its format counts it on; without one hours and minutes."""
    total = abs(round(value.total_seconds()))
    sign = "-" if value < datetime.timedelta(0) else ""
    if not is_elapsed(pattern):
        return f"{sign}{total // 3600}:{total % 3600 // 60:02}" + (f":{total % 60:02}" if total % 60 else "")
    written_out, rest = "", total
    for part in _timed(_sections(pattern)[0]):
        unit = part.text[:1].lower()
        if (part.kind == "bracket" and _ELAPSED.fullmatch(part.text)) or part.kind == "time":
            amount, rest = divmod(rest, _SECONDS[unit])
            written_out += f"{amount:0{len(part.text)}}"
        else:
            written_out += _literal(part)
    return sign + written_out.strip()


def _timed(elements: Sequence[_Part]) -> Iterator[_Part]:
    """A format's parts with the letters that count time together."""
    run = ""
    for part in [*elements, _Part("end", "")]:
        letter = part.text.lower() if part.kind == "other" and part.text.lower() in _SECONDS else ""
        if run and letter != run[0]:
            yield _Part("time", run)
            run = ""
        if letter:
            run += letter
        elif part.kind != "end":
            yield part


def _moment(value: datetime.datetime | datetime.date | datetime.time, pattern: str) -> str:
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if not value.second else "seconds")
    plain = "".join(part.text for part in _sections(pattern)[0] if part.kind == "other").lower()
    has_year, has_day = "y" in plain or "e" in plain, "d" in plain
    day = f"{value.year}-{value.month:02}-{value.day:02}"
    if "年" in pattern:
        day = f"{value.year}年{value.month}月{value.day}日"
    if "m" in plain and has_year != has_day:
        day = f"{value.year}年{value.month}月" if has_year else f"{value.month}月{value.day}日"
    timed = isinstance(value, datetime.datetime) and (value.hour or value.minute or value.second)
    return f"{day} {value:%H:%M}" if timed else day


def _number(value: float, pattern: str) -> str:
    sections = _sections(pattern)
    if _is_of_dates(sections[0]) and 0 <= value < _LAST_DAY:
        if is_elapsed(pattern):
            return _duration(datetime.timedelta(days=value), pattern)
        moment = _EPOCH + datetime.timedelta(seconds=round(value * 86400))
        return _moment(moment if value >= 1 else moment.time(), pattern)
    section, signed = _chosen(value, sections)
    if not section and len(sections) > 1:  # so formats hide a zero
        return ""
    sign = "-" if value < 0 and not signed else ""
    amount = _written(abs(value), section)
    zero = sign and not any(char in "123456789" for char in amount) and any(char == "0" for char in amount)
    return ("" if zero else sign) + amount


def _is_of_dates(section: Sequence[_Part]) -> bool:
    letters = {part.text.lower() for part in section if part.kind == "other"}
    counted = any(part.kind == "bracket" and _ELAPSED.fullmatch(part.text) for part in section)
    placed = any(part.kind in ("digit", "general", "exponent") for part in section)
    return not placed and (counted or bool(letters & set("ymdhsae")))


def _chosen(value: float, sections: Sequence[Sequence[_Part]]) -> tuple[Sequence[_Part], bool]:
    """The section that a number is written by, and whether that says by itself that it is below zero."""
    conditions = [_condition(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARED[condition[0]](value, condition[1]):
                return section, False
        return sections[-1], False
    if value < 0 and len(sections) > 1 and (sections[1] or len(sections) > 2):
        below, above = ("".join(map(_literal, section)) for section in sections[1::-1])
        marked = "-" in below or bool(set(_HAN.findall(below)) - set(_HAN.findall(above)))
        return [part for part in sections[1] if _literal(part) not in ("(", ")", "（", "）")], marked
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _condition(section: Sequence[_Part]) -> tuple[str, float] | None:
    matches = (_CONDITION.fullmatch(part.text) for part in section if part.kind == "bracket")
    return next(((match[1], float(match[2])) for match in matches if match), None)


def _written(value: float, section: Sequence[_Part]) -> str:
    """An amount, not below zero, by the parts of one section."""
    kinds = [part.kind for part in section]
    numerals = next((_NUMERALS[part.text.lower()] for part in section if part.text.lower() in _NUMERALS), None)
    if "general" in kinds or not section:
        number = written(int(value), numerals) if numerals and value == int(value) else _general(value)
        around = ["" if part.kind == "general" else _literal(part) for part in section] or [""]
        at = kinds.index("general") if "general" in kinds else 0
        return ("".join(around[:at]) + number + "".join(around[at:])).strip()
    if _Part("sign", "@") in section and "digit" not in kinds:
        return "".join(_general(value) if part.text == "@" else _literal(part) for part in section).strip()
    if "digit" not in kinds:
        return "".join("%" if part == _Part("sign", "%") else _literal(part) for part in section).strip()
    if "exponent" in kinds:
        point = section.index(_Part("sign", ".")) if _Part("sign", ".") in section else len(section)
        return f"{value:.{sum(kind == 'digit' for kind in kinds[point:])}E}"
    if _Part("sign", "/") in section:
        return _fraction(value, section)
    return _placed(value, section)


def _placed(value: float, section: Sequence[_Part]) -> str:
    """An amount with each digit in its place, and what the format writes before, between and behind them."""
    digits = [n for n, part in enumerate(section) if part.kind == "digit"]
    points = [n for n, part in enumerate(section) if part == _Part("sign", ".")]
    point = points[0] if points else max(digits) + 1
    commas = [n for n, part in enumerate(section) if part == _Part("sign", ",")]
    whole = [n for n in digits if n < point]
    grouped = any(whole and whole[0] < n < whole[-1] for n in commas)
    scale = sum(n > digits[0] and not (whole and n < whole[-1]) for n in commas)
    percents = sum(part == _Part("sign", "%") for part in section)
    scaled = value * 100**percents / 1000**scale
    behind = [section[n].text for n in digits if n > point]
    least = max((n + 1 for n, place in enumerate(behind) if place == "0"), default=0)
    decimal = f"{scaled:.{len(behind)}f}" if behind else f"{scaled:.0f}"
    before, _, after = decimal.partition(".")
    after = after[:least] + after[least:].rstrip("0")
    places: dict[int, str] = {}
    rest = before if before != "0" or not whole else ""
    for n in reversed(whole):
        digit, rest = rest[-1:], rest[:-1]
        places[n] = digit or ("0" if section[n].text == "0" else "")
    if whole:
        first = next((n for n in whole if places[n]), whole[0])
        places[first] = rest + places[first]
    if grouped:
        first = whole[0]
        joined = "".join(places[n] for n in whole)
        places |= dict.fromkeys(whole, "")
        places[first] = f"{int(joined):,}" if joined else ""
    places |= dict(zip((n for n in digits if n > point), after, strict=False))
    out = ""
    for n, part in enumerate(section):
        if n in places:
            out += places[n]
        elif n in points[:1]:
            out += "." if after else ""
        elif part == _Part("sign", "%"):
            out += "%"
        elif part.kind == "sign" and part.text == ".":
            out += part.text
        else:
            out += _literal(part)
    return out.strip()


def _fraction(value: float, section: Sequence[_Part]) -> str:
    at = section.index(_Part("sign", "/"))
    behind = "".join(part.text for part in section[at + 1 :] if part.kind in ("digit", "other")).strip()
    if behind.isdigit() and int(behind):
        part = Fraction(round(value * int(behind)), 1), int(behind)
        top, bottom = int(part[0]), part[1]
    else:
        fraction = Fraction(value).limit_denominator(10 ** max(1, len(behind)) - 1)
        top, bottom = fraction.numerator, fraction.denominator
    mixed = sum(section[n].kind == "digit" for n in range(at)) > 1 and any(
        part == _Part("other", " ") for part in section[:at]
    )
    whole, top = divmod(top, bottom) if mixed else (0, top)
    if not top:
        return str(whole)
    return (f"{whole} " if whole else "") + f"{top}/{bottom}"


def _general(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10f}".rstrip("0").rstrip(".") if 1e-4 <= abs(value) < 1e11 else f"{value:.6g}"

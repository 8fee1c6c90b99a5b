"""Numbers with their units: what is written as one amount, halves, tenths, smaller units and ranges included.

Pure. What the words around say of it, and whether it is a figure at all, is not looked at.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ingest.language import numerals, units
from ingest.language.marks import HAN
from ingest.language.numerals import Numeral
from ingest.language.words import alternation, table

About = Literal["exact", "about", "over", "under", "vague"]
_HAN = re.compile(f"[{HAN}]")
_GAP = re.compile(r"\s{0,4}")
_DECIMALS = re.compile(r"[0-9]{1,2}(?![0-9.,:/×*月年日])")
LETTER = re.compile(r"[A-Za-z_]")


def _with_some_more(text: str, numeral: Numeral) -> Numeral:
    """A number of whole tens in figures with the 来 or 几 between it and its unit: 20来人."""
    more = text[numeral.end : numeral.end + 1]
    if not more or more not in table("numerals")["more"]["after_scale"] or numeral.characters or numeral.scale > 1:
        return numeral
    if numeral.about != "exact" or numeral.low % 10 or not unit_at(text, numeral.end + 1)[0]:
        return numeral
    step = Decimal(1 if more in table("numerals")["more"]["digit"] else 0)
    return replace(numeral, end=numeral.end + 1, about="about", step=step)


def _scaled(text: str, amount: Amount, scale: re.Match[str]) -> Amount:
    """An amount whose scale stands behind its unit, in the unit behind that if there is one: 2个亿, 三个多亿元."""
    by = Decimal(1)
    for char in scale["scale"]:
        by *= table("numerals")["scales"][char]
    unit, end = unit_at(text, scale.end())
    about: About = "about" if scale["more"] else amount.about
    return replace(amount, end=end, low=amount.low * by, high=amount.high * by, unit=unit, about=about, scaled=True)


_ABOUT: dict[str, About] = {"exact": "exact", "about": "about", "over": "over", "vague": "vague"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, before the words around it are looked at."""

    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str
    about: About
    numeral: Numeral
    share: bool = False
    """Whether it is a fraction."""
    scaled: bool = False
    """Whether its scale stands behind a unit: 2个亿."""


def amount_at(text: str, start: int) -> tuple[Amount | None, int]:
    """The number at `start` with its unit, or None; and where what was looked at ends."""
    word = _vague_words().match(text, start)
    if word:
        unit, end = unit_at(text, word.end())
        nothing = Numeral(start, word.end(), Decimal(0), Decimal(0), 1, "vague", True, False)
        return (Amount(start, end, Decimal(0), Decimal(0), unit, "vague", nothing) if unit else None), word.end()
    numeral = numerals.read(text, start)
    if numeral is None:
        return None, numerals.skip(text, start)
    if share := _fraction(text, numeral):
        return share, share.end
    if parted := _in_groups(text, numeral):
        return parted, parted.end
    if quoted := _in_quotes(text, numeral):
        return quoted, quoted.end
    numeral = _with_some_more(text, _without_unit(text, numeral))
    return _with_unit(text, numeral), numeral.end


def _with_unit(text: str, numeral: Numeral) -> Amount:
    about: About = _ABOUT[numeral.about]
    unit, end = unit_at(text, numeral.end)
    amount = Amount(numeral.start, end, numeral.low, numeral.high, unit, about, numeral)
    if scale := _scale_behind(unit).match(text, end):
        return _scaled(text, amount, scale)
    inner = _inner_half().match(text, numeral.end)
    if inner and not unit.startswith(inner[0][:1] + inner["unit"]):
        more = Decimal("0.5") if inner["half"] else Decimal(0)
        unit = inner["of"] + inner["unit"]
        return replace(
            amount,
            end=inner.end(),
            unit=unit,
            low=amount.low + more,
            high=amount.high + more,
            about=about if inner["half"] else "about",
        )
    return _with_tenth(text, _with_parts(text, _with_half(text, amount))) if unit else amount


def _in_groups(text: str, numeral: Numeral) -> Amount | None:
    """A number before a unit whose groups of three are parted by blanks: 1 260人; of figures side by side none is."""
    match = _groups().match(text, numeral.start)
    unit, end = unit_at(text, match.end()) if match else ("", 0)
    labels = tuple(table("numerals")["no_figure"]["labels"])
    if match is None or not unit or text.endswith(labels, 0, numeral.start):
        return None
    value = Decimal("".join(char for char in match[0] if char.isdigit()))
    whole = replace(numeral, end=match.end(), low=value, high=value)
    return Amount(numeral.start, end, value, value, unit, "exact", whole)


def _in_quotes(text: str, numeral: Numeral) -> Amount | None:
    """A number in figures that stands in quotes before its unit: “5000”份."""
    quotes = text[numeral.start - 1 : numeral.start] + text[numeral.end : numeral.end + 1]
    if numeral.characters or not numeral.start or quotes not in table("marks")["quotes"]:
        return None
    unit, end = unit_at(text, numeral.end + 1)
    if not unit:
        return None
    return Amount(numeral.start - 1, end, numeral.low, numeral.high, unit, _ABOUT[numeral.about], numeral)


def _with_half(text: str, amount: Amount) -> Amount:
    half = table("units")["half"]
    end = amount.end + len(half["word"])
    if amount.unit not in half["after"] or not text.startswith(half["word"], amount.end):
        return amount
    if text.startswith(tuple(half["not_before"]), end):
        return amount
    return replace(amount, end=end, low=amount.low + Decimal("0.5"), high=amount.high + Decimal("0.5"))


def _with_tenth(text: str, amount: Amount) -> Amount:
    """An amount with the digit behind it that is a tenth of its unit: 九成五; but 三成五年内."""
    tenths = table("units")["tenths"]
    if amount.unit in tenths["in_figures"] and not amount.numeral.characters:
        return _with_decimals(text, amount)
    digit = table("numerals")["digits"].get(text[amount.end : amount.end + 1])
    end = amount.end + 1
    if not digit or amount.unit not in (*tenths["units"], *tenths["closed"]) or unit_at(text, end)[0]:
        return amount
    if amount.unit in tenths["closed"] and not _closes().match(text, end):
        return amount
    if numerals.skip(text, amount.end) != end and amount.unit not in tenths["closed"]:
        return amount
    tenth = Decimal(digit) / 10
    return replace(amount, end=end, low=amount.low + tenth, high=amount.high + tenth)


def _with_decimals(text: str, amount: Amount) -> Amount:
    """An amount in figures with the decimals behind its unit, where they are nothing else: 1米75, but 5米3处."""
    match = _DECIMALS.match(text, amount.end)
    if not match or amount.numeral.low % 1 or unit_at(text, match.end())[0]:
        return amount
    tenth = Decimal(f"0.{match[0]}")
    return replace(amount, end=match.end(), low=amount.low + tenth, high=amount.high + tenth)


def _with_parts(text: str, amount: Amount) -> Amount:
    """An amount with the smaller units behind it: 12元3角5分."""
    unit = amount.unit
    factor = Decimal(1)
    while subunits := units.subunits(unit):
        numeral = numerals.read(text, _past_gap(text, amount.end))
        if numeral is None or numeral.low >= 1 / min(map(Decimal, map(str, subunits.values()))) or numeral.bare:
            break
        match = _part_pattern(unit).match(text, numeral.end)
        if not match:
            break
        share = factor * Decimal(str(subunits[match[0]])) * numeral.low
        amount = replace(amount, end=match.end(), low=amount.low + share, high=amount.high + share)
        unit, factor = match[0], factor * Decimal(str(subunits[match[0]]))
    return amount


def _fraction(text: str, under: Numeral) -> Amount | None:
    """百分之五, 三分之二: a share, of a hundred, a thousand or any other number."""
    match = _fraction_mark().match(text, under.end)
    numeral = numerals.read(text, match.end()) if match else None
    if numeral is None or not under.low:
        return None
    about: About = _ABOUT[numeral.about]
    unit = table("numerals")["fractions"]["units"].get(str(int(under.low)), "")
    by = Decimal(1) if unit else under.low
    return Amount(under.start, numeral.end, numeral.low / by, numeral.high / by, unit, about, under, share=True)


def _without_unit(text: str, numeral: Numeral) -> Numeral:
    """A number without its last character where that begins the unit: 千 of 50万千瓦."""
    last = numeral.end - 1
    if text[last] not in _shared_heads() or unit_at(text, last)[0][:1] != text[last]:
        return numeral
    before = numerals.read(text, numeral.start, last)
    if before is None or before.end == before.start:
        return numeral
    written = text[before.start : before.end]
    simple = not any(char in scaling() for char in written)
    return before if simple or before.scale > 1 or text[last] not in table("numerals")["tens"] else numeral


def ranged(text: str, first: Amount) -> Amount:
    """An amount with the one that a range goes on to: 5至10人, 3万—5万元, 百分之五到十."""
    if pair := _next_digit(text, first):
        return pair
    mark = _range_mark().match(text, first.end)
    if not mark or first.about in ("vague", "over"):
        return first
    if mark["word"] == table("numerals")["ranges"]["moves"]["word"] and first.unit and _moves(text, first.start):
        return first
    at = mark.end() + _sign_again(text, first, mark.end())
    second = amount_at(text, at)[0]
    if second is not None and at > mark.end() and _goes_on(first, second):  # -5%到-2%
        low, high = sorted((first.low, second.high))
        return replace(first, end=second.end, low=low, high=high, unit=second.unit)
    if second is None or second.about == "vague" or not _goes_on(first, second):
        return first
    low = first.low
    scale = second.numeral.scale
    if not first.unit and first.numeral.scale == 1 and low < second.low / scale:
        low *= scale
    if low >= second.high:
        return first
    return replace(first, end=second.end, low=low, high=second.high, unit=second.unit or first.unit)


def _sign_again(text: str, first: Amount, at: int) -> int:
    """How long the sign at `at` is where the first amount of a range has one, too; else 0."""
    signs = table("numerals")["signs"]["words"]
    if not first.unit or not any(text.endswith(sign, 0, first.start) for sign in signs):
        return 0
    return max((len(sign) for sign in signs if text.startswith(sign, at)), default=0)


def _next_digit(text: str, first: Amount) -> Amount | None:
    """The range of two digits that follow each other, before the unit of both: 5、6个村; but 3、4、5个."""
    mark = table("numerals")["ranges"]["pair"]
    led = _HAN.match(text, first.start - 1) if first.start else None  # 5、 at the beginning of a line numbers it
    if not led or first.unit or not text.startswith(mark, first.end) or first.numeral.end - first.numeral.start > 1:
        return None
    second = amount_at(text, first.end + len(mark))[0]
    if second is None or second.numeral.end - second.numeral.start > 1 or second.low != first.low + 1:
        return None
    ordinal = {*table("units")["not_in_characters"]["units"], *table("units")["counts_after"]["units"]}
    if not second.unit or second.unit in ordinal:
        return None
    return replace(second, start=first.start, low=first.low, high=second.high, numeral=first.numeral)


def _goes_on(first: Amount, second: Amount) -> bool:
    if first.share or first.unit:
        return second.unit == first.unit or (first.share and not second.unit and first.numeral.characters)
    return bool(second.unit) and not second.share


def _moves(text: str, start: int) -> bool:
    return any(word in text[max(0, start - 3) : start] for word in table("numerals")["ranges"]["moves"]["after"])


def unit_at(text: str, at: int) -> tuple[str, int]:
    """The unit that stands at `at` or behind a gap there, and where it ends; "" where none does."""
    match = _unit_pattern().match(text, at)
    return (match["unit"], match.end()) if match else ("", at)


def _past_gap(text: str, at: int) -> int:
    match = _GAP.match(text, at)
    return match.end() if match else at


@functools.cache
def _scale_behind(unit: str) -> re.Pattern[str]:
    row = table("units")["scaled"]
    scales = alternation(row["scales"]) if unit == row["unit"] else "(?!)"
    return re.compile(
        rf"(?P<more>[{''.join(table('numerals')['more']['about'])}])?(?P<scale>{scales})(?!{alternation(row['not_before'])})"
    )


@functools.cache
def _inner_half() -> re.Pattern[str]:
    """个半月, 个多小时: what stands within a unit."""
    inside: Mapping[str, Sequence[str]] = table("units")["half"]["inside"]
    (of, wholes), *_ = inside.items()
    half = re.escape(table("units")["half"]["word"])
    return re.compile(rf"\s{{0,4}}(?P<of>{of})(?:(?P<half>{half})|多)(?P<unit>{alternation(wholes)})")


@functools.cache
def _groups() -> re.Pattern[str]:
    return re.compile(r"(?<![0-9.,][ \u00a0\u202f])(?<![0-9.,])[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+(?![0-9.,])")


@functools.cache
def _closes() -> re.Pattern[str]:
    """What stands behind the tenth of a price: no Han, or a word that goes on with the price."""
    return re.compile(rf"(?![\u3400-\u9fff])|{alternation(table('units')['tenths']['closed_before'])}")


@functools.cache
def _fraction_mark() -> re.Pattern[str]:
    return re.compile(rf"\s?{table('numerals')['fractions']['mark']}\s?")


@functools.cache
def _range_mark() -> re.Pattern[str]:
    return re.compile(rf"\s?(?P<word>{alternation(table('numerals')['ranges']['words'])})\s?")


@functools.cache
def _part_pattern(unit: str) -> re.Pattern[str]:
    return re.compile(alternation(units.subunits(unit)))


@functools.cache
def _exceptions() -> Mapping[str, frozenset[str]]:
    exceptions: dict[str, set[str]] = {}
    for row in table("units")["exception"]:
        exceptions.setdefault(row["unit"], set()).update(row["not_before"])
    return {unit: frozenset(words) for unit, words in exceptions.items()}


@functools.cache
def _unit_pattern() -> re.Pattern[str]:
    longest_first = sorted(units.all_units(), key=lambda unit: (-len(unit), unit))
    return re.compile(rf"\s{{0,4}}(?P<unit>{'|'.join(map(_guarded, longest_first))})")


def _guarded(unit: str) -> str:
    """A pattern of a unit that is no part of another word."""
    if LETTER.match(unit[-1]):
        return rf"{re.escape(unit)}(?![A-Za-z0-9])"
    no = _exceptions().get(unit)
    return re.escape(unit) + (rf"(?!{alternation(no)})" if no else "")


@functools.cache
def _shared_heads() -> frozenset[str]:
    """The characters that scale a number and begin a unit: 千, 兆, 百."""
    return frozenset(unit[0] for unit in units.all_units()) & frozenset(scaling())


@functools.cache
def scaling() -> str:
    """The characters that scale a number, for use inside `[...]`: 十百千万亿."""
    return "".join([*table("numerals")["tens"], *table("numerals")["scales"]])


@functools.cache
def _vague_words() -> re.Pattern[str]:
    return re.compile(alternation(table("numerals")["some"]["alone"]))

"""Figures and dates as reports write them: where they stand, their value, and what they count. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"千": 10**3, "百": 10**2, "十": 10, "万": 10**4, "亿": 10**8}
# Measure words that stand for what is counted; a figure counted in one answers a question asked in another
# of the same kind. 个 counts things of most kinds.
KINDS: dict[str, tuple[str, ...]] = {
    "person": ("人次", "人", "名", "位", "口"),
    "body": ("家", "处", "座", "所", "间", "个", "支", "栋"),
    "event": ("场次", "项次", "次", "场", "回", "届", "期", "遍", "趟", "节", "堂"),
    "work": ("项次", "项", "件", "部", "幅", "例", "宗", "起", "篇", "份", "种", "类"),
    "paper": ("册", "本", "篇", "份", "件", "部", "张", "页", "字", "条"),
    "money": ("元", "美元", "块"),
    "area": ("平方米", "平方公里", "平方千米", "平方", "公顷", "亩", "㎡"),
    "length": ("公里", "千米", "厘米", "米", "里"),
    "weight": ("公斤", "千克", "吨", "斤", "克", "千瓦时", "千瓦", "立方米", "桶"),
    "time": ("小时", "分钟", "周岁", "个月", "年", "月", "天", "日", "周", "岁"),
    "share": ("个百分点", "百分点", "%", "‰", "成", "倍"),
    "region": ("个", "省", "市", "县", "区", "州", "乡", "镇", "村", "户", "街道", "国"),
    "machine": ("辆", "台", "套", "艘", "架", "颗", "只", "头", "株", "批", "款", "片", "度", "级"),
}
_UNITS = sorted({unit for units in KINDS.values() for unit in units}, key=len, reverse=True)
_UNIT = "|".join(map(re.escape, _UNITS))
_CHINESE = "[零〇一二两三四五六七八九十百千]+"
_FIGURE = re.compile(
    rf"(?P<before>(?:不少于|不低于|不超过|超过|突破|至少|近|约|逾|超)?)"
    rf"(?P<number>(?<![\dA-Za-z.×*])\d[\d,]*(?:\.\d+)?(?![\dA-Za-z×＊*]*[xX×＊*])|百分之{_CHINESE}(?:点{_CHINESE})?|(?<![第{_CHINESE[1:-2]}万亿]){_CHINESE})"
    rf"(?P<scale>[十百千万亿]{{0,2}})(?P<some>[多余几]?)(?P<scale2>[万亿]?)(?P<some2>[多余]?)"
    rf"(?P<unit>{_UNIT})?(?P<after>(?:以上|以下|以内|左右|上下)?)"
)
_ONE_OF = re.compile(r"一(?:[个种批系些定体样直般次部方面]|$)")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s*年(?:度|代(?!表)(?:初期?|中期|末期?|后期|前期)?)?|(?P<given>今年|去年|上年|前年|明年|本年))?\s*(?:(?P<month>\d{1,2})\s*月(?:份)?(?:\s*(?P<day>\d{1,2})\s*[日号])?)?"
)
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")


_WIDE = re.compile("[\uff01-\uff5e]")
_WIDTH = 0xFEE0


_NUMBERING = re.compile(r"[、)）．]|\.(?!\d)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text: `text[start:end]` with its unit, `""` for none; `value` None where it isn't exact words."""

    start: int
    end: int
    value: float | None
    unit: str
    rough: bool
    """Whether the report says about, more than, or the like."""


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text, as exact as it is written."""

    start: int
    end: int
    year: str | None
    month: int | None
    day: int | None


def narrow(text: str) -> str:
    """Full-width figures, letters and marks in half width, character by character."""
    return _WIDE.sub(lambda m: chr(ord(m[0]) - _WIDTH), text)


def figures(text: str) -> Iterator[Figure]:
    """Every figure of a text, in order; dates, ordinals and words such as 一个 or 一批 are none."""
    text = narrow(text)
    taken = [(date.start, date.end) for date in dates(text)]
    for match in _FIGURE.finditer(text):
        at = match.start("number")
        if any(start <= at < end for start, end in taken) or text[at - 1 : at] in ("第", "—", "-", "“", "《"):
            continue
        number, unit = match["number"], match["unit"] or ""
        if not unit and _NUMBERING.match(text, match.end()) and not text[:at].rstrip(" (（")[-1:].strip("\n。；;"):
            continue  # of a heading or of a point in a list: 1、
        if not number.startswith("百分之") and (number[0] in _DIGITS or number[0] in _TENS):
            # Figures in characters are written inside words too: only those that are counted are figures.
            if not unit or (not match["before"] and _ONE_OF.match(match[0])):
                continue
            if unit in ("年", "月", "日", "方", "级") or text[match.end() : match.end() + 1] in ("体",):
                continue
        elif re.fullmatch(r"(?:19|20)\d\d", number) and text[match.end("number") : match.end("number") + 1] in "—-年":
            continue
        yield Figure(
            match.start(),
            match.end(),
            _value(number, match["scale"] + match["scale2"]),
            "%" if number.startswith("百分之") else unit,
            bool(match["before"] or match["some"] or match["some2"] or match["after"]),
        )


def dates(text: str) -> list[Date]:
    """Every date of a text, in order: a year, a month of one, a day, with or without its year."""
    text = narrow(text)
    found: list[Date] = []
    for pattern in (_ISO, _DATE):
        for match in pattern.finditer(text):
            if not match[0].strip() or (match.groupdict().get("given") and not match["month"]):
                continue
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            month, day = match["month"], match["day"]
            end = start + len(match[0].strip())
            if not any(d.start <= start < d.end for d in found):
                found.append(Date(start, end, match["year"], int(month) if month else None, int(day) if day else None))
    return sorted(found, key=lambda date: date.start)


def kinds(unit: str) -> set[str]:
    """The kinds of things that are counted in a unit."""
    return {kind for kind, units in KINDS.items() if unit in units}


def _value(number: str, scale: str) -> float | None:
    if number.startswith("百分之"):
        whole, _, part = number.removeprefix("百分之").partition("点")
        if part and not all(char in _DIGITS for char in part):
            return None
        return _chinese(whole) + (float("0." + "".join(str(_DIGITS[c]) for c in part)) if part else 0.0)
    value = float(number.replace(",", "")) if number[0].isdigit() else float(_chinese(number))
    for char in scale:
        value *= _SCALES[char]
    return value


def _chinese(number: str) -> int:
    """The value of a number below ten thousand in characters: 三百二十一, 二〇."""
    if not any(char in _TENS for char in number):
        return int("".join(str(_DIGITS[char]) for char in number))
    total, digit = 0, 0
    for char in number:
        if char in _TENS:
            total, digit = total + (digit or 1) * _TENS[char], 0
        else:
            digit = _DIGITS[char]
    return total + digit

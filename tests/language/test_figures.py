"""Figures: a corpus, numerals written by another hand, and laws that hold for any text."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from corpus import rows
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import figures, units
from ingest.language.figures import Figure

PIECES = st.sampled_from(
    [
        *"0129,.%-—~约近多余半第十百千万亿一二两三点几数元人个年月日分角至到的，\n \u200b３",
        "百分之",
        "分之",
        "千瓦",
        "个百分点",
        "以上",
    ]
)
DIGITS = "零一二三四五六七八九"


def texts() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows("figures"):
        found[row["text"]].append(row)
    return found


@pytest.mark.parametrize(("text", "expected"), texts().items(), ids=lambda value: str(value)[:30])
def test_reads_the_corpus(text: str, expected: list[dict[str, Any]]) -> None:
    """A row tells what it tells: `more` where the text holds other figures or the span takes in a word more."""
    found = figures.find(text)
    if expected[0].get("none"):
        assert found == ()
        return
    if not expected[0].get("more"):
        assert [text[f.start : f.end] for f in found] == [text[r["start"] : r["end"]] for r in expected]
    for row in expected:
        assert any(fits(figure, row) for figure in found), found


def fits(figure: Figure, row: dict[str, Any]) -> bool:
    if "start" in row and not (figure.start <= row["start"] and row["end"] <= figure.end):
        return False
    told = {key: row[key] for key in ("value", "unit", "low", "high", "about") if key in row}
    return all(
        getattr(figure, key) == (pytest.approx(value) if isinstance(value, float) else value)
        for key, value in told.items()
    )


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_are_in_order_apart_and_inside(text: str) -> None:
    end = 0
    for figure in figures.find(text):
        assert end <= figure.start < figure.end <= len(text)
        assert figure.low is None or figure.high is not None
        end = figure.end


@given(st.integers(0, 10**12))
def test_a_number_in_characters_is_read_back(number: int) -> None:
    (figure,) = figures.find(f"共有{in_characters(number)}名")
    assert (figure.start, figure.value, figure.unit) == (2, number, "名")


def in_characters(number: int) -> str:
    """A number as Chinese writes it, by another rule than it is read."""
    if number == 0:
        return DIGITS[0]
    groups = [(number // 10_000**at % 10_000, name) for at, name in ((3, "兆"), (2, "亿"), (1, "万"), (0, ""))]
    written = ""
    for group, name in groups:
        if group:
            written += (DIGITS[0] if written and group < 1000 else "") + four(group) + name
        elif written and not written.endswith(DIGITS[0]) and name:
            written += DIGITS[0]
    return written.rstrip(DIGITS[0]).replace(DIGITS[0] * 2, DIGITS[0])


def four(group: int) -> str:
    written = ""
    for digit, ten in zip(f"{group:04}", "千百十 ", strict=True):
        if digit != "0":
            written += DIGITS[int(digit)] + ten.strip()
        elif written and not written.endswith(DIGITS[0]):
            written += DIGITS[0]
    return written.rstrip(DIGITS[0])


@pytest.mark.parametrize(
    "piece", ["1", "一", "万", "千", "1,", "1.", "百分之", "1至", "3角", "十多", "数", " 1", "\u200b"]
)
def test_a_hundred_thousand_characters_of_one_piece_are_read(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert all(figure.end <= len(text) for figure in figures.find(text))


@pytest.mark.parametrize(
    ("text", "dimension", "base_value"),
    [
        ("5公里", "length", 5000.0),
        ("12千米", "length", 12_000.0),
        ("3亩", "area", 2000.0),
        ("2公顷", "area", 20_000.0),
        ("500斤", "mass", 250.0),
        ("3吨", "mass", 3000.0),
        ("50万千瓦", "power", 500_000.0),
        ("20兆瓦", "power", 20_000.0),
        ("3.2亿千瓦时", "energy", 320_000_000.0),
        ("20万立方米", "volume", 200_000.0),
        ("3成", "share", 30.0),
        ("四分之三", "share", 75.0),
        ("2.5个百分点", "points", 2.5),
        ("1亿元", "money:CNY", 100_000_000.0),
        ("300万美元", "money:USD", 3_000_000.0),
        ("零下5℃", "temperature", -5.0),
        ("2小时", "duration", 2 / 24),
        ("12人", "person", 12.0),
        ("12", "number", 12.0),
    ],
)
def test_base_value(text: str, dimension: str, base_value: float) -> None:
    (figure,) = figures.find(text)
    assert figure.dimension == dimension
    assert figure.base_value == pytest.approx(base_value)


@pytest.mark.parametrize(
    ("one", "other", "convertible"),
    [
        ("千米", "公里", True),
        ("亩", "公顷", True),
        ("公斤", "吨", True),
        ("千瓦", "兆瓦", True),
        ("元", "角", True),
        ("人", "名", True),
        ("家", "个", True),
        ("%", "成", True),
        ("元", "美元", False),
        ("%", "个百分点", False),
        ("千瓦", "千瓦时", False),
        ("千瓦时", "千克", False),
        ("人", "人次", False),
        ("人", "元", False),
        ("公里", "无此单位", False),
    ],
)
def test_convertible(one: str, other: str, convertible: bool) -> None:
    assert units.convertible(one, other) is convertible
    assert units.convertible(other, one) is convertible


def test_power_and_energy_are_no_weights() -> None:
    assert {"千瓦", "千瓦时", "立方米"}.isdisjoint(units.of_kind("mass"))
    assert {"千克", "吨"} <= units.of_kind("mass")


def test_every_unit_has_a_kind() -> None:
    assert all(units.kinds(unit) for unit in units.all_units())

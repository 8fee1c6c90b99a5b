"""What a unit means by what stands near it: 3亿度 are of electricity, 38度 are not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.language.amounts import Amount
from ingest.language.marks import ENDS, HAN
from ingest.language.words import table

_BEFORE = 16  # characters before a number, within its sentence, that tell what its unit means
_BEHIND = re.compile(rf"[{HAN}]{{0,6}}")  # and what is behind the unit in its clause
_END = re.compile(rf"[{ENDS}\n]")


def meant(text: str, amount: Amount, unit: str) -> str:
    """The unit that an amount is told in: the one written, or what that means here."""
    if amount.scaled and not unit:
        row = table("units")["scaled"]
        return str(row["means"]) if _is_near(text, amount, row["money"]) else ""
    return next((str(row["means"]) for row in _senses(unit) if _fits(text, amount, row)), unit)


def _senses(unit: str) -> list[Mapping[str, Any]]:
    return [row for row in table("units")["sense"] if row["unit"] == unit]


def _fits(text: str, amount: Amount, row: Mapping[str, Any]) -> bool:
    if _is_near(text, amount, row["near"]):
        return True
    return amount.high >= row["least"] and not _is_near(text, amount, row["not_near"])


def _is_near(text: str, amount: Amount, words: Iterable[str]) -> bool:
    before = _END.split(text[max(0, amount.start - _BEFORE) : amount.start])[-1]
    behind = _BEHIND.match(text, amount.end)
    near = f"{before}\n{behind[0] if behind else ''}"
    return any(word in near for word in words)

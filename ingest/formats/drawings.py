"""Drawings in binary files of Office 97 to 2003 ([MS-ODRAW]): records in one another, and pictures among them. Pure.

What is broken off or made up says less: nothing here raises.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_STORE, _ENTRY, _GROUP, _SHAPE, _SHAPE_ATOM = 0xF001, 0xF007, 0xF003, 0xF004, 0xF00A
_OPTIONS = (0xF00B, 0xF121, 0xF122)
_PICTURE = 0x0104  # the property of a shape that is a picture: which one, from 1
_CONTAINS = 0xF
_DEPTH = 40  # records in one another
# What a picture is, by the record that holds it and by what its entry says.
_BLIPS = {0xF01A: "emf", 0xF01B: "wmf", 0xF01C: "pict", 0xF01D: "jpg", 0xF01E: "png", 0xF01F: "bmp", 0xF029: "tiff",
          0xF02A: "jpg"}  # fmt: skip
_TYPES = {2: "emf", 3: "wmf", 4: "pict", 5: "jpg", 6: "png", 7: "bmp", 17: "tiff", 18: "jpg"}


class Record(NamedTuple):
    """A record: its kind, what is told of it beside that, and its content."""

    kind: int
    instance: int
    holds: bool
    data: bytes


def records(data: bytes) -> Iterator[Record]:
    """The records that lie behind one another."""
    at = 0
    while at + 8 <= len(data):
        head, kind, length = struct.unpack_from("<HHI", data, at)
        yield Record(kind, head >> 4, head & 0xF == _CONTAINS, data[at + 8 : at + 8 + length])
        at += 8 + length


def options(shape: Record) -> dict[int, int]:
    """The properties of a shape, by their number."""
    found: dict[int, int] = {}
    for record in records(shape.data):
        if record.kind in _OPTIONS:
            pairs = range(min(record.instance, len(record.data) // 6))
            told = (struct.unpack_from("<HI", record.data, 6 * n) for n in pairs)
            found |= {number & 0x3FFF: value for number, value in told}
    return found


def picture_of(shape: Record) -> int:
    """Which of the file's pictures a shape shows, from 1; 0 for none."""
    return options(shape).get(_PICTURE, 0)


def shapes(data: bytes) -> list[tuple[int, list[int]]]:
    """The number of each shape, and behind those in it of each group, with the pictures that it shows."""
    return _shapes(data, 0)[0]


def _shapes(data: bytes, depth: int) -> tuple[list[tuple[int, list[int]]], list[int]]:
    """The shapes and groups, and the pictures that all of them show, each once for each shape."""
    found: list[tuple[int, list[int]]] = []
    shown: list[int] = []
    for record in records(data) if depth < _DEPTH else ():
        if record.kind == _SHAPE:
            pictures = [number for number in [picture_of(record)] if number]
            found.append((_number(record), pictures))
        elif record.holds:
            inside, pictures = _shapes(record.data, depth + 1)
            found += inside
            if record.kind == _GROUP and inside:  # the first shape of a group stands for it
                found.append((inside[0][0], pictures))
        else:
            continue
        shown += pictures
    return found, shown


def _number(shape: Record) -> int:
    atom = next((record.data for record in records(shape.data) if record.kind == _SHAPE_ATOM), b"")
    return int(struct.unpack_from("<I", atom)[0]) if len(atom) >= 4 else 0


def kept(data: bytes, depth: int = 0) -> list[str]:
    """What each of the file's pictures is, in the order in which shapes count them: png, jpg; "" where it isn't told.

    Empty where the file keeps none.
    """
    for record in records(data) if depth < _DEPTH else ():
        if record.kind == _STORE:
            return [_kind(entry) for entry in records(record.data)]
        if record.holds and (found := kept(record.data, depth + 1)):
            return found
    return []


def inline(data: bytes) -> str | None:
    """What the picture is that a shape in the line is followed by, as `kept` says it; None where it shows none."""
    told = [record for record in records(data) if record.kind == _ENTRY or record.kind in _BLIPS]
    if told:
        return _kind(told[0])
    return "" if any(shown for _, shown in shapes(data)) else None


def _kind(entry: Record) -> str:
    if entry.kind == _ENTRY:
        return _TYPES.get(entry.data[0], "") if entry.data else ""
    return _BLIPS.get(entry.kind, "")


def is_sign(sides: Iterable[int], most: int) -> bool:
    """Whether a picture is but a sign, its sides being told and one of them no longer than `most`."""
    return any(0 < side <= most for side in sides)


def named(number: int, kind: str) -> str:
    """The name under which a picture is told, since these files keep none."""
    return f"image{number}.{kind}" if kind else f"image{number}"

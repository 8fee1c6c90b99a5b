"""Text that remembers where each of its characters came from.

Guarantees: the map is total (every cleaned character has a raw span) and monotonic (spans never go
back), whatever chain of edits produced the text. Nothing here knows about Chinese.
"""

from __future__ import annotations

import array
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Replacement(NamedTuple):
    """`text[start:end]` becomes `text`; an empty `text` deletes, `start == end` inserts.

    `confidence` in [0, 1] is how sure whoever proposes it is; applying it doesn't depend on it.
    """

    start: int
    end: int
    text: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class MappedText:
    """A text and, for each of its characters i, the raw span [starts[i], ends[i]) it stands for."""

    text: str
    starts: array.array[int]
    ends: array.array[int]

    @classmethod
    def of(cls, raw: str) -> MappedText:
        """The identity: the raw text itself."""
        bounds = array.array("I", range(len(raw) + 1))
        return cls(raw, bounds[:-1], bounds[1:])

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span that [start, end) of this text was made from. An empty span maps to an empty one,

        unless it lies between two characters that stand for the same raw span: then to that span.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"span {start}:{end} outside a text of {len(self.text)} characters")
        if start == end:
            before = self.ends[start - 1] if start else 0
            at = self.starts[start] if start < len(self.text) else before
            return at, max(at, before)  # both neighbours may stand for one raw span
        return self.starts[start], self.ends[end - 1]

    def edit(self, replacements: Sequence[Replacement]) -> MappedText:
        """Apply replacements (ascending, not overlapping, in this text's offsets).

        Equal lengths map character by character, as a script fold does. Otherwise every new character
        stands for the whole replaced span, because no finer origin is known.
        """
        if not replacements:
            return self
        pieces: list[str] = []
        starts: array.array[int] = array.array("I")
        ends: array.array[int] = array.array("I")
        at = 0
        for start, end, new, _ in replacements:
            if not at <= start <= end <= len(self.text):
                raise ValueError(f"replacement {start}:{end} out of order or out of range")
            pieces += (self.text[at:start], new)
            starts.extend(self.starts[at:start])
            ends.extend(self.ends[at:start])
            if len(new) == end - start:
                starts.extend(self.starts[start:end])
                ends.extend(self.ends[start:end])
            else:
                raw_start, raw_end = self.raw_span(start, end)
                starts.extend([raw_start] * len(new))
                ends.extend([raw_end] * len(new))
            at = end
        pieces.append(self.text[at:])
        starts.extend(self.starts[at:])
        ends.extend(self.ends[at:])
        return MappedText("".join(pieces), starts, ends)

    def rewritten(self, text: str) -> MappedText:
        """The same map under another text of the same length. Raises ValueError if the length differs."""
        if len(text) != len(self.text):
            raise ValueError(f"{len(text)} characters can't stand for {len(self.text)}")
        return MappedText(text, self.starts, self.ends)

    def packed(self) -> bytes:
        """The map as bytes, for storing beside the text."""
        return zlib.compress(_little_endian(self.starts) + _little_endian(self.ends), 1)

    @classmethod
    def unpack(cls, text: str, packed: bytes) -> MappedText:
        """The inverse of `packed`. Raises ValueError if the map isn't this text's."""
        data = zlib.decompress(packed)
        if len(data) != 8 * len(text):
            raise ValueError("offset map and text differ in length")
        half = len(data) // 2
        return cls(text, _from_little_endian(data[:half]), _from_little_endian(data[half:]))


def _little_endian(values: array.array[int]) -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def _from_little_endian(data: bytes) -> array.array[int]:
    values: array.array[int] = array.array("I")
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values

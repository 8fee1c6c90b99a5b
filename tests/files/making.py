"""What the files of this folder have in common: each has a question whose right answer is known.

A file is made by a function marked with `made`, of facts of its own: its place and its figures stand in no other file,
so that all of them can be asked about in one index.
"""

from __future__ import annotations

import importlib
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.formats import kinds, sources

HERE = Path(__file__).parent

_FIRST, _SECOND = "东西南北青白金石云龙清长永安", "山河岭原川江湖林桥关湾"
_PLACES = [f"{first}{second}县" for second, first in itertools.product(_SECOND, _FIRST)]


@dataclass(frozen=True)
class Facts:
    """What a file tells: a place, and figures that no other file has."""

    place: str
    n: int

    @property
    def people(self) -> str:
        return f"{self.n + 1000:,}"

    @property
    def money(self) -> str:
        return f"{self.n / 4 + 10:.2f}"

    @property
    def title(self) -> str:
        return f"{self.place}科协二〇二三年工作总结"

    @property
    def said(self) -> str:
        return f"{self.place}科协全年举办科普讲座{self.n}场，受益群众{self.people}人次。"

    @property
    def other(self) -> str:
        return f"建成乡村科普馆{self.n + 7}个，投入经费{self.money}万元。"

    @property
    def rows(self) -> list[list[str]]:
        return [["乡镇", "志愿者(人)", "经费(万元)"], ["北岭镇", str(self.n), self.money], ["石桥镇", "268", "7.50"]]


@dataclass(frozen=True)
class Asked:
    """A file, what is asked about it, what its cleaned text has to say, and what it must not."""

    name: str
    facts: Facts
    make: Callable[[Facts], bytes]
    question: str
    says: tuple[str, ...]
    never: tuple[str, ...]
    page: int | None
    figure: str

    def data(self) -> bytes:
        return self.make(self.facts)


FILES: dict[str, Asked] = {}

SAID = ("{said}",)
ROW = ("北岭镇\t志愿者：{n}人\t经费：{money}万元",)
_OF_ROW = "{place}科协北岭镇有多少名志愿者?"
_OF_SAID = "{place}科协全年举办科普讲座多少场?"


def made(
    name: str,
    *says: str,
    never: Sequence[str] = (),
    page: int | None = None,
    ask: str = "",
    figure: str = "{n}",
) -> Callable[[Callable[[Facts], bytes]], Callable[[Facts], bytes]]:
    """Mark what makes the file of that name; in `says` and the question the facts stand in braces."""
    says = says or SAID
    facts = Facts(_PLACES[len(FILES)], 101 + 13 * len(FILES))
    known = {each: getattr(facts, each) for each in ("place", "n", "people", "money", "title", "said", "other")}
    question = ask or (_OF_ROW if says[:1] == ROW else _OF_SAID)

    def mark(make: Callable[[Facts], bytes]) -> Callable[[Facts], bytes]:
        assert name not in FILES, name
        told = tuple(said.format(**known) for said in says)
        FILES[name] = Asked(
            name, facts, make, question.format(**known), told, tuple(never), page, figure.format(**known)
        )
        return make

    return mark


def packed(members: Mapping[str, bytes | str], *, stored: Sequence[str] = ()) -> bytes:
    """A ZIP archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, how)
    return buffer.getvalue()


@contextmanager
def in_this_process() -> Iterator[None]:
    """A reader's own process costs more than its work; what the limits of that process do is tested in `formats`."""

    def extract(kind: kinds.Kind, data: bytes, _seconds: float, *arguments: str):
        return json.loads(json.dumps(importlib.import_module(kind.reader).read(data, *arguments)))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sources, "extract", extract)
        yield


@dataclass
class Saved:
    """Where a library writes to that wants a file."""

    buffer: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def data(self) -> bytes:
        return self.buffer.getvalue()

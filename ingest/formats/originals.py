"""The delivered file that a report was read from, as long as it is there and the same: its pages, to be looked at."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from config.errors import ReportError
from ingest.formats import kinds
from ingest.formats.parsing import extract
from ingest.formats.sources import Delivered, read_bytes, sha256
from ingest.records import CleanReport, Place


def page_pictures(
    report: CleanReport, raw_start: int, raw_end: int, root: Path, max_bytes: int, seconds: float
) -> list[tuple[int, bytes]]:
    """The pages on which `raw[raw_start:raw_end]` was recognised: of each its number, from 1, and a PNG with it boxed.

    Raises ReportError, with what to do, when it was delivered as text, or its file below `root` is gone or another.
    """
    places = report.places(raw_start, raw_end)
    if not places and report.recognised and report.recognised[0].place is None:  # as indexed before places were kept
        raise ReportError(
            "索引里没有图像上的位置;请运行 wenbao ingest", "the index has no places in pictures; run `wenbao ingest`"
        )
    if not places:
        raise ReportError(
            "这里不是从图像中识别出来的,没有图像可看", "this was not recognised in a picture: there is none to look at"
        )
    data = _unchanged(report, root, max_bytes)
    return [(page[0].picture + 1, _drawn(data, page, seconds)) for page in _by_page(places)]


def _by_page(places: tuple[Place, ...]) -> Iterator[list[Place]]:
    for _, page in itertools.groupby(sorted(places), key=lambda place: place.picture):
        yield list(page)


def _drawn(data: bytes, places: list[Place], seconds: float) -> bytes:
    return base64.b64decode(extract(kinds.PAGE, data, seconds, json.dumps(places))["png"])


def _unchanged(report: CleanReport, root: Path, max_bytes: int) -> bytes:
    """The bytes that the report was read from."""
    file = _delivered(report.source, root)
    data = read_bytes(file.path, max_bytes, root, file.member) if file is not None else b""
    if sha256(data) != report.sha256:
        gone = file is None
        raise ReportError(
            f"{report.source} {'已不在报告目录里' if gone else '已改过'},看不到当时的图像;请运行 wenbao ingest 后再问",
            f"{report.source} {'is no longer there' if gone else 'has changed'}: its picture as it was can't be shown; "
            "run `wenbao ingest` and ask again",
        )
    return data


def _delivered(source: str, root: Path) -> Delivered | None:
    """Where a source lies: a file, or one in an archive."""
    path = PurePosixPath(source)
    for part in (path, *path.parents):
        if part.name and (root / part).is_file():
            return Delivered(source, root / part, path.relative_to(part).as_posix() if part != path else "")
    return None

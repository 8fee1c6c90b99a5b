"""Find the delivered files and read them into RawReports.

Guarantees: a file either becomes a RawReport, or a ReportError says why not. The raw text of a text,
Markdown or HTML file is exactly what Python's text mode reads (`Path.read_text(encoding=…)`), so
anyone can check offsets; that of every other file is the text its reader extracts, pages parted by
form feeds.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import ReportError, StorageError, UnreadableReport, UsageError, reason
from ingest.formats import extra, kinds, pictures, unread
from ingest.formats.archive import is_systems, members, read_member
from ingest.formats.encoding import LOST, decode
from ingest.formats.parsing import extract
from ingest.offsets import MappedText, Replacement
from ingest.records import Dropped, Properties, RawReport, Recognised

_MAX_CONTROLS = 0.01  # share of control characters from which on bytes are no text
_LOST_RUNS = re.compile(f"{LOST}+")
# What a saved page begins with, whatever its name says.
_BLANK = re.compile(r"\s*+")
_DECLARED = re.compile(r"\ufeff?\s*+(?:<\?xml[^>]*+>)?")
_PAGE_BEGINS = re.compile(r"<!doctype\s+html|<(html|head|body|div|p|table|h[1-6])\b[^>]*+>", re.IGNORECASE)


def source_of(path: Path, reports_dir: Path) -> str:
    """The path relative to the reports directory, with `/`; bytes that aren't UTF-8 are escaped."""
    relative = Path(os.path.abspath(path)).relative_to(os.path.abspath(reports_dir))
    return relative.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that may be a report: its source, where it lies, and its name inside where that is an archive."""

    source: str
    path: Path
    member: str = ""


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The files, sorted by source, and the folders and archives (as sources) that can't be listed, with the reason."""

    files: tuple[Delivered, ...]
    unreadable: dict[str, ReportError]


def find_reports(reports_dir: Path, paths: Iterable[Path] = ()) -> ReportFiles:
    """All files under the reports directory, or those under `paths`; of an archive the files in it.

    Hidden files and folders are not reports; links are followed, a folder is visited once. A link that leads out of
    the reports directory is among the files, for `read_bytes` to refuse. Raises StorageError when the reports
    directory can't be listed and UsageError when a path doesn't exist or lies outside it.
    """
    if not reports_dir.is_dir():
        raise StorageError(
            f"报告目录 {reports_dir} 不存在或不是目录;请设置 WENBAO_REPORTS_DIR",
            f"the reports directory {reports_dir} is not a folder; set WENBAO_REPORTS_DIR",
        )
    files: set[Path] = set()
    unreadable: dict[str, ReportError] = {}
    root = Path(os.path.abspath(reports_dir))
    for start in [Path(os.path.abspath(p)) for p in paths] or [root]:
        if start != root and root not in start.parents:
            raise UsageError(
                f"{start} 不在报告目录 {root} 内;请先复制进去,或设置 WENBAO_REPORTS_DIR",
                f"{start} is outside the reports directory {root}; copy it there or set WENBAO_REPORTS_DIR",
            )
        if not start.exists():
            raise UsageError(f"找不到 {start}", f"{start} does not exist")
        if start.is_dir():
            files.update(_walk(start, root, unreadable))
        else:
            files.add(start)
    delivered = [file for path in files for file in _opened(path, source_of(path, root), root, unreadable)]
    return ReportFiles(tuple(sorted(delivered, key=lambda file: file.source)), unreadable)


def opened(path: Path, source: str) -> list[Delivered]:
    """The file, or the files in it where it is an archive that can be read. Raises UnreadableReport."""
    if path.suffix.lower() not in kinds.ARCHIVE.suffixes or not path.is_file():
        return [Delivered(source, path)]
    try:
        return [Delivered(f"{source}/{name}", path, name) for name in members(path)] or [Delivered(source, path)]
    except UnreadableReport:
        raise
    except ReportError:  # for `read_bytes` to say
        return [Delivered(source, path)]


def _opened(path: Path, source: str, root: Path, unreadable: dict[str, ReportError]) -> list[Delivered]:
    if not _is_within(os.path.realpath(path), root):
        return [Delivered(source, path)]
    try:
        return opened(path, source)
    except UnreadableReport as exc:
        unreadable[source] = exc
        return []


def _walk(start: Path, root: Path, unreadable: dict[str, ReportError]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        folder = Path(error.filename)
        if folder == root:
            raise StorageError(
                f"无法读取报告目录 {root}:{reason(error).zh};请设置 WENBAO_REPORTS_DIR",
                f"can't list the reports directory {root}: {reason(error).en}; set WENBAO_REPORTS_DIR",
            ) from error
        unreadable[source_of(folder, root)] = UnreadableReport(
            f"无法读取目录:{reason(error).zh}", f"the folder can't be listed: {reason(error).en}"
        )

    visited = {os.path.realpath(start)}
    for here, folders, names in os.walk(start, onerror=note, followlinks=True):
        kept = []
        # A folder before a link to it, so that its reports keep their own names.
        for name in sorted(folders, key=lambda name: (os.path.islink(os.path.join(here, name)), name)):
            target = os.path.realpath(os.path.join(here, name))
            if not name.startswith(".") and not _is_within(target, root):
                yield Path(here, name)
            elif not name.startswith(".") and target not in visited:
                visited.add(target)
                kept.append(name)
        folders[:] = kept
        yield from (Path(here, name) for name in names if not is_systems(name))


def _is_within(path: str, root: Path) -> bool:
    """Whether a path without links lies in a folder, whose own links are followed."""
    inside = os.path.realpath(root)
    return path == inside or path.startswith(os.path.join(inside, ""))


def read_bytes(path: Path, max_bytes: int, root: Path | None = None, member: str = "") -> bytes:
    """The bytes of a file, or of a `member` of an archive.

    Raises ReportError when it can't be read, is empty or too large, isn't a known format, or is a link that leads out
    of `root`: who may put a file into the reports directory may not publish any other.
    """
    if root is not None and not _is_within(os.path.realpath(path), root):
        raise ReportError(
            "链接指向报告目录之外;请把文件复制进来", "the link leads out of the reports directory; copy the file there"
        )
    name = member or path.name
    if kinds.kind_named(name) is kinds.ARCHIVE:
        _refuse_archive(path, member)
    data = read_member(path, member, max_bytes) if member else _read_file(path, max_bytes)
    if not data.strip():
        raise ReportError("文件为空", "the file is empty")
    kinds.kind_of(name, data)
    return data


def _refuse_archive(path: Path, member: str) -> None:
    """Say why an archive gives no files."""
    if member:
        raise ReportError("压缩包里的压缩包不读取;请先解压", "an archive in an archive is not read; unpack it first")
    if path.is_file():
        members(path)
    raise ReportError("压缩包里没有文件", "the archive holds no files")


def _read_file(path: Path, max_bytes: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ReportError("不是普通文件", "not a regular file")
        size = path.stat().st_size
        if size > max_bytes:
            raise ReportError(
                f"文件过大({size} 字节);上限由 WENBAO_MAX_FILE_MB 设置",
                f"the file is too large ({size} bytes); the limit is WENBAO_MAX_FILE_MB",
            )
        return path.read_bytes()
    except OSError as exc:
        raise UnreadableReport(f"无法读取:{reason(exc).zh}", f"can't be read: {reason(exc).en}") from exc


def sha256(data: bytes) -> str:
    """What identifies a file's content."""
    return hashlib.sha256(data).hexdigest()


def parse(source: str, data: bytes, seconds: float = 60, recognition_seconds: float = 600) -> RawReport:
    """Take the text out of a file's bytes, by the kind that they are.

    `seconds` limits how long a parser may take, `recognition_seconds` how long pictures may be read. Raises
    ReportError when there is no text in it, NeedsRecognition when there are only pictures of it.
    """
    kind = kinds.kind_of(source or kinds.TEXT.suffixes[0], data)
    if kind is kinds.PICTURE:
        if not (extra.available() and pictures.readable(data)):
            raise extra.needed()
        seconds = recognition_seconds
    several = pictures.count(data) if kind is kinds.PICTURE else 1
    if several > 1:
        taken = _of_pictures(several)
    else:
        taken = _of_office(kind, data, seconds) if kind.reader and not kind.decoded else _of_text(kind, data, seconds)
    text, mapped, dropped, about = taken
    if kind in (kinds.PDF, kinds.OFD) or several > 1:
        text, mapped, dropped, about = _with_pictures(taken, data, recognition_seconds)
    if _control_share(text) > _MAX_CONTROLS:
        raise ReportError("不是文本文件", "not a text file")
    report = RawReport(
        source=source,
        text=text,
        sha256=sha256(data),
        mapped=mapped,
        dropped=tuple(dropped),
        paged=bool(about.get("paged")),
        properties=Properties(about.get("title"), about.get("date"), about.get("publisher")),
        recognised=tuple(Recognised.of(*line) for line in about.get("recognised", ())),
    )
    shown = text if mapped is None else mapped.text
    if not any(unicodedata.category(char)[0] in "LN" for char in shown):
        if any(span.reason == "picture" for span in dropped):
            raise ReportError(
                "文件里只有图片;请另存为 .pdf 或图片",
                "the file holds only pictures; save it as .pdf or as pictures",
            )
        raise ReportError("文件里没有文字", "the file holds no words")
    return report


_Taken = tuple[str, MappedText | None, list[Dropped], dict[str, Any]]


def _of_office(kind: kinds.Kind, data: bytes, seconds: float) -> _Taken:
    output = extract(kind, data, seconds)
    text = str(output["text"])
    dropped = _spans(text, output["dropped"])
    return text, _without(MappedText.of(text), [(span.raw_start, span.raw_end) for span in dropped]), dropped, output


def _of_pictures(count: int) -> _Taken:
    """A file of so many pages, of which none has been read."""
    text = "\f" * (count - 1)
    return text, None, _spans(text, [("scanned", n, n) for n in range(count)]), {"paged": True, "unsaid": True}


def _with_pictures(taken: _Taken, data: bytes, seconds: float) -> _Taken:
    """A file with the pages that hold no text of their own read as pictures, where that can be done."""
    text, spans, lines = unread.with_pictures(taken[0], taken[2], data, seconds, unsaid=bool(taken[3].get("unsaid")))
    dropped = _spans(text, spans)
    mapped = _without(MappedText.of(text), [(span.raw_start, span.raw_end) for span in dropped])
    return text, mapped, dropped, taken[3] | {"recognised": lines}


def _of_text(kind: kinds.Kind, data: bytes, seconds: float) -> _Taken:
    text = decode(data)
    if kind is kinds.CSV:
        return _of_office(kind, text.encode("utf-8", "surrogatepass"), seconds)
    dropped: list[Dropped] = []
    if LOST in text and LOST.encode() not in data:
        dropped = _spans(text, [("undecodable", *match.span()) for match in _LOST_RUNS.finditer(text)])
    if kind is not kinds.HTML and not (kind is kinds.TEXT and _is_page(text)):
        return text, None, dropped, {}
    output = extract(kinds.HTML, text.encode("utf-8", "surrogatepass"), seconds)
    mapped, around = _article(text, output)
    return text, mapped, dropped + around, output


def _article(source: str, output: dict[str, Any]) -> tuple[MappedText, list[Dropped]]:
    """The text of an HTML page's article, and what was left out around it and in it."""
    page = MappedText.of(source).edit([Replacement(start, end, new) for start, end, new, _ in output["edits"]])
    left_out = [(start, end) for start, end in output["around"]]
    around = [("page", *page.raw_span(start, end)) for start, end in left_out]
    dropped = _spans(source, around + [("hidden", start, end) for start, end in output["hidden"]])
    return _without(page, left_out), dropped


def _spans(text: str, spans: Iterable[tuple[str, int, int]]) -> list[Dropped]:
    return [Dropped(reason, start, end, text[start:end]) for reason, start, end in spans]


def _without(mapped: MappedText, spans: Iterable[tuple[int, int]]) -> MappedText:
    return mapped.edit([Replacement(start, end, "") for start, end in sorted(spans)])


def _control_share(text: str) -> float:
    controls = sum(char < " " and char not in "\t\n\v\f" for char in text)
    return controls / max(len(text), 1)


def _is_page(text: str) -> bool:
    """Whether a text is a saved page: a doctype, or an element that is closed again, behind nothing but comments."""
    begun = _DECLARED.match(text)
    at = begun.end() if begun else 0
    while True:
        at = _BLANK.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if not text.startswith("<!--", at):
            break
        closed = text.find("-->", at)
        if closed < 0:
            return False
        at = closed + len("-->")
    tag = _PAGE_BEGINS.match(text, at)
    return tag is not None and (tag[1] is None or re.search(rf"</{tag[1]}\s*+>", text[tag.end() :], re.I) is not None)

"""Find the delivered files and read them into RawReports.

Guarantees: a file either becomes a RawReport, or a ReportError says why not. The raw text of a text,
Markdown or HTML file is exactly what Python's text mode reads (`Path.read_text(encoding=…)`), so
anyone can check offsets; that of a PDF or Word file is the text its parser extracts, the pages of a
PDF parted by form feeds.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from config.errors import ReportError, StorageError, UnreadableReport, UsageError, reason
from ingest.formats.encoding import LOST, decode
from ingest.formats.parsing import HTML, PDF, PDF_HEADER, WORD, extract
from ingest.offsets import MappedText, Replacement
from ingest.records import Dropped, Properties, RawReport

_MAX_CONTROLS = 0.01  # share of control characters from which on bytes are no text
_TEXT, _MARKDOWN = "txt", "md"
_KINDS = {
    ".txt": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".pdf": PDF,
    ".docx": WORD,
}
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz"})
_OLD_WORD = ("旧的 Word 格式 .doc;请另存为 .docx", "the old Word format .doc; save it as .docx")
_LOST_RUNS = re.compile(f"{LOST}+")
# What a saved page begins with, whatever its name says.
_BLANK = re.compile(r"\s*+")
_DECLARED = re.compile(r"\ufeff?\s*+(?:<\?xml[^>]*+>)?")
_PAGE_BEGINS = re.compile(r"<!doctype\s+html|<(html|head|body|div|p|table|h[1-6])\b[^>]*+>", re.IGNORECASE)
# How a file of another format begins, whatever its name says.
_SIGNATURES = {
    b"%PDF-": PDF,
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "doc",
    b"{\\rtf": "rtf",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpg",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gz",
}


def source_of(path: Path, reports_dir: Path) -> str:
    """The path relative to the reports directory, with `/`; bytes that aren't UTF-8 are escaped."""
    relative = Path(os.path.abspath(path)).relative_to(os.path.abspath(reports_dir))
    return relative.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Found:
    """The report files, sorted, and the folders (as sources) that can't be listed, with the reason."""

    files: tuple[Path, ...]
    unreadable: dict[str, ReportError]


def find_reports(reports_dir: Path, paths: Iterable[Path] = ()) -> Found:
    """All report files under the reports directory, or those under `paths`.

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
    return Found(tuple(sorted(files)), unreadable)


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
        yield from (Path(here, name) for name in names if not _is_systems(name))


def _is_systems(name: str) -> bool:
    """Whether a file is hidden, or what an office program or a system leaves beside its files."""
    return name.startswith((".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini")


def _is_within(path: str, root: Path) -> bool:
    """Whether a path without links lies in a folder, whose own links are followed."""
    inside = os.path.realpath(root)
    return path == inside or path.startswith(os.path.join(inside, ""))


def read_bytes(path: Path, max_bytes: int, root: Path | None = None) -> bytes:
    """The file's bytes.

    Raises ReportError when it can't be read, is empty or too large, isn't a known format, or is a link that leads out
    of `root`: who may put a file into the reports directory may not publish any other.
    """
    if root is not None and not _is_within(os.path.realpath(path), root):
        raise ReportError(
            "链接指向报告目录之外;请把文件复制进来", "the link leads out of the reports directory; copy the file there"
        )
    suffix = path.suffix.lower()
    if suffix in _ARCHIVES:
        raise ReportError("不接受压缩包;请先解压", "archives are not accepted; unpack it first")
    if suffix == ".doc":
        raise ReportError(*_OLD_WORD)
    if suffix not in _KINDS:
        known = " ".join(sorted(_KINDS))
        raise ReportError(
            f"不支持的格式 {suffix or '(无后缀)'};支持 {known}",
            f"format {suffix or '(no suffix)'} is not supported; supported: {known}",
        )
    try:
        if path.exists() and not path.is_file():
            raise ReportError("不是普通文件", "not a regular file")
        size = path.stat().st_size
        if size > max_bytes:
            raise ReportError(
                f"文件过大({size} 字节);上限由 WENBAO_MAX_FILE_MB 设置",
                f"the file is too large ({size} bytes); the limit is WENBAO_MAX_FILE_MB",
            )
        data = path.read_bytes()
    except OSError as exc:
        raise UnreadableReport(f"无法读取:{reason(exc).zh}", f"can't be read: {reason(exc).en}") from exc
    if not data.strip():
        raise ReportError("文件为空", "the file is empty")
    _check_content(_KINDS[suffix], data)
    return data


def _check_content(kind: str, data: bytes) -> None:
    """Raises ReportError when the content isn't what the name says."""
    content = next((name for signature, name in _SIGNATURES.items() if data.startswith(signature)), None)
    if kind == PDF and b"%PDF-" in data[:PDF_HEADER]:
        content = PDF
    if kind == WORD and content == "doc":
        if "EncryptedPackage".encode("utf-16-le") in data:  # how Office wraps a file with a password
            raise ReportError("Word 文件已加密,需要密码", "the Word file is encrypted and needs a password")
        raise ReportError(*_OLD_WORD)
    expected = {PDF: PDF, WORD: "zip"}.get(kind)
    if content != expected:
        raise ReportError(
            f"扩展名是 {kind},内容却是 {content or '别的格式'};请改正扩展名",
            f"the name says {kind}, but the content is {content or 'something else'}; correct the name",
        )


def sha256(data: bytes) -> str:
    """What identifies a file's content."""
    return hashlib.sha256(data).hexdigest()


def parse(source: str, data: bytes, seconds: float = 60) -> RawReport:
    """Take the text out of a file's bytes, by the kind its name says.

    `seconds` limits how long a parser may take. Raises ReportError when there is no text in it.
    """
    kind = _KINDS.get(PurePosixPath(source).suffix.lower(), _TEXT)
    found: dict[str, Any] = {}
    mapped: MappedText | None = None
    dropped: list[Dropped] = []
    if kind in (PDF, WORD):
        found = extract(kind, data, seconds)
        text = str(found["text"])
        dropped = _spans(text, found["dropped"])
        mapped = _without(MappedText.of(text), [(span.raw_start, span.raw_end) for span in dropped])
    else:
        text = decode(data)
        if LOST in text and LOST.encode() not in data:
            dropped = _spans(text, [("undecodable", *match.span()) for match in _LOST_RUNS.finditer(text)])
        if kind == HTML or (kind == _TEXT and _is_page(text)):
            found = extract(HTML, text.encode("utf-8", "surrogatepass"), seconds)
            mapped, around = _article(text, found)
            dropped += around
    if _control_share(text) > _MAX_CONTROLS:
        raise ReportError("不是文本文件", "not a text file")
    report = RawReport(
        source=source,
        text=text,
        sha256=sha256(data),
        mapped=mapped,
        dropped=tuple(dropped),
        paged=kind == PDF,
        properties=Properties(found.get("title"), found.get("date"), found.get("publisher")),
    )
    shown = text if mapped is None else mapped.text
    if not any(unicodedata.category(char)[0] in "LN" for char in shown):
        raise ReportError("文件里没有文字", "the file holds no words")
    return report


def _article(source: str, found: dict[str, Any]) -> tuple[MappedText, list[Dropped]]:
    """The text of an HTML page's article, and what was left out around it and in it."""
    page = MappedText.of(source).edit([Replacement(start, end, new) for start, end, new, _ in found["edits"]])
    left_out = [(start, end) for start, end in found["around"]]
    around = [("page", *page.raw_span(start, end)) for start, end in left_out]
    dropped = _spans(source, around + [("hidden", start, end) for start, end in found["hidden"]])
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

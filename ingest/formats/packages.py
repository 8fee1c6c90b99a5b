"""ZIP packages of XML, in which most office programs keep their files: opened within limits."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from config.errors import ReportError
from ingest.formats.kinds import Kind, damaged, encrypted
from ingest.formats.zips import entries

# What libraries don't know of Open XML, and what they do: the names of its strict form, and what the main part is
# called in files with macros, templates and slides that show themselves.
_TYPES = "[Content_Types].xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAME = re.compile(re.escape(_STRICT) + rb"(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_MAIN_TYPES = (
    (
        re.compile(rb"application/vnd\.(?:ms-word\.\w+\.\w+|[\w.-]+\.wordprocessingml\.template)\.main\+xml"),
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ),
    (
        re.compile(rb"application/vnd\.(?:ms-excel\.\w+\.\w+|[\w.-]+\.spreadsheetml\.template)\.main\+xml"),
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ),
    (
        re.compile(
            rb"application/vnd\.(?:ms-powerpoint\.\w+\.\w+|[\w.-]+\.presentationml\.(?:slideshow|template))\.main\+xml"
        ),
        b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
)
ICON = 360_000  # English metric units, a centimetre, up to which a picture is but a sign
_MAX_UNPACKED = 300 << 20  # bytes that a file may unpack to


def limited(kind: Kind, data: bytes) -> None:
    """Raises ReportError when the package is damaged or would unpack to too much."""
    try:
        held = entries(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError) as exc:
        raise damaged(kind) from exc
    if any(entry.flag_bits & 1 for entry in held):
        raise encrypted()
    if sum(entry.file_size for entry in held) > _MAX_UNPACKED:
        raise ReportError(f"{kind.name} 文件解压后过大", f"the {kind.name} file unpacks to too much")


def usual(data: bytes) -> bytes:
    """A package of Open XML with the names that libraries know, where it has others; any other as it is.

    Call `limited` first. Raises what `zipfile` raises.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        strict = "_rels/.rels" in names and _STRICT in package.read("_rels/.rels")
        types = package.read(_TYPES) if _TYPES in names else b""
        known = _with_usual_types(types)
        if not strict and known == types:
            return data
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as rewritten:
            for entry in package.infolist():
                held = known if entry.filename == _TYPES else package.read(entry)
                named = strict and entry.filename.endswith((".xml", ".rels"))
                rewritten.writestr(entry.filename, _STRICT_NAME.sub(_TRANSITIONAL, held) if named else held)
    return buffer.getvalue()


def _with_usual_types(types: bytes) -> bytes:
    for pattern, known in _MAIN_TYPES:
        types = pattern.sub(known, types)
    return types


class Package:
    """A package's parts, as trees."""

    def __init__(self, kind: Kind, data: bytes) -> None:
        limited(kind, data)
        self._kind = kind
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._names = frozenset(self._zip.namelist())

    def holds(self, name: str) -> bool:
        return name in self._names

    def data(self, name: str) -> bytes:
        """A part's bytes. Raises ReportError where there is none, or it is damaged."""
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as exc:
            raise damaged(self._kind) from exc

    def tree(self, name: str) -> Any:
        """The root of a part's XML, None where there is no such part. Raises ReportError when it is damaged."""
        from lxml import etree

        if name.lstrip("/") not in self._names:
            return None
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
            return etree.fromstring(self._zip.read(name.lstrip("/")), parser)
        except (etree.XMLSyntaxError, zipfile.BadZipFile, ValueError) as exc:
            raise damaged(self._kind) from exc


def core_properties(document: Any) -> dict[str, Any]:
    """What a file of Office says about itself: `title`, `date`, `publisher`; nothing where it contradicts itself."""
    try:
        properties = document.core_properties
    except (KeyError, ValueError):
        return {}
    return {
        "title": properties.title or None,
        "date": properties.created.date().isoformat() if properties.created else None,
        "publisher": properties.author or None,
    }

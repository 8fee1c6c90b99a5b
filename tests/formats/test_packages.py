"""Packages of office programs are read however they are named and packed, and what can't be opened says why."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from office_files import packed

from config.errors import ReportError
from ingest.formats import sources
from ingest.formats.zips import entries

FILES = Path(__file__).parent / "files"
TYPES = "[Content_Types].xml"
USUAL = b"application/vnd.openxmlformats-officedocument."
MICROSOFT = b"application/vnd.ms-"


def members(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(FILES / name) as file:
        return {entry.filename: file.read(entry) for entry in file.infolist()}


def typed(name: str, usual: bytes, other: bytes) -> bytes:
    """A file whose main part is said to be of another type, as its program does for another ending."""
    held = members(name)
    assert usual in held[TYPES]
    return packed(held | {TYPES: held[TYPES].replace(usual, other)})


WORD, SHEETS, SLIDES = "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"
SAID = {"report.docx": "三十六场", "sheets.xlsx": "志愿者：412人", "slides.pptx": "科普"}
OTHERS = [
    ("a.docm", "report.docx", WORD, MICROSOFT + b"word.document.macroEnabled"),
    ("a.dotm", "report.docx", WORD, MICROSOFT + b"word.template.macroEnabledTemplate"),
    ("a.dotx", "report.docx", WORD, USUAL + b"wordprocessingml.template"),
    ("a.xlsm", "sheets.xlsx", SHEETS, MICROSOFT + b"excel.sheet.macroEnabled"),
    ("a.xltm", "sheets.xlsx", SHEETS, MICROSOFT + b"excel.template.macroEnabled"),
    ("a.xltx", "sheets.xlsx", SHEETS, USUAL + b"spreadsheetml.template"),
    ("a.pptm", "slides.pptx", SLIDES, MICROSOFT + b"powerpoint.presentation.macroEnabled"),
    ("a.ppsx", "slides.pptx", SLIDES, USUAL + b"presentationml.slideshow"),
    ("a.ppsm", "slides.pptx", SLIDES, MICROSOFT + b"powerpoint.slideshow.macroEnabled"),
    ("a.potx", "slides.pptx", SLIDES, USUAL + b"presentationml.template"),
    ("a.potm", "slides.pptx", SLIDES, MICROSOFT + b"powerpoint.template.macroEnabled"),
    ("macros.docx", "report.docx", WORD, MICROSOFT + b"word.document.macroEnabled"),
]


@pytest.mark.parametrize(("name", "file", "usual", "other"), OTHERS, ids=[row[0] for row in OTHERS])
def test_templates_and_files_with_macros_read_as_the_plain_ones(name, file, usual, other):
    data = typed(file, USUAL + usual.encode() + b".main+xml", other + b".main+xml")
    plain = sources.parse(file, (FILES / file).read_bytes())
    report = sources.parse(name, data)
    assert report.text == plain.text
    assert SAID[file] in report.text


ODF = ("report.odt", "sheets.ods", "slides.odp")


@pytest.mark.parametrize("file", ODF)
@pytest.mark.parametrize("how", ["compressed", "last", "missing"])
def test_an_open_document_is_told_however_its_type_is_packed(file, how):
    held: Mapping[str, bytes] = members(file)
    rest = {name: data for name, data in held.items() if name != "mimetype"}
    told = {"mimetype": held["mimetype"]}
    data = packed({"compressed": told | rest, "last": rest | told, "missing": rest}[how])
    assert sources.parse(file, data).text == sources.parse(file, (FILES / file).read_bytes()).text


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
    ' manifest:full-path="{}" manifest:media-type="text/xml"><manifest:encryption-data manifest:checksum="x"/>'
    "</manifest:file-entry></manifest:manifest>"
)


def closed(part: str) -> bytes:
    held = members("report.odt")
    if part == "content.xml":
        held["content.xml"] = bytes(range(256)) * 4
    elif part == "encrypted-package":
        held = {"mimetype": held["mimetype"], part: bytes(range(256))}
    return packed(held | {"META-INF/manifest.xml": MANIFEST.format(part).encode()})


def zip_with_password(data: bytes) -> bytes:
    """Every member said to be encrypted."""
    changed = bytearray(data)
    for begins, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = data.find(begins)
        while found >= 0:
            changed[found + at] |= 1
            found = data.find(begins, found + 1)
    return bytes(changed)


ENCRYPTED = {
    "its text": ("a.odt", closed("content.xml")),
    "the whole": ("a.odt", closed("encrypted-package")),
    "as a zip": ("a.ods", zip_with_password((FILES / "sheets.ods").read_bytes())),
    "a word file as a zip": ("a.docx", zip_with_password((FILES / "report.docx").read_bytes())),
}


@pytest.mark.parametrize(("name", "data"), ENCRYPTED.values(), ids=ENCRYPTED)
def test_what_a_password_closes_says_so(name, data):
    with pytest.raises(ReportError, match="encrypted and needs a password"):
        sources.parse(name, data)


def test_a_closed_picture_closes_no_text():
    assert "三十六场" in sources.parse("a.odt", closed("Pictures/1.png")).text


def holding() -> bytes:
    """A file that holds an uncompressed ZIP file before its own list."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as outer:
        outer.writestr("先.txt", "先")
        outer.writestr("里.zip", packed({"word/document.xml": b"<a/>", "x.txt": b"x"}))
        outer.writestr("后.txt", "后" * 50)
    return buffer.getvalue()


@pytest.mark.parametrize("file", ["report.docx", "sheets.xlsx", "slides.pptx", "report.odt"])
@pytest.mark.parametrize("lost", [1, 30, 900])
def test_what_was_cut_off_says_so(file, lost):
    with pytest.raises(ReportError, match="damaged or cut off"):
        sources.parse(file, (FILES / file).read_bytes()[:-lost])


@pytest.mark.parametrize("lost", [60, 200])
def test_what_was_cut_off_is_not_the_file_that_it_holds(lost, tmp_path):
    data = holding()
    assert len(entries(io.BytesIO(data))) == 3
    (tmp_path / "a.zip").write_bytes(data[:-lost])
    found = sources.find_reports(tmp_path)
    assert [file.source for file in found.files] == ["a.zip"]
    with pytest.raises(ReportError, match="damaged or cut off"):
        sources.read_bytes(tmp_path / "a.zip", 1 << 20)
    with pytest.raises(ReportError, match="damaged or cut off"):
        sources.parse("a.docx", data[:-lost])


def test_what_stands_around_a_whole_file_does_not_matter():
    data = (FILES / "report.docx").read_bytes()
    assert len(entries(io.BytesIO(data + b"\0\0\r\n"))) == len(members("report.docx"))
    assert len(entries(io.BytesIO(b"#!/bin/sh\n" + data))) == len(members("report.docx"))

"""Files as offices have them, of every kind and by many writers: what each tells is read."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile

import made_pages  # noqa: F401
import made_sheets  # noqa: F401
import made_texts  # noqa: F401
import made_word  # noqa: F401
import pytest
from making import FILES, HERE, in_this_process

from config.errors import ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.language.script import fold_script
from ingest.records import CleanReport

WRITTEN = [json.loads(line) for line in (HERE / "written.jsonl").read_text(encoding="utf-8").splitlines()]
CONVERTED = {row["file"]: row for row in WRITTEN if "says" in row}
INVISIBLE = re.compile("<[^>]*>|[\f\n\u200b\u00ad\ufeff]")


@pytest.fixture(scope="module", autouse=True)
def _in_this_process():
    with in_this_process():
        yield


def told(report: CleanReport, said: str) -> None:
    """That a report says it, and that what was delivered says it at the place that its offsets name."""
    assert said in report.text, report.text
    start = report.text.index(said)
    raw = report.raw[slice(*report.mapped.raw_span(start, start + len(said)))]
    assert fold_script(INVISIBLE.sub("", html.unescape(raw) if "&#" in raw else raw)) == said


@pytest.mark.parametrize("asked", FILES.values(), ids=FILES)
def test_what_a_file_tells_is_read_with_its_exact_place(asked):
    report = normalize(sources.parse(asked.name, asked.data()))
    for said in asked.says:
        told(report, said)
    for unsaid in asked.never:
        assert unsaid not in report.text
    if asked.page is not None:
        assert report.page(report.text.index(asked.says[0])) == asked.page


@pytest.mark.parametrize("row", CONVERTED.values(), ids=CONVERTED)
def test_what_libreoffice_wrote_tells_the_same(row):
    report = normalize(sources.parse(row["file"], (HERE / "written" / row["file"]).read_bytes()))
    for said in row["says"]:
        told(report, said)


def minimal(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BAD = {
    "a.doc": b"MZ\x90\0" + b"\0" * 600,
    "b.docx": b"",
    "c.docx": b"PK\x03\x04" + b"\0" * 90,
    "d.xlsx": OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    "e.ppt": OLE + b"\0" * 600 + "PowerPoint Document".encode("utf-16-le"),
    "f.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "g.ofd": minimal(a=b"x"),
    "h.xlsx": minimal(**{"xl/workbook.xml": b"<workbook"}),
    "i.pptx": minimal(**{"ppt/presentation.xml": b"<p/>"}),
    "j.odt": minimal(mimetype=b"application/vnd.oasis.opendocument.text"),
    "k.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "l.xlsb": b"PK\x03\x04",
    "m.rar": b"Rar!\x1a\x07\0",
    "n.pages": b"PK\x03\x04",
    "o.txt": bytes(range(256)) * 9,
    "p.rtf": b"{\\rtf1 }",
    "q.html": b"<html><body></body></html>",
    "r.eml": b"\0\1\2",
    "s.csv": b",,,\n,,,\n",
    "t.exe": b"MZ",
}


@pytest.mark.parametrize(("name", "data"), BAD.items(), ids=BAD)
def test_a_bad_file_is_one_line_that_says_why(name, data, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReportError) as refused:
        sources.parse(name, sources.read_bytes(tmp_path / name, 1 << 24))
    for language in ("zh", "en"):
        assert 0 < len(refused.value.text(language)) < 400
        assert "\n" not in refused.value.text(language)


def test_there_are_enough_files():
    assert len(FILES) + len(WRITTEN) >= 120

"""Files as offices have them, of every kind and by many writers: what each tells is read, and can be asked."""

from __future__ import annotations

import html
import importlib
import io
import json
import re
import zipfile
from pathlib import Path

import made_pages  # noqa: F401
import made_sheets  # noqa: F401
import made_texts  # noqa: F401
import made_word  # noqa: F401
import pytest
from making import FILES, Asked

from config.errors import ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import kinds, sources
from ingest.language.script import fold_script
from ingest.records import CleanReport
from rag.engine import Engine

HERE = Path(__file__).parent
WRITTEN = [json.loads(line) for line in (HERE / "written.jsonl").read_text(encoding="utf-8").splitlines()]
CONVERTED = {row["file"]: row for row in WRITTEN if "says" in row}
INVISIBLE = re.compile("<[^>]*>|[\f\n\u200b\u00ad\ufeff]")


@pytest.fixture(scope="module", autouse=True)
def _in_this_process():
    """A reader's own process costs more than its work; what the limits of that process do is tested in `formats`."""

    def extract(kind: kinds.Kind, data: bytes, _seconds: float, *arguments: str):
        return json.loads(json.dumps(importlib.import_module(kind.reader).read(data, *arguments)))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sources, "extract", extract)
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


def put(folder: Path, asked: Asked) -> None:
    """A file where it is delivered; one in an archive with the names that Chinese systems write."""
    archive, inside, member = asked.name.partition(".zip/")
    if not inside:
        (folder / asked.name).write_bytes(asked.data())
        return
    with zipfile.ZipFile(folder / f"{archive}.zip", "w") as packed:
        packed.writestr(zipfile.ZipInfo("x" * len(member.encode("gbk"))), asked.data())
    path = folder / f"{archive}.zip"
    path.write_bytes(path.read_bytes().replace(b"x" * len(member.encode("gbk")), member.encode("gbk")))


def test_every_kind_is_asked_in_one_index(settings, sync, reports):
    for name in reports.iterdir():
        name.unlink()
    chosen = [asked for asked in FILES.values() if asked.asks]
    for asked in chosen:
        put(reports, asked)
    for name in ("plain-of-docx.wps", "unit-of-xlsx.et", "plain-of-pptx.ppt"):
        (reports / name).write_bytes((HERE / "written" / name).read_bytes())
    assert sync().failed == ()
    engine = Engine(settings, lambda _: None)
    wrong = []
    for asked in chosen:
        answer = engine.ask(asked.question)
        quotes = [citation for citation in answer.citations if asked.figure in citation.quote]
        if not any(asked.facts.place in citation.quote + citation.title for citation in quotes):
            wrong.append((asked.name, asked.question, answer.answer))
    engine.close()
    assert wrong == []


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

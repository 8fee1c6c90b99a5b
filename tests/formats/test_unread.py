"""Pages without text of their own: recognised where that can be done, and whatever happens to one, the others stay."""

from __future__ import annotations

import io
import struct
import sys
import time

import pytest
from PIL import Image
from test_pdf import Page
from test_recognition import FILES, mixed
from typer.testing import CliRunner

from config.errors import NeedsRecognition, ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import extra, pictures, sources, unread
from ingest.index.generations import open_catalog, read_failures, read_summary
from ingest.records import Failure, IngestSummary
from rag.commands.cli import app


def pages(*said: str) -> bytes:
    """A PDF with these pages, scanned where nothing is said."""
    page = Page()
    for n, text in enumerate(said):
        if n:
            page.turn()
        if text:
            page.say(text, 60, 100)
        else:
            page.scan()
    page.canvas.save()
    return page._buffer.getvalue()


def seen(number: int) -> dict:
    text = f"图中第{number}页"
    return {"text": text, "recognised": [(0, len(text), 0.9, None)], "dropped": []}


class Recogniser:
    """Stands for the process that recognises: what it does with each page, in which calls it was asked."""

    def __init__(self, *, fails: tuple[int, ...] = (), slow: float = 0.0, stops: int | None = None) -> None:
        self.fails, self.slow, self.stops = fails, slow, stops
        self.calls: list[str] = []

    def __call__(self, _kind, _data: bytes, seconds: float, numbers: str) -> dict:
        self.calls.append(numbers)
        wanted = [int(number) for number in numbers.split(",")]
        if self.slow > seconds:
            time.sleep(max(0.0, seconds))
            raise ReportError("慢", "slow")
        time.sleep(self.slow)
        if set(wanted) & set(self.fails):
            raise ReportError("坏", "broken")
        if self.stops in wanted:
            before = [seen(number) for number in wanted[: wanted.index(self.stops)]]
            if not before:
                raise ReportError("停", "stopped")
            return {"pages": before, "error": ["停", "stopped"]}
        return {"pages": [seen(number) for number in wanted]}


@pytest.fixture
def recogniser(monkeypatch):
    def put(**options) -> Recogniser:
        made = Recogniser(**options)
        monkeypatch.setattr(unread, "extract", made)
        monkeypatch.setattr(extra, "available", lambda: True)
        return made

    return put


FIRST, LAST = "一、全年举办科普讲座三十六场次。", "三、下一步打算。"


def test_a_page_that_cannot_be_recognised_costs_only_itself(recogniser):
    made = recogniser(fails=(2,))
    report = normalize(sources.parse("a.pdf", pages(FIRST, "", "", "", LAST)))
    assert made.calls == ["1,2,3", "1", "2", "3"]
    assert [said in report.text for said in (FIRST, "图中第1页", "图中第2页", "图中第3页", LAST)] == [
        True, True, False, True, True,
    ]  # fmt: skip
    assert [(span.reason, report.raw.count("\f", 0, span.raw_start)) for span in report.dropped] == [
        (unread.UNRECOGNISED, 2)
    ]
    at = report.text.index("图中第3页")
    assert report.page(at) == 4
    assert report.confidence(at, at + 2) == 0.9
    assert report.page(report.text.index(LAST)) == 5


def test_when_the_time_is_over_what_was_recognised_before_stays(recogniser):
    made = recogniser(slow=0.3)
    report = sources.parse("a.pdf", pages(FIRST, *[""] * 9), recognition_seconds=0.5)
    assert made.calls == ["1,2,3,4", "5,6,7,8"]
    assert FIRST in report.text
    assert "图中第4页" in report.text
    assert [span.reason for span in report.dropped] == [unread.UNRECOGNISED] * 5
    assert unread.pages(report.text, report.dropped) == [6, 7, 8, 9, 10]


def tiff(*pictures: Image.Image) -> bytes:
    held = io.BytesIO()
    pictures[0].save(held, "TIFF", save_all=True, append_images=pictures[1:])
    return held.getvalue()


BLANK = Image.new("L", (60, 80), 255)


@pytest.mark.parametrize("order", ["II*\0", "MM\0*"])
def test_the_pages_of_a_tiff_are_counted_by_its_list(order):
    of_pillow = tiff(BLANK, BLANK, BLANK)
    assert (pictures.count(of_pillow), pictures.count(tiff(BLANK)), pictures.count(b"\x89PNG")) == (3, 1, 1)
    circle = order.encode() + (b"\x08\0\0\0" if order[0] == "I" else b"\0\0\0\x08") + bytes(2)
    circle += b"\x08\0\0\0" if order[0] == "I" else b"\0\0\0\x08"
    assert pictures.count(circle) == pictures._MOST_PAGES
    assert pictures.count(circle[:6]) == 1


def test_a_page_of_a_tiff_that_cannot_be_recognised_costs_only_itself(recogniser):
    made = recogniser(stops=1)
    report = normalize(sources.parse("a.tif", tiff(BLANK, BLANK, BLANK)))
    assert made.calls == ["0,1,2", "1", "2"]
    assert report.text == "图中第0页\n图中第2页"
    assert unread.pages(report.raw, report.dropped) == [2]
    assert report.page(report.text.index("图中第2页")) == 3


def test_the_real_recogniser_keeps_the_pages_before_one_that_is_damaged():
    """Its bytes end in the midst of the last page."""
    scan = Image.open(FILES / "scan.png").convert("L")
    whole = tiff(scan, scan)
    pixels = struct.unpack_from("<I", whole, 4)[0]
    assert pixels
    broken = bytearray(whole)
    second = struct.unpack_from("<I", whole, pixels + 2 + 12 * struct.unpack_from("<H", whole, pixels)[0])[0]
    broken[second + 2 : second + 14] = b"\xff" * 12  # its width is none
    report = sources.parse("a.tif", bytes(broken))
    assert "36" in report.text
    assert unread.pages(report.text, report.dropped) == [2]


@pytest.mark.parametrize("slow", [0.0, 5.0])
def test_a_file_of_which_nothing_could_be_read_says_why(recogniser, slow):
    recogniser(fails=(0, 1), slow=slow)
    with pytest.raises(ReportError, match="WENBAO_RECOGNITION_SECONDS" if slow else "broken"):
        sources.parse("a.pdf", pages("", ""), recognition_seconds=0.2)


def test_the_real_recogniser_out_of_time_leaves_the_text_pages():
    report = sources.parse("a.pdf", mixed(), recognition_seconds=0.01)
    assert "基本情况" in report.text
    assert "下一步打算" in report.text
    assert [span.reason for span in report.dropped] == [unread.UNRECOGNISED]


def test_what_lacks_pages_is_told_each_time_and_read_again_once_the_extra_is_there(
    sync, settings, reports, recogniser, monkeypatch
):
    (reports / "半.pdf").write_bytes(pages(FIRST, "", LAST))
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "rapidocr", None)
        first, second = sync(), sync()
    assert "半.pdf" in first.added
    assert (second.added, second.updated) == ((), ())
    for summary in (first, second):
        assert [(lacking.source, lacking.needs) for lacking in summary.incomplete] == [("半.pdf", "ocr")]
        assert extra.PACKAGES[0] in summary.incomplete[0].error
    assert "第 2 页" in first.incomplete[0].error
    made = recogniser()
    third, fourth = sync(), sync()
    assert (third.updated, third.incomplete) == (("半.pdf",), ())
    assert (fourth.updated, fourth.incomplete, made.calls) == ((), (), ["1"])
    _, catalog = open_catalog(settings)
    assert "图中第1页" in catalog.report("半.pdf").text
    catalog.close()


def test_what_the_extra_did_not_manage_is_tried_again_only_when_asked_for(sync, settings, reports, recogniser):
    (reports / "半.pdf").write_bytes(pages(FIRST, "", LAST))
    made = recogniser(fails=(1,))
    summary = sync()
    assert [(lacking.source, lacking.needs) for lacking in summary.incomplete] == [("半.pdf", None)]
    sync()
    assert made.calls == ["1"]
    sync(reports / "a.txt")
    assert [each.source for each in read_failures(read_summary(settings), "incomplete")] == ["半.pdf"]
    made.fails = ()
    assert sync(reports / "半.pdf").incomplete == ()
    assert read_failures(read_summary(settings), "incomplete") == []


BROKEN, SCAN = Failure("a.doc", "damaged"), Failure("b.png", "scanned", "ocr")
HALF, LOST = Failure("c.pdf", "page 2", "ocr"), Failure("d.pdf", "page 3")
ENDS = [
    ((), (), 0),
    ((SCAN,), (), 5),
    ((), (HALF,), 5),
    ((SCAN,), (HALF,), 5),
    ((BROKEN,), (HALF,), 4),
    ((), (LOST,), 4),
    ((BROKEN, SCAN), (), 4),
]


@pytest.mark.parametrize(("failed", "incomplete", "code"), ENDS)
def test_the_exit_code_says_whether_anything_is_missing(failed, incomplete, code, settings, monkeypatch):
    summary = IngestSummary(("c.pdf",), (), (), 0, failed, 3, 3, "g", 0.1, incomplete)
    monkeypatch.setattr("ingest.pipeline.ingest", lambda *_, **__: summary)
    monkeypatch.setattr("ingest.running.need", lambda **_: None)
    monkeypatch.setenv("WENBAO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("WENBAO_REPORTS_DIR", str(settings.reports_dir))
    done = CliRunner().invoke(app, ["ingest"])
    assert done.exit_code == code, done.output
    for each in (*failed, *incomplete):
        assert f"! {each.source}: {each.error}" in done.output


@pytest.mark.parametrize("name", ["scan.png", "scan.heic"])
def test_the_command_that_is_shown_can_be_run(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(NeedsRecognition) as refused:
        sources.parse(name, (FILES / name).read_bytes())
    for language in ("zh", "en"):
        assert refused.value.text(language).endswith(extra.command())

"""What was recognised can be looked at: its page with the place boxed, as long as the file is the one that was read."""

from __future__ import annotations

import io

import pytest
from office_files import packed
from PIL import Image
from test_recognition import FILES, mixed

from config.errors import ReportError
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.formats.originals import page_pictures
from ingest.records import CleanReport, Recognised

SCAN = (FILES / "scan.png").read_bytes()
LIMITS = (1 << 24, 60)


@pytest.fixture(scope="module")
def scanned() -> CleanReport:
    return normalize(sources.parse("scan.png", SCAN))


def boxed(picture: bytes) -> tuple[float, float, float, float]:
    """Where the red box stands, each side as a share of the picture's."""
    found = Image.open(io.BytesIO(picture)).convert("RGB")
    red = [
        (n % found.width, n // found.width)
        for n, (r, g, b) in enumerate(found.get_flattened_data())
        if r > 200 and g < 60 and b < 60
    ]
    xs, ys = [x / found.width for x, _ in red], [y / found.height for _, y in red]
    return min(xs), min(ys), max(xs), max(ys)


def spot(report: CleanReport, words: str) -> tuple[int, int]:
    at = report.raw.index(words)
    return at, at + len(words)


def test_the_page_shows_the_line_boxed(scanned, tmp_path):
    (tmp_path / "scan.png").write_bytes(SCAN)
    ((page, picture),) = page_pictures(scanned, *spot(scanned, "1,234.5"), tmp_path, *LIMITS)
    assert page == 1
    left, top, right, bottom = boxed(picture)  # the third line of the page
    assert 0.05 < left < 0.1 < 0.8 < right < 0.95
    assert 0.3 < top < 0.34 < bottom < 0.42


def test_a_row_of_a_table_is_boxed_without_the_heads_that_it_repeats(scanned, tmp_path):
    (tmp_path / "scan.png").write_bytes(SCAN)
    ((_, picture),) = page_pictures(scanned, *spot(scanned, "卫健局"), tmp_path, *LIMITS)
    _, top, _, bottom = boxed(picture)
    assert 0.72 < top < bottom < 0.88


def test_a_page_that_lay_on_its_side_is_shown_upright(tmp_path):
    data = (FILES / "scan-turned.png").read_bytes()
    (tmp_path / "scan-turned.png").write_bytes(data)
    report = normalize(sources.parse("scan-turned.png", data))
    ((_, picture),) = page_pictures(report, *spot(report, "36场次"), tmp_path, *LIMITS)
    shown, delivered = Image.open(io.BytesIO(picture)), Image.open(io.BytesIO(data))
    assert (shown.width > shown.height) != (delivered.width > delivered.height)
    left, top, right, bottom = boxed(picture)
    assert right - left > 5 * (bottom - top)


def test_of_a_mixed_pdf_in_an_archive_the_right_page_is_shown(tmp_path):
    data = mixed()
    (tmp_path / "报告.zip").write_bytes(packed({"甲/混合.pdf": data}))
    report = normalize(sources.parse("报告.zip/甲/混合.pdf", data))
    ((page, picture),) = page_pictures(report, *spot(report, "36场次"), tmp_path, *LIMITS)
    assert page == 2
    _, top, _, bottom = boxed(picture)
    assert 0.2 < top < bottom < 0.3
    with pytest.raises(ReportError, match="not recognised in a picture"):
        page_pictures(report, *spot(report, "下一步打算"), tmp_path, *LIMITS)


def test_a_file_that_changed_or_is_gone_is_not_shown(scanned, tmp_path):
    with pytest.raises(ReportError, match="no longer there"):
        page_pictures(scanned, *spot(scanned, "36"), tmp_path, *LIMITS)
    (tmp_path / "scan.png").write_bytes(SCAN + b"\0")
    with pytest.raises(ReportError, match="has changed"):
        page_pictures(scanned, *spot(scanned, "36"), tmp_path, *LIMITS)


def test_what_was_indexed_without_places_says_to_ingest_again(tmp_path):
    report = normalize(sources.parse("a.txt", "东山县科协举办讲座36场次。".encode()))
    old = CleanReport(**{**{f: getattr(report, f) for f in report.__slots__}, "recognised": (Recognised(0, 9, 0.9),)})
    with pytest.raises(ReportError, match="wenbao ingest"):
        page_pictures(old, 0, 5, tmp_path, *LIMITS)


def test_show_writes_the_page_that_a_source_names(wenbao, sync, settings, reports, tmp_path):
    (reports / "scan.png").write_bytes(SCAN)
    sync()
    done = wenbao("show", "scan.png", "--at", "27.5%", "--picture", "page.png", settings=settings)
    assert (done.returncode, done.stdout) == (0, "")
    assert boxed((tmp_path / "page.png").read_bytes())[1] > 0.3
    for wrong, code in ((["--at", "1-2"], 2), (["--at", "没有的话", "--picture", "b.png"], 2)):
        assert wenbao("show", "scan.png", *wrong, settings=settings).returncode == code
    told = wenbao("show", "a.txt", "--at", "0-4", "--picture", "b.png", settings=settings)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert not (tmp_path / "b.png").exists()

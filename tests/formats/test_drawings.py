"""Pictures in office files, in the old binary ones too: those that a page shows are told, and none breaks a file."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import ReportError
from ingest.cleaning.anomalies import Reading
from ingest.cleaning.normalize import normalize
from ingest.formats import sources
from ingest.formats.drawings import inline, kept, picture_of, records, shapes
from rag.show.render import read_as

FILES = Path(__file__).parent / "files"
WRITTEN = sorted(path.name for path in FILES.glob("illustrated.*"))
STORE, ENTRY, GROUP, SHAPE, ATOM, OPTIONS, PNG = 0xF001, 0xF007, 0xF003, 0xF004, 0xF00A, 0xF00B, 0xF01E


def record(kind: int, *inside: bytes, instance: int = 0, holds: bool = False) -> bytes:
    data = b"".join(inside)
    return struct.pack("<HHI", instance << 4 | (0xF if holds else 0), kind, len(data)) + data


def shape(number: int, picture: int | None = None) -> bytes:
    options = b"" if picture is None else record(OPTIONS, struct.pack("<HI", 0x4104, picture), instance=1)
    return record(SHAPE, record(ATOM, struct.pack("<2I", number, 0)), options, holds=True)


def group(*inside: bytes) -> bytes:
    return record(GROUP, *inside, holds=True)


def test_every_file_that_tells_of_three_pictures_is_there():
    assert [name.partition(".")[2] for name in WRITTEN] == ["doc", "docx", "odp", "odt", "ppt", "pptx"]


@pytest.mark.parametrize("name", WRITTEN)
def test_whoever_wrote_a_file_its_pictures_are_told(name):
    report = normalize(sources.parse(name, (FILES / name).read_bytes()))
    told = [span.raw.strip() for span in report.dropped if span.reason == "picture"]
    assert sorted(picture.rpartition(".")[2] for picture in told) == ["jpg", "png", "png"]
    assert "3 pictures" in read_as(Reading.of(report), "en")
    assert "image" not in report.text


@pytest.mark.parametrize(("old", "kind"), [("illustrated.doc", "wps"), ("illustrated.ppt", "dps")])
def test_what_wps_calls_its_own_is_read_alike(old, kind):
    data = (FILES / old).read_bytes()
    assert sources.parse(f"a.{kind}", data).dropped == sources.parse(old, data).dropped


@pytest.mark.parametrize("name", ["illustrated.doc", "illustrated.ppt"])
def test_a_picture_that_is_damaged_costs_no_text(name):
    data = (FILES / name).read_bytes()
    whole = sources.parse(name, data)
    at = data.rindex(b"\x89PNG")
    broken = sources.parse(name, data[: at - 60] + b"\xff" * 120 + data[at + 60 :])
    said = whole.text[: whole.dropped[0].raw_start]
    assert said
    assert broken.text.startswith(said)


def test_shapes_and_groups_say_which_pictures_they_show():
    drawing = group(shape(1024), shape(1025, 2), shape(1026), group(shape(1027), shape(1028, 1), shape(1029, 3)))
    assert dict(shapes(drawing)) == {
        1024: [2, 1, 3], 1025: [2], 1026: [], 1027: [1, 3], 1028: [1], 1029: [3],
    }  # fmt: skip


def test_pictures_are_what_their_entries_say():
    entries = [record(ENTRY, bytes([kind])) for kind in (6, 5, 2, 99)]
    store = record(STORE, *entries, record(PNG, b"x"), record(ENTRY), holds=True)
    assert kept(record(0xF000, store, holds=True)) == ["png", "jpg", "emf", "", "png", ""]


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        ([shape(1, 1), record(ENTRY, b"\x06")], "png"),
        ([shape(1, 1), record(PNG, b"x")], "png"),
        ([shape(1, 1)], ""),  # a picture in another file
        ([shape(1)], None),  # a line across the page
        ([], None),
    ],
)
def test_a_shape_in_the_line_is_a_picture_where_it_shows_one(held, kind):
    assert inline(b"".join(held)) == kind


@given(st.binary(max_size=60), st.integers(0, 9), st.integers(0, 9))
def test_no_drawing_is_too_broken(noise, cut, depth):
    whole = shape(1, 1) + record(ENTRY, noise) + record(STORE, noise, holds=True)
    for _ in range(depth):
        whole = group(whole)
    for data in (noise, whole + noise, whole[: len(whole) - cut], record(SHAPE, noise, holds=True)):
        assert all(len(shown) < 9 for _, shown in shapes(data))  # however deep, a shape is counted once
        assert isinstance(kept(data), list)
        assert inline(data) is None or isinstance(inline(data), str)
        assert all(picture_of(one) >= 0 for one in records(data))


def test_records_in_one_another_without_end_are_left():
    data = shape(7, 1)
    for _ in range(3000):
        data = group(data)
    assert shapes(data) == []
    assert kept(data) == []


def test_a_presentation_without_its_text_is_refused_in_one_line():
    data = (FILES / "illustrated.ppt").read_bytes()
    with pytest.raises(ReportError) as refused:
        sources.parse("a.ppt", data.replace("PowerPoint Document".encode("utf-16-le"), "Q".encode("utf-16-le") * 19))
    assert "\n" not in refused.value.text("zh")

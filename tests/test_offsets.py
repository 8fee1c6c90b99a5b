"""The map from cleaned to raw text is total, monotonic and exact."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.offsets import MappedText, Replacement


@st.composite
def edited(draw) -> tuple[str, MappedText]:
    """A raw text and the result of up to three rounds of random edits."""
    raw = draw(st.text(max_size=60))
    mapped = MappedText.of(raw)
    for _ in range(draw(st.integers(0, 3))):
        cuts = sorted(draw(st.lists(st.integers(0, len(mapped.text)), max_size=8)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        mapped = mapped.edit([Replacement(a, b, draw(st.text(max_size=4))) for a, b in pairs])
    return raw, mapped


@given(edited())
@example(("0", MappedText.of("0").edit([Replacement(0, 1, "00")]).edit([Replacement(1, 1, "0")])))
def test_every_character_has_a_raw_span_and_spans_never_go_back(case):
    raw, mapped = case
    assert len(mapped.starts) == len(mapped.ends) == len(mapped.text)
    assert all(0 <= a <= b <= len(raw) for a, b in zip(mapped.starts, mapped.ends, strict=True))
    assert list(mapped.starts) == sorted(mapped.starts)
    assert list(mapped.ends) == sorted(mapped.ends)


@given(edited(), st.data())
def test_a_raw_span_lies_inside_the_raw_text_and_grows_with_the_span(case, data):
    raw, mapped = case
    start = data.draw(st.integers(0, len(mapped.text)))
    end = data.draw(st.integers(start, len(mapped.text)))
    raw_start, raw_end = mapped.raw_span(start, end)
    assert 0 <= raw_start <= raw_end <= len(raw)
    whole_start, whole_end = mapped.raw_span(0, len(mapped.text))
    assert start == end or whole_start <= raw_start <= raw_end <= whole_end


@given(edited())
def test_packing_loses_nothing(case):
    _, mapped = case
    again = MappedText.unpack(mapped.text, mapped.packed())
    assert (again.starts, again.ends) == (mapped.starts, mapped.ends)


@given(st.text(max_size=40))
def test_deleting_and_folding_keep_the_origin_of_every_other_character(raw):
    mapped = MappedText.of(raw).edit([Replacement(i, i + 1, "") for i in range(0, len(raw), 2)])
    assert mapped.text == raw[1::2]
    assert [raw[a:b] for a, b in zip(mapped.starts, mapped.ends, strict=True)] == list(mapped.text)


def test_a_map_of_another_text_is_refused():
    with pytest.raises(ValueError, match="differ"):
        MappedText.unpack("abc", MappedText.of("ab").packed())


BACKWARD, BEYOND, UNORDERED = [(2, 1, "")], [(0, 9, "")], [(1, 2, ""), (0, 1, "")]


@pytest.mark.parametrize("edits", [BACKWARD, BEYOND, UNORDERED], ids=["backward", "beyond", "unordered"])
def test_impossible_edits_are_refused(edits):
    with pytest.raises(ValueError, match="out of"):
        MappedText.of("abc").edit([Replacement(*edit) for edit in edits])

"""A filter narrows where passages are sought, not what was found, and says what there is when it fits nothing."""

from __future__ import annotations

import dataclasses

import pytest

from config.errors import NothingSelected, UsageError
from ingest.index.catalog import ReportEntry
from rag.engine import Engine
from rag.search.filters import Filter, build, guess, select, undated

ENTRIES = [
    ReportEntry("a.txt", "", "东山县科协2021年工作总结", "2022-01-10", 10, 1, regions=("东山县",)),
    ReportEntry("b/西河.txt", "", "西河市科协年度报告", None, 10, 1, regions=("西河市",)),
    ReportEntry("c.txt", "", None, "2023-04-05", 10, 1),
    ReportEntry("d.txt", "", "2020年工作要点", None, 10, 1),
]
TEXTS = {"a.txt": "东山县、西河市", "b/西河.txt": "西河市", "c.txt": "南岭区", "d.txt": ""}


def naming(name: str) -> set[str]:
    return {source for source, text in TEXTS.items() if name in text}


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        (build(["東山縣"]), {"a.txt"}),
        (build(["西河.txt", "c.txt"]), {"b/西河.txt", "c.txt"}),
        (build([], ["西河市"]), {"a.txt", "b/西河.txt"}),
        (build([], [], "2022"), {"a.txt", "c.txt"}),
        (build([], [], "2022-02", "２０２３年４月"), {"c.txt"}),
        (build([], [], None, "2022-01-10"), {"a.txt", "d.txt"}),
        (build(["工作"], ["东山县"], "2022", "2022"), {"a.txt"}),
        (Filter(years=("2021",)), {"a.txt"}),
        (Filter(years=("2020", "2023")), {"c.txt", "d.txt"}),
        (build(["西河"], ["南岭区"]), set()),
    ],
    ids=lambda value: value.text("en") if isinstance(value, Filter) else "",
)
def test_what_a_filter_lets_through(only, chosen):
    assert select(ENTRIES, only, naming) == chosen


def test_reports_without_date_or_year_are_counted_where_time_decides():
    assert undated(ENTRIES, build([], [], "2022")) == 1
    assert undated(ENTRIES, build(["a"])) == 0


@pytest.mark.parametrize(
    "arguments",
    [([" "], []), ([], [""]), ([], [], "soon"), ([], [], "2023-02-30"), ([], [], "2023", "2022")],
    ids=["no report", "no place", "no date", "no such day", "backwards"],
)
def test_what_is_no_filter_is_wrong_usage(arguments):
    with pytest.raises(UsageError):
        build(*arguments)


@pytest.mark.parametrize(
    ("words", "only"),
    [
        ("2022年", Filter(years=("2022",))),
        ("西河市", Filter(places=("西河市",))),
        ("年度报告", Filter(reports=("年度报告",))),
        ("南岭区", Filter(places=("南岭区",))),
    ],
)
def test_a_word_is_a_year_a_place_or_a_report(words, only):
    assert guess(words, ENTRIES, naming) == only


def test_a_title_of_several_years_is_about_each_of_them():
    entry = dataclasses.replace(ENTRIES[0], title="东山县2021—2025年度工作", date=None)
    assert [bool(select([entry], Filter(years=(year,)), naming)) for year in ("2020", "2021", "2023", "2025")] == [
        False, True, True, True,
    ]  # fmt: skip
    assert select([entry], build([], [], "2022", "2022-12"), naming)


def test_a_filter_that_fits_nothing_lists_what_there_is():
    with pytest.raises(NothingSelected) as caught:
        guess("海丰县", ENTRIES, naming)
    for part in ("海丰县", "东山县", "西河市科协年度报告", "2020", "2023-04-05"):
        assert part in caught.value.text("zh")
        assert part in caught.value.text("en")


@pytest.fixture
def engine(sync, settings, embedder, reports, reader):
    for n in range(150):  # more and better passages elsewhere than are ever retrieved
        (reports / f"other{n}.txt").write_text(f"第{n}县科协总结\n全县建成科普教育基地{n}家。", encoding="utf-8")
    sync()
    engine = Engine(settings, print, embedder, reader)
    yield engine
    engine.close()


def test_the_best_passage_of_a_chosen_report_is_found_however_many_others_are_better(engine):
    question = "建成多少家科普教育基地?"
    assert engine.search(question, 5)[0].chunk.source.startswith("other")
    for only in (build(["c.txt"]), build([], ["南岭区"]), build([], [], "2023-04-05", "2023-04-05")):
        assert {passage.chunk.source for passage in engine.search(question, 5, only)} == {"c.txt"}
        answer = engine.ask(question, only=only)
        assert {citation.source for citation in (*answer.citations, *answer.nearest)} == {"c.txt"}
    score = {p.chunk.id: p.score for p in engine.search(question, 200)}
    found = engine.search(question, 5, build(["other7.txt"]))
    assert found[0].score == pytest.approx(score[found[0].chunk.id])
    with pytest.raises(NothingSelected):
        engine.ask(question, only=build(["火星"]))


def test_a_refusal_says_that_a_filter_left_reports_out(engine):
    refused = engine.ask("西河市有多少家科普教育基地?", only=build(["c.txt"]))
    assert refused.status == "not_found"
    assert (refused.reason or "").startswith("只查了所选的报告")
    assert "所选" not in (engine.ask("火星县有多少家科普教育基地?").reason or "")

"""The reader picks what no rule recognises and never makes a figure of another place, year or kind an answer."""

from __future__ import annotations

import dataclasses

import pytest
from conftest import MODELS, Watcher

from config.settings import Settings
from ingest.pipeline import ingest
from rag.engine import Engine
from rag.evidence.candidates import candidates
from rag.evidence.reading import is_enough, is_unsure, read_evidence, reread
from rag.question.kind import asked
from rag.reader.reader import Reading, Span

MUSEUM = """平湖市科技馆工作总结

平湖市科技馆位于湖滨路北侧,展厅分为两层。为方便群众,科技馆全年向公众免费开放。
科技馆的镇馆之宝是一架由青年工匠陆远帆修复的蒸汽机车模型。
"""
PEOPLE = """云溪县科协2021年工作总结

县科协主席张文斌主持召开全委会3次。副主席李晓梅分管科普工作。
全年举办科普讲座58场,推荐院士候选人1名。云溪县科协前身是1958年成立的科普协会。
"""
VISITS = """清江县科技馆年度简报

清江县科技馆全年接待观众3.2万人次,培训讲解员46名。展教部负责日常讲解工作。
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory, embedder):
    folder = tmp_path_factory.mktemp("reports")
    for name, text in {"m.txt": MUSEUM, "v.txt": VISITS, "p.txt": PEOPLE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(reports_dir=folder, data_dir=tmp_path_factory.mktemp("data"), models_dir=MODELS)
    ingest(settings, [], Watcher(), embedder=embedder)
    return settings


@pytest.fixture(scope="module")
def engine(index, embedder, reader):
    engine = Engine(index, Watcher().notify, embedder, reader)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def rules(index, embedder):
    """The same index without the reader."""
    engine = Engine(index.model_copy(update={"reader": False}), Watcher().notify, embedder)
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("平湖市科技馆在什么位置?", "湖滨路北侧"),
        ("平湖市科技馆的镇馆之宝是什么?", "蒸汽机车模型"),
    ],
)
def test_the_reader_finds_the_short_answer_that_no_rule_recognises(engine, rules, question, short):
    answer = engine.ask(question)
    assert answer.status == "answered"
    assert short in (answer.short_answer or "")
    assert answer.short_answer in answer.citations[0].quote
    assert rules.ask(question).short_answer != answer.short_answer


@pytest.mark.parametrize(
    "question",
    ["云溪县全委会什么时候召开?", "云溪县哪年举办科普讲座?", "云溪县推荐的院士候选人是谁?", "云溪县科协副书记是谁?"],
)
def test_a_count_is_no_date_and_no_name_and_another_post_is_no_answer(engine, question):
    answer = engine.ask(question)
    assert answer.short_answer not in ("3次", "58场", "1名"), answer
    if "副书记" in question:
        assert answer.status == "not_found", answer


def test_the_chief_is_not_the_deputy(engine):
    assert engine.ask("云溪县科协主席是谁?").short_answer == "张文斌"


def test_with_the_reader_as_without_it_the_neighbours_figure_is_no_answer(engine, rules):
    for either in (engine, rules):
        answer = either.ask("平湖市科技馆全年接待观众多少人次?")
        assert answer.status == "not_found", answer
        assert "3.2万" not in answer.answer


@pytest.mark.parametrize(
    "question", ["平湖市科技馆在什么位置?", "清江县科技馆培训了多少名讲解员?", "谁负责清江县科技馆的日常讲解?"]
)
@pytest.mark.parametrize("kind", ["place", "year", "plan", "name"])
def test_no_reading_makes_up_for_another_place_year_or_name(engine, question, kind):
    query, evidence, passages = weighed(engine, question)
    barred = [dataclasses.replace(e, mismatch=kind) for e in evidence]
    for e in read_evidence(query, barred, passages, certain):
        assert e.mismatch == kind
        assert not is_enough(e, query, 0.5)


def test_a_figure_asked_for_is_never_replaced_by_words(engine):
    query, evidence, passages = weighed(engine, "清江县科技馆培训了多少名讲解员?")
    barred = [dataclasses.replace(e, mismatch="kind", short=None) for e in evidence]
    assert all(e.mismatch == "kind" and e.short is None for e in read_evidence(query, barred, passages, certain))


@pytest.mark.parametrize("question", ["平湖市科技馆在什么位置?", "清江县科技馆培训了多少名讲解员?"])
def test_at_most_four_passages_are_read_the_best_retrieved_among_them(engine, question):
    query, evidence, passages = weighed(engine, question)
    many = [
        dataclasses.replace(p, chunk=dataclasses.replace(p.chunk, id=f"{p.chunk.id}-{n}"))
        for n in range(5)
        for p in passages
    ]
    seen = []
    read_evidence(query, evidence, many, lambda _question, texts: seen.extend(texts) or [None] * len(texts))
    assert len(seen) == 4
    assert many[0].chunk.text in [text.text for text in seen]


def test_what_was_not_read_counts_as_irrelevant(engine):
    query, evidence, passages = weighed(engine, "平湖市科技馆在什么位置?")
    unread = read_evidence(query, evidence, passages, lambda _question, texts: [None] * len(texts))
    assert [e.relevance for e in unread] == [0.0] * len(evidence)
    assert [(e.short, e.mismatch, e.read) for e in unread] == [(e.short, e.mismatch, 0.0) for e in evidence]


def certain(_question, texts):
    """A reader that is sure that every passage answers, all of it."""
    return [Reading(1.0, (Span(0, len(text.text), 1.0),)) for text in texts]


def weighed(engine, question):
    """The question as it is looked for, its evidence by the rules alone, and the passages it is from."""
    from rag.answers.compose import weigh
    from rag.question.query import build
    from rag.question.understand import understand

    with engine._current() as current:
        query = build(understand(question), current)
        passages = engine._search(current, [query], 30, None)[0]
        return query, weigh(query, passages, dataclasses.replace(engine._library(current), read=None)), passages


@pytest.fixture
def in_a_row(engine):
    """Fifteen passages whose scores lie near together."""
    _, _, passages = weighed(engine, "平湖市科技馆在什么位置?")
    return [
        dataclasses.replace(p, chunk=dataclasses.replace(p.chunk, id=f"{p.chunk.id}-{n}"), score=0.9 - 0.01 * n)
        for n, p in enumerate(passages * 5)
    ]


def saying(*relevances):
    """A reader that says these of the passages one after the other; more must not be read."""
    left = list(relevances)
    return lambda _question, texts: [Reading(left.pop(0), ()) for _ in texts]


def test_rereading_only_reorders_the_first_few_and_keeps_scores_falling(in_a_row):
    found = reread("平湖市科技馆在什么位置?", in_a_row, saying(0.01, 0.02, 0.99))
    assert [p.chunk.id for p in found[:3]] == [in_a_row[i].chunk.id for i in (2, 1, 0)]
    assert [p.score for p in found] == [p.score for p in in_a_row]
    assert found[3:] == in_a_row[3:]


def test_rereading_ends_where_a_passage_settles_the_question(in_a_row):
    assert reread("平湖市科技馆在什么位置?", in_a_row, saying(0.95)) == in_a_row
    found = reread("平湖市科技馆在什么位置?", in_a_row, saying(0.01, 0.95))
    assert [p.chunk.id for p in found[:3]] == [in_a_row[i].chunk.id for i in (1, 0, 2)]
    assert reread("平湖市科技馆在什么位置?", in_a_row[:1], saying(0.5)) == in_a_row[:1]
    assert reread("平湖市科技馆在什么位置?", [], saying()) == []


@pytest.mark.parametrize(
    ("question", "post"),
    [
        ("张文斌是谁?", "县科协主席"),
        ("张文斌的职务是什么?", "县科协主席"),
        ("请问李晓梅担任什么职务?", "副主席"),
        ("李晓梅同志现任何职?", "副主席"),
        ("陆远帆是什么人?", "青年工匠"),
        ("王海涛是谁?", None),
        ("张文斌是哪里人?", None),
    ],
)
def test_what_a_named_person_is_stands_beside_the_name(engine, question, post):
    assert engine.ask(question).short_answer == post


@pytest.mark.parametrize(
    ("sentence", "posts"),
    [
        ("会议由市科协巡视员高远主持,省科协副主席高远讲话。", ["市科协巡视员", "省科协副主席"]),
        ("邀请县农业局高级农艺师高远授课。", ["县农业局高级农艺师"]),
        ("高远同志任县科协党组书记、主席。", ["县科协党组书记、主席"]),
        ("高远(市科技馆副馆长)介绍了展品。", ["市科技馆副馆长"]),
        ("高远看望了院士和专家。", []),
        ("主席张文斌与高远座谈。", []),
    ],
)
def test_posts_are_read_before_and_behind_the_name(sentence, posts):
    want = asked("高远是什么职务?")
    assert [sentence[start:end] for start, end in candidates(want, sentence)] == posts


@pytest.mark.parametrize("question", ["科协主席是谁?", "常委是谁?", "谁负责讲解?", "获奖者的名字是什么?"])
def test_who_holds_a_post_is_another_question(question):
    assert asked(question).kind != "post"


def test_a_clear_lead_or_a_single_report_needs_no_reading(engine):
    _, _, passages = weighed(engine, "平湖市科技馆在什么位置?")
    other = next(p for p in passages if p.chunk.source != passages[0].chunk.source)
    first = dataclasses.replace(passages[0], score=0.8)
    assert is_unsure([first, dataclasses.replace(other, score=0.79)])
    assert not is_unsure([first, dataclasses.replace(other, score=0.5)])
    assert not is_unsure([first, dataclasses.replace(first, score=0.79)])

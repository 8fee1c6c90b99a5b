"""Why a question isn't answered is true: that something is not mentioned is said only of what stands nowhere."""

from __future__ import annotations

import re

import pytest
from shelf import EVERYTHING_ANSWERS, NOTHING_ANSWERS, Shelf, reader_of

from ingest.language.script import to_simplified, to_traditional
from rag.answers.compose import compose
from rag.answers.refusals import names_of, reason

TEXTS = {
    "a.txt": "临泽县水务局2022年工作总结\n\n临泽县新打机井34眼。局长邱志远带队检查《供水条例》落实情况。",
    "b.txt": "高台县水务局2022年工作总结\n\n高台县衬砌渠道58公里。计划新打机井20眼。开展“节水先锋”评选。",
}

_UNMENTIONED = re.compile("报告中没有提到(.+)。")


@pytest.fixture(scope="module")
def shelf():
    return Shelf(TEXTS)


def ask(shelf, question, judge=NOTHING_ANSWERS):
    return compose(shelf.query(question), shelf.passages(), shelf.library(judge, reader_of()))


UNKNOWN = [
    ("肃南县新打机井多少眼?", "肃南"),
    ("肅南縣新打機井多少眼?", "肃南"),
    ("《灌区管理办法》什么时候施行?", "灌区管理办法"),
    ("“清渠行动”开展了几次?", "清渠行动"),
    ("临泽县和肃南县谁打的机井多?", "肃南"),
    ("临泽县的谢东升是什么职务?", "谢东升"),
    ("临泽县水务局的“一户一表”改造了多少户?", "一户一表"),
]


def unmentioned(answer):
    """What a refusal says that no report mentions."""
    found = _UNMENTIONED.fullmatch(to_simplified(answer.reason or ""))
    return found[1] if found else None


@pytest.mark.parametrize(("question", "name"), UNKNOWN)
def test_what_stands_in_no_report_is_refused_as_not_mentioned_however_sure_the_judge(shelf, question, name):
    said = ask(shelf, question, EVERYTHING_ANSWERS)
    assert said.status == "not_found"
    assert unmentioned(said) == name
    assert said.nearest


KNOWN = [
    "高台水务局衬砌了多少渠道?",
    "临泽县新打机井多少眼?",
    "臨澤縣新打機井多少眼?",
    "高台县衬砌渠道多少公里?",
    "《供水条例》落实得怎么样?",
    "“节水先锋”评选了吗?",
    "邱志远是什么职务?",
    "新打机井多少眼?",
    "“”是什么?",
]


@pytest.mark.parametrize("question", KNOWN)
def test_a_question_that_names_only_what_is_known_is_left_to_the_judge(shelf, question):
    assert ask(shelf, question, EVERYTHING_ANSWERS).status == "answered"
    assert unmentioned(ask(shelf, question)) is None


@pytest.mark.parametrize(
    "question",
    [question for question, _ in UNKNOWN]
    + KNOWN
    + ["全县有多少个水库?", "临泽县的航天员有几名?", "谁写了小说?", "高台县有哪些特色?", "临泽县渠道里有鳄鱼吗?"],
)
def test_what_is_said_to_be_unmentioned_stands_nowhere(shelf, question):
    for judge in (NOTHING_ANSWERS, EVERYTHING_ANSWERS):
        name = unmentioned(ask(shelf, question, judge))
        assert name is None or not any(name in text for text in TEXTS.values())
        assert name is None or name in to_simplified(question)


def test_a_name_is_known_by_any_of_its_forms(shelf):
    for names in names_of(shelf.query("临泽县和高台县的《供水条例》“节水先锋”谁负责?")):
        assert any(shelf.naming(name) for name in names), names


def test_a_name_that_only_a_title_holds_is_mentioned():
    shelf = Shelf({"山丹县简报.txt": "山丹县水务简报\n\n新打机井7眼。"})
    assert ask(shelf, "山丹县新打机井多少眼?", EVERYTHING_ANSWERS).status == "answered"


@pytest.mark.parametrize(
    ("question", "known"),
    [
        ("柳湾农场新任场长是谁?", True),
        ("柳灣農場新任場長是誰?", True),
        ("云台开发区引进企业多少家?", True),
        ("柳滩农场新任场长是谁?", False),
        ("柳湾林场新任场长是谁?", False),
    ],
)
def test_a_farm_or_a_zone_is_known_by_its_name_in_short(question, known):
    texts = {
        "a.txt": "柳湾合作农场年度报告\n\n柳湾合作农场新任场长何立新。",
        "b.txt": "云台高新技术产业开发区总结\n\n云台高新技术产业开发区引进企业23家。",
    }
    assert (unmentioned(ask(Shelf(texts), question, EVERYTHING_ANSWERS)) is None) == known


@pytest.mark.parametrize(
    ("question", "known"),
    [("柳沟村修桥几座?", True), ("沙坡村修桥几座?", True), ("高崖村修桥几座?", False), ("柳沟乡修桥几座?", False)],
)
def test_a_village_is_known_by_its_name_in_a_row_of_villages(question, known):
    shelf = Shelf({"a.txt": "修桥简报\n\n柳沟、沙坡两个村分别修桥2座、3座。"})
    assert (unmentioned(ask(shelf, question)) is None) == known


@pytest.mark.parametrize(
    ("question", "closest", "span", "says"),
    [
        ("临泽县衬砌渠道多少公里?", "高台县衬砌渠道58公里", "58公里", "报告提到了临泽,但相关内容说的是别处。"),
        ("临泽县2019年新打机井多少眼?", "临泽县新打机井34眼", "34眼", "报告中的相关内容说的不是2019年。"),
        ("“节水先锋”评选哪天开展?", "开展“节水先锋”评选", "", "报告中最接近的内容没有给出所问的日期。"),
        ("“节水先锋”有多少人?", "开展“节水先锋”评选", "", "报告中最接近的内容没有给出所问的数字。"),
        ("高台县新打机井多少眼?", "计划新打机井20眼", "20眼", "报告只给出了目标,没有给出实际结果。"),
        ("临泽县计划新打机井多少眼?", "临泽县新打机井34眼", "34眼", "报告提到了相关内容,但没有给出所问的目标。"),
        ("临泽县有哪些特色?", "临泽县新打机井34眼", "", "报告中没有能确定回答这个问题的内容。"),
        ("臨澤縣2019年新打機井多少眼?", "临泽县新打机井34眼", "34眼", "報告中的相關內容說的不是2019年。"),
        (
            "How many wells were dug in 2019?",
            "临泽县新打机井34眼",
            "",
            "What the reports say on this is not about 2019.",
        ),
    ],
)
def test_the_reason_is_what_the_closest_sentence_lacks(shelf, question, closest, span, says):
    assert reason(shelf.case(question, closest, span)) == says


@pytest.mark.parametrize("question", ["临泽县有哪些特色?", "临泽县2019年新打机井多少眼?"])
def test_a_refusal_gives_its_reason_in_the_script_of_the_question(shelf, question):
    simplified, traditional = (ask(shelf, asked).reason for asked in (question, to_traditional(question)))
    assert traditional == to_traditional(simplified) != simplified


def test_where_nothing_was_found_nothing_else_is_said(shelf):
    said = compose(shelf.query("临泽县新打机井多少眼?"), [], shelf.library(NOTHING_ANSWERS, reader_of()))
    assert said.status == "not_found"
    assert said.reason
    assert said.nearest == ()


@pytest.mark.parametrize("question", [question for question, _ in UNKNOWN] + ["高台县有哪些特色?"])
def test_what_came_closest_is_numbered_and_verbatim(shelf, question):
    said = ask(shelf, question)
    assert [citation.n for citation in said.nearest] == list(range(1, len(said.nearest) + 1))
    assert 1 <= len(said.nearest) <= 3
    for citation in said.nearest:
        report = shelf.report(citation.source)
        assert report.text[citation.start : citation.end] == citation.quote
        assert report.raw[citation.raw_start : citation.raw_end] == citation.raw_quote


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("临泽县的收割机有多少台?", "收割机"),
        ("临泽县那些东西要多少钱?", None),  # stands for anything
        ("临泽县教老人玩手机没有?", "手机"),  # not 玩手
        ("高台县给农户送洗衣机了吗?", "洗衣机"),
    ],
)
def test_a_word_is_called_unmentioned_only_where_it_tells_one_thing_from_others(shelf, question, word):
    assert unmentioned(ask(shelf, question)) == word

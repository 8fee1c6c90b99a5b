"""A question that holds several is answered one by one, each under its own label and with its own quote."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from shelf import Shelf

from rag.answers.several import several

REPORTS = {
    "渔阳.txt": (
        "2024年渔阳县科协工作总结\n\n渔阳县新建科普馆4座,培训教师220人。安丘镇新建科普廊3处。柳河镇新建科普廊7处。"
        "一等奖2个,二等奖5个,三等奖9个。\n\n2022年发放读本1200册。2023年发放读本1500册。\n\n"
        "科普节于9月12日开幕,在文化广场举办,投入经费18万元。"
    ),
}


@pytest.fixture(scope="module")
def engine(engine_of):
    return engine_of(REPORTS)


@pytest.fixture(scope="module")
def shelf():
    return Shelf(REPORTS)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("安丘镇和柳河镇分别新建科普廊多少处?", ("安丘镇新建科普廊多少处?", "柳河镇新建科普廊多少处?")),
        ("安丘镇、柳河镇的科普廊各几处?", ("安丘镇的科普廊几处?", "柳河镇的科普廊几处?")),
        ("安丘镇和柳河镇的书记分别是谁", ("安丘镇的书记是谁", "柳河镇的书记是谁")),
        ("渔阳县2022年和2023年发放读本多少册?", ("渔阳县2022年发放读本多少册?", "渔阳县2023年发放读本多少册?")),
        ("渔阳县的一等奖、二等奖各有多少个?", ("渔阳县的一等奖有多少个?", "渔阳县的二等奖有多少个?")),
        ("第12、13届科普节分别在哪办的", ("第12届科普节在哪办的", "第13届科普节在哪办的")),
        ("12期和13期简报各有几页", ("12期简报有几页", "13期简报有几页")),
        ("科普节哪天开幕,在哪里举办?", ("科普节哪天开幕", "科普节,在哪里举办")),
        ("渔阳县新建科普馆多少座、培训教师多少人?", ("渔阳县新建科普馆多少座", None)),
        ("渔阳县参加培训的教师和学生分别有多少人?", ("渔阳县参加培训的教师有多少人?", "渔阳县参加培训的学生有多少人?")),
        ("技能比武一、二、三等奖各几个?", ("技能比武一等奖几个?", "技能比武二等奖几个?", "技能比武三等奖几个?")),
        ("文化馆的面积和造价各是多少", ("文化馆的面积是多少", "文化馆的造价是多少")),
        ("渔阳县向安丘镇和柳河镇分别拨款多少", ("渔阳县向安丘镇拨款多少", "渔阳县向柳河镇拨款多少")),
        ("1、2号线各有多少公里", ("第1号线有多少公里", "第2号线有多少公里")),
        ("渔阳县的科普基地分几类,都是哪些", ("渔阳县的科普基地分几类", None)),
        ("渔阳县2022年发了多少册读本,2023年又想发多少?", ("渔阳县2022年发了多少册读本", None)),
        ("渔阳县2022年发放读本多少册,2023年呢?", ("渔阳县2022年发放读本多少册", "渔阳县2023年发放读本多少册")),
        ("安丘镇新建科普廊多少处,柳河镇呢", ("安丘镇新建科普廊多少处", "柳河镇新建科普廊多少处")),
        ("渔阳县2022年发放读本多少册,那2023年又想发多少?", ("渔阳县2022年发放读本多少册", None)),
        ("渔阳县有多少座科普馆,其中,乡镇级的有多少座?", ("渔阳县有多少座科普馆", None)),
        ("渔阳县建了多少座科普馆,它们建成后,接待了多少人?", ("渔阳县建了多少座科普馆", None)),
        # one question, or one that can't be taken apart surely
        ("渔阳县和安丘镇2022年和2023年分别发放读本多少册?", ()),
        ("安丘镇和柳河镇共同举办讲座多少场?", ()),
        ("安丘镇和柳河镇之间的公路有多少公里?", ()),
        ("2022年和2023年都获奖的单位有多少个?", ()),
        ("2022年和2023年平均每年发放多少册?", ()),
        ("男、女教师各多少人?", ()),
        ("80、90岁以上老人各多少?", ()),
        ("能不能告诉我,渔阳县新建科普馆多少座?", ()),
        ("渔阳县有会员多少人,能告诉我吗?", ()),
        ("安丘镇新建科普廊多少处,柳河镇呢,一共多少处?", ()),
        ("科普节这么受欢迎,投入了多少经费?", ()),
        ("近几年来渔阳县发展很快,培训了多少人?", ()),
        ("渔阳县赠送了《十万个为什么》,赠送了多少册?", ()),
        ("渔阳县开展“谁执法谁普法”活动,举办讲座多少场?", ()),
        ("渔阳县在什么时候、什么地点举办了科普节?", ()),
        ("渔阳县哪些镇、哪些村建了科普馆?", ()),
        ("科普馆是哪年、哪月、哪日建成的?", ()),
        ("安丘镇和柳河镇一共新建科普廊多少处?", ()),
        ("安丘镇和柳河镇哪个新建科普廊更多?", ()),
        ("渔阳县2022年到2023年发放读本增加多少册?", ()),
        ("渔阳县新建科普馆多少座?", ()),
        ("谁、什么时候去的渔阳县?", ()),
        ("各县都建了多少科普馆?", ()),
    ],
)
def test_the_questions_in_a_question(shelf, question, parts):
    asked = [part.question for part in several(shelf.query(question), shelf.regions)]
    assert len(asked) == len(parts)
    assert all(whole is None or whole == one for one, whole in zip(asked, parts, strict=True))


@pytest.mark.parametrize(
    "question",
    [
        "渔阳县2022年发了多少册读本,2023年又想发多少?",
        "2022年渔阳县发放读本多少册,计划2023年发多少?",
        "渔阳县2022年发了多少册读本,那2023年又想发多少?",
    ],
)
def test_a_year_of_its_own_stands_instead_of_the_one_before(shelf, question):
    asked = [shelf.query(part.question).expected.years for part in several(shelf.query(question), shelf.regions)]
    assert asked == [{"2022"}, {"2023"}]


@pytest.mark.parametrize(
    ("question", "last"),
    [
        ("渔阳县2021年至2023年发了多少册读本,2024年发多少?", "渔阳县2021年至2023年发了读本,2024年发多少"),
        ("渔阳县过去年均投入多少,2023年投入多少?", "渔阳县过去年均投入,2023年投入多少"),
        ("2021年新建的科普馆有多大,到2023年接待了多少人?", "2021年新建的科普馆,到2023年接待了多少人"),
    ],
)
def test_what_only_looks_like_its_year_stays(shelf, question, last):
    assert several(shelf.query(question), shelf.regions)[-1].question == last


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("安丘镇和柳河镇分别新建科普廊多少处?", "安丘镇: 3处; 柳河镇: 7处"),
        ("2022年和2023年发放读本多少册?", "2022年: 1200册; 2023年: 1500册"),
        ("一等奖、三等奖各多少个?", "一等奖: 2个; 三等奖: 9个"),
        ("渔阳县新建科普馆多少座,培训教师多少人?", "渔阳县新建科普馆: 4座; 培训教师: 220人"),
    ],
)
def test_each_is_answered_under_its_label(engine, question, short):
    answer = engine.ask(question)
    assert (answer.short_answer, answer.form) == (short, "list")
    assert all(citation.quote in REPORTS["渔阳.txt"] for citation in answer.citations)


def test_what_is_not_told_is_said_beside_what_is(engine):
    answer = engine.ask("安丘镇和柳河镇的书记分别是谁?")
    assert answer.status == "not_found"
    answer = engine.ask("柳河镇新建科普廊多少处,镇长是谁?")
    assert "7处" in answer.answer
    assert "没有找到镇长的内容" in answer.answer
    assert (answer.short_answer, answer.certainty) == (None, "likely")


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("渔阳县的科普基地有几类,都是哪些?", ("渔阳县的科普基地", "都是哪些")),
        ("科普馆有多大,花了多少钱?", ("科普馆", "花钱")),
        ("科普节在哪个广场办的,有哪些专家参加?", ("科普节广场办的", "专家参加")),
        ("安丘镇和柳河镇的书记分别是谁", ("安丘镇", "柳河镇")),
        ("渔阳县2022年发放读本多少册,那2023年呢?", ("渔阳县2022年发放读本", "2023年")),
    ],
)
def test_a_label_says_what_is_asked_about(shelf, question, labels):
    assert tuple(part.label for part in several(shelf.query(question))) == labels


def test_what_goes_on_from_a_question_before_it_is_asked_whole(shelf):
    query = shelf.query("哪天开幕,在哪里举办?")
    assert len(several(query)) == 2
    assert several(replace(query, question=replace(query.question, context="渔阳县科普节"))) == ()


def test_a_part_is_no_surer_than_it_is_alone(engine_of):
    engine = engine_of(
        {
            "a.txt": "2023年渔阳县科协工作总结\n\n2023年渔阳县新建科普馆4座,培训教师220人。",
            "b.txt": "2023年渔阳县科普情况\n\n2023年渔阳县新建科普馆9座,培训教师260人。",
        }
    )
    alone = [engine.ask(q) for q in ("2023年渔阳县新建科普馆多少座?", "2023年渔阳县培训教师多少人?")]
    both = engine.ask("2023年渔阳县新建科普馆多少座,培训教师多少人?")
    assert [answer.certainty for answer in alone] == ["likely", "likely"]
    assert (both.certainty, both.short_answer) == ("likely", None)


def test_every_figure_stands_in_a_quote_of_its_own_number(engine):
    answer = engine.ask("渔阳县新建科普馆多少座,培训教师多少人?")
    quotes = {citation.n: citation.quote for citation in answer.citations}
    for said, number in re.findall(r": (\S+) \[(\d+)\]", answer.answer.split("\n")[0]):
        assert said in quotes[int(number)]


def test_in_traditional_script_it_is_the_same(engine):
    assert engine.ask("安丘鎮和柳河鎮分別新建科普廊多少處?").short_answer == "安丘鎮: 3處; 柳河鎮: 7處"

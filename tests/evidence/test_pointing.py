"""Of several figures or dates in a sentence that one answers whose name the question gives."""

from __future__ import annotations

import math

import pytest
from shelf import Shelf

from rag.evidence.pointing import FEATURES, Spots, chosen, weights
from rag.evidence.shorts import spots, with_short

HALLS = "全县现有图书分馆13个、农家书屋96个（其中新建5个），流动书车3辆。"
AREA = "县图书馆阅览面积由800平方米扩大到2100平方米。"
SPENT = "投入经费86万元，其中上级补助30万元，自筹56万元。"
ROW = "绿化支出\t预算：31.50万元\t决算：28.40万元"
YEARS = "去年举办灯会4场，今年举办灯会7场。"
DATED = "2019年放映31场,2020年放映25场。"
TWO = "临泉县植树320亩，青山县植树150亩。"


def told(question, sentence, pointed=""):
    shelf = Shelf({"a.txt": f"简报\n\n{sentence}"})
    query = shelf.query(question)
    at = sentence.index(pointed) if pointed else 0
    spans = [(at, at + len(pointed), 1.0)] if pointed else []
    return sentence, Spots.of(query, sentence, spots(query.expected, sentence), spans)


@pytest.mark.parametrize(
    ("question", "sentence", "pointed", "answer"),
    [
        ("农家书屋有几个？", HALLS, "96个", "96个"),
        ("农家书屋有几个？", HALLS, "13个、农家书屋96个", "96个"),
        ("图书分馆有几个？", HALLS, "13个、农家书屋96个", "13个"),
        ("阅览面积有多大？", AREA, "800平方米扩大到2100平方米", "2100平方米"),
        ("自筹经费多少万元？", SPENT, "30万元，自筹56万元", "56万元"),
        ("青山县植树多少亩？", TWO, "320亩，青山县植树150亩", "150亩"),
        ("临泉县植树多少亩？", TWO, "320亩，青山县植树150亩", "320亩"),
        ("绿化支出决算是多少万元？", ROW, "31.50万元", "28.40万元"),
        ("绿化支出预算是多少万元？", ROW, "28.40万元", "31.50万元"),
        ("去年举办灯会几场？", YEARS, "4场，今年举办灯会7场", "4场"),
        ("今年举办灯会几场？", YEARS, "4场，今年举办灯会7场", "7场"),
        ("庙会几月举办？", "庙会原定3月举办,因雨推迟到5月。", "3月举办,因雨推迟到5月", "5月"),
        ("2019年放映几场？", DATED, "31场,2020年放映25场", "31场"),
    ],
)
def test_the_place_whose_name_is_asked_for_is_chosen_where_the_reader_points_at_several(
    question, sentence, pointed, answer
):
    text, found = told(question, sentence, pointed)
    (start, end), share = chosen(found)
    assert text[start:end] == answer
    assert 1 / len(found.places) < share <= 1


def test_in_a_row_without_a_head_that_is_asked_for_all_places_are_weighed():
    _, found = told("绿化支出一共多少万元？", ROW, "28.40万元")
    assert found.under_the_head_asked() is found


def test_shares_are_those_of_all_places_together():
    _, found = told("农家书屋有几个？", HALLS)
    odds = [sum(weights()[name] * said[name] for name in FEATURES) for said in found.features()]
    shares = [math.exp(each) / sum(map(math.exp, odds)) for each in odds]
    assert chosen(found)[1] == pytest.approx(max(shares))


def test_a_place_alone_is_the_one():
    text, found = told("流动书车有几辆？", "全县有流动书车3辆。")
    assert chosen(found) == (found.places[0], 1.0)
    assert text[slice(*found.places[0])] == "3辆"


@pytest.mark.parametrize("sentence", [HALLS, AREA, SPENT, TWO])
def test_every_feature_has_a_weight_and_is_a_number_of_about_one(sentence):
    assert set(weights()) == set(FEATURES)
    for said in told("阅览室、书屋和植树各有多少？", sentence)[1].features():
        assert set(said) == set(FEATURES)
        assert all(-1 <= value <= 2 for value in said.values())


@pytest.mark.parametrize(
    ("question", "sentence", "least", "most"),
    [
        ("灯会办了几天？", "原定9月的灯会因台风取消，书市办了6天。", 0.0, 0.7),
        ("书市办了几天？", "原定9月的灯会因台风取消，书市办了6天。", 1.0, 1.0),
        ("灯会办了几天？", "灯会办了6天。", 1.0, 1.0),
    ],
)
def test_a_figure_whose_clause_is_about_something_else_is_never_surely_the_one(question, sentence, least, most):
    shelf = Shelf({"a.txt": f"简报\n\n{sentence}"})
    said = with_short(shelf.query(question), shelf.evidence(sentence, "6天"))
    assert said.text[said.short[0] - said.start : said.short[1] - said.start] == "6天"
    assert least <= said.pointed <= most

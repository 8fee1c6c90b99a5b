"""What a question asks for, whatever its language, script and width; follow-ups are completed."""

from __future__ import annotations

import pytest

from config.errors import UsageError
from rag.asked import asked
from rag.figures import dates, figures, kinds
from rag.question import MAX_LENGTH, fold, language_of, understand
from rag.scope import places_asked, stem


@pytest.mark.parametrize("text", ["", "   \n", "?!。", "\ud800问题", "问" * (MAX_LENGTH + 1)])
def test_an_unusable_question_is_refused_before_any_search(text):
    with pytest.raises(UsageError):
        understand(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("东山县有多少个乡村科普馆?", "zh-Hans"),
        ("東山縣組建了多少個組織?", "zh-Hant"),
        ("How many halls are there?", "en"),
        ("一共七人", "zh-Hans"),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("东山县有多少个科普馆?", "figure"),
        ("增长目标是多少?", "figure"),
        ("大会是什么时候召开的?", "date"),
        ("大会选出的主席是谁?", "person"),
        ("通讯员叫什么名字?", "person"),
        ("夏令营叫什么名字?", "name"),
        ("哪个学会被评为先进?", "body"),
        ("建在什么地方?", "place"),
        ("有哪些重点人群?", "list"),
        ("参观要收门票吗?", "yes"),
        ("哪些报告提到了低空经济?", "reports"),
        ("How many halls are there?", "figure"),
        ("When was the congress held?", "date"),
        ("Who is the chair?", "person"),
    ],
)
def test_the_kind_of_answer(text, kind):
    assert asked(fold(text)).kind == kind


@pytest.mark.parametrize(
    ("question", "unit", "other"),
    [
        ("印发了多少册手册?", "册", "人"),
        ("花了多少钱?", "元", "个"),
        ("有多少名专家?", "人", "场"),
        ("办了几场?", "场次", "家"),
        ("改造了多大面积?", "平方米", "米"),
    ],
)
def test_a_figure_in_another_unit_is_no_answer(question, unit, other):
    want = asked(fold(question))
    assert want.strict
    assert want.units is not None
    assert unit in want.units
    assert other not in want.units


def test_the_thing_that_is_counted_is_known_before_and_after_the_question_word():
    assert asked("东山县有多少个乡村科普馆?").head == "乡村科普馆"
    assert asked("东山县的乡村科普馆有多少个?").head == "乡村科普馆"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("发放9.7万余册", 97000, "册"),
        ("投入1.5亿元", 1.5e8, "元"),
        ("覆盖率70%以上", 70, "%"),
        ("约７０％", 70, "%"),
        ("百分之七十", 70, "%"),
        ("十三个街道", 13, "个"),
        ("不少于一次", 1, "次"),
        ("1,234人", 1234, "人"),
    ],
)
def test_figures_have_their_value_and_unit(text, value, unit):
    (figure,) = figures(text)
    assert (figure.value, figure.unit) == (value, unit)
    assert text[figure.start : figure.end]


@pytest.mark.parametrize("text", ["第四次代表大会", "2021年5月8日", "一批人才", "2021—2025年", "“四个更”的要求"])
def test_ordinals_dates_and_set_phrases_are_no_figures(text):
    assert list(figures(text)) == []


def test_dates_are_as_exact_as_they_are_written():
    found = [(d.year, d.month, d.day) for d in dates("2021年5月8日召开,6月结束;2020年开始;见2023-04-05")]
    assert found == [("2021", 5, 8), (None, 6, None), ("2020", None, None), ("2023", 4, 5)]


def test_people_and_places_are_counted_apart():
    assert kinds("名").isdisjoint(kinds("册"))


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("东山县有多少个科普馆?", ("东山",)),
        ("西河市东岭区有多少人?", ("西河", "东岭")),
        ("全市有多少个科普馆?", ()),
        ("各县都做了什么?", ()),
        ("社区有几个?", ()),
        ("2024年地区生产总值增长多少?", ()),
        ("南岭投入了多少?", ("南岭",)),
    ],
)
def test_the_places_a_question_names(question, places):
    assert places_asked(question, {"南岭"}) == places


@pytest.mark.parametrize(
    ("region", "name"),
    [("塔里地区", "塔里"), ("巴州", "巴州"), ("宁南回族自治州", "宁南"), ("东山县", "东山"), ("内河自治区", "内河")],
)
def test_a_region_without_its_rank(region, name):
    assert stem(region) == name


@pytest.mark.parametrize(
    ("earlier", "follow_up", "interpreted"),
    [
        ("东山县有多少个乡村科普馆?", "那科普示范基地呢?", "东山县有多少个科普示范基地?"),
        ("东山县有多少个乡村科普馆?", "西河市呢?", "西河市有多少个乡村科普馆?"),
        ("东山县2024年粮食产量是多少?", "2023年呢?", "东山县2023年粮食产量是多少?"),
        ("東山縣的動員會是什麼時候召開的?", "那代表大會呢?", "東山縣的代表大會是什麼時候召開的?"),
        ("东山县注册的志愿者有多少人?", "他们开展了多少场活动?", "东山县注册的志愿者开展了多少场活动?"),
        ("塔里有多少家科普教育基地?", "南岭呢?", "南岭有多少家科普教育基地?"),
        ("南岭区机器人竞赛一等奖几个?", "三等奖呢?", "南岭区机器人竞赛三等奖几个?"),
        ("南岭区有几个省级基地?", "那市级呢?", "南岭区有几个市级基地?"),
        ("东山县有几个科普馆?", "2023年呢?", "2023年东山县有几个科普馆?"),
        ("东山县科协主席是谁?", "西河市的呢?", "西河市科协主席是谁?"),
    ],
)
def test_a_follow_up_swaps_one_thing_and_keeps_the_rest(earlier, follow_up, interpreted):
    assert understand(follow_up, [earlier], ["塔里", "南岭"]).interpreted == interpreted


def test_a_question_of_its_own_ignores_what_was_asked_before():
    question = understand("西河市有多少名科技志愿者?", ["东山县有多少个乡村科普馆?"])
    assert (question.interpreted, question.context) == ("西河市有多少名科技志愿者?", "")


def test_spaces_between_characters_say_nothing():
    assert understand("东山县 有 多少 个 科普馆").interpreted == "东山县有多少个科普馆"

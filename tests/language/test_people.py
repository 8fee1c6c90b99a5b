"""People and posts: a corpus, every post of the table, and laws that hold for any text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from corpus import rows
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import people
from ingest.language.words import table

PIECES = st.sampled_from(
    [
        *"王李欧阳某×·、,，。:（）() 和与由任为副原建国卫民的说\n",
        "主席",
        "厅长",
        "副主席",
        "同志",
        "党组书记",
        "记者",
        "担任",
        "出席",
        "买买提",
    ]
)
POSTS = table("people")["posts"]
ORDINARY = (
    "向全市",
    "高度",
    "常务",
    "方案",
    "金融",
    "马上",
    "任务",
    "于是",
    "万元",
    "和谐",
    "安全",
    "成功",
    "时间",
    "应用",
    "明确",
)


def texts() -> dict[str, list[dict[str, Any]]]:
    """The corpus by text: a row a person, or one without a name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows("people"):
        found.setdefault(row["text"], []).append(row)
    return found


@pytest.mark.parametrize(("text", "people_told"), texts().items(), ids=[text[:30] for text in texts()])
def test_reads_the_corpus(text: str, people_told: list[dict[str, Any]]) -> None:
    keys = ("start", "end", "name", "post", "deputy")
    found = [{key: getattr(person, key) for key in keys} for person in people.find(text)]
    told = [row for row in people_told if row["name"]]
    assert found == [{key: row[key] for key in keys} for row in told]
    former = [person.former for person in people.find(text)]
    assert former == [row.get("former", held) for row, held in zip(told, former, strict=True)]


@pytest.mark.parametrize(
    ("text", "former"),
    [
        ("原主席王建国出席", True),
        ("前任馆长王建国", True),
        ("王建国曾任县长", True),
        ("王建国,曾任县长", True),
        ("王建国同志历任副县长、县长", True),
        ("王建国不再担任市科协主席", True),
        ("王建国辞去校长一职", True),
        ("免去王建国同志的市科协党组书记、主席职务", True),
        ("原副主席王建国、李志强出席", True),
        ("免去王建国副县长职务", True),
        ("免去王建国同志市科技馆馆长职务", True),
        ("免去王建国职务", True),
        ("任命王建国为副县长", False),
        ("王建国任县长", False),
        ("王建国同志为市科协主席", False),
        ("主席王建国出席", False),
        ("海原县委书记王建国", False),
        ("王建国出席", False),
        ("原州区区长王建国", False),
        ("前进镇镇长王建国", False),
        ("原阳县科协主席王建国", False),
        ("草原站站长王建国", False),
        ("市文联原副主席、县科协主席王建国", False),
        ("市文联原副主席、主席王建国", True),
        ("主席王建国为退休老人送去书", False),
        ("退休教师王建国", False),
        ("主席王建国看望已故会员家属", False),
    ],
)
def test_a_post_that_is_held_no_longer_is_told_as_such(text: str, former: bool) -> None:
    assert {person.former for person in people.find(text)} == {former}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("协会会长由赵明轩变更为孙伟国。", [("赵明轩", True), ("孙伟国", False)]),
        ("馆长由周明改为吴刚", [("周明", True), ("吴刚", False)]),
        ("站长一职由郑海涛移交给何立新,", [("郑海涛", True), ("何立新", False)]),
        ("副主任郑海涛将门票换成会员卡", [("郑海涛", False)]),
        ("历任馆长赵明轩、孙伟国、何立新", [("赵明轩", True), ("孙伟国", True), ("何立新", True)]),
        ("历届县科协主席:赵明轩、孙伟国", [("赵明轩", True), ("孙伟国", True)]),
        ("前三任校长赵明轩、孙伟国", [("赵明轩", True), ("孙伟国", True)]),
        ("馆长赵明轩、孙伟国出席", [("赵明轩", False)]),
        ("原馆长赵明轩、孙伟国", [("赵明轩", True)]),
    ],
)
def test_a_chiefs_post_goes_from_one_to_the_next(text: str, held: list[tuple[str, bool]]) -> None:
    found = [person for person in people.find(text) if person.post]
    assert [(person.name, person.former) for person in found] == held


@pytest.mark.parametrize(
    "form", ["省科协{}王建国出席", "王建国任省科协{}。", "王建国,省科协{}。", "{}:王建国", "{}由王建国担任"]
)
@pytest.mark.parametrize("deputy", ["", "副"])
def test_every_post_is_told_of_its_holder(form: str, deputy: str) -> None:
    wrong = [post for post in POSTS if told(form.format(deputy + post)) != [("王建国", deputy + post, bool(deputy))]]
    assert wrong == []


@pytest.mark.parametrize("form", ["省科协{}王建国出席", "{}:王建国", "王建国,省科协{}。"])
def test_every_trade_is_told_of_who_has_it(form: str) -> None:
    trades = table("people")["trades"]
    wrong = [trade for trade in trades if told(form.format(trade)) != [("王建国", trade, False)]]
    assert wrong == []


def told(text: str) -> list[tuple[str, str | None, bool]]:
    return [(person.name, person.post, person.deputy) for person in people.find(text)]


@pytest.mark.parametrize("post", POSTS)
def test_a_deputy_never_answers_for_the_chief(post: str) -> None:
    assert not people.same_post(post, f"副{post}")
    assert not people.same_post(f"副{post}", post)
    assert people.same_post(post, post)
    assert people.same_post(f"副{post}", f"常务副{post}")


@pytest.mark.parametrize(
    ("asked", "told", "same"),
    [
        ("厅长", "副厅长", False),
        ("主席", "党组书记", False),
        ("主席", "省科协主席", True),
        ("书记", "党组书记", True),
        ("党组书记", "县委书记", False),
        ("主席", "原主席", False),
        ("会长", "名誉会长", False),
        ("省长", "代省长", True),
        ("负责人", "馆长", True),
        ("一把手", "党组书记", True),
        ("一把手", "馆长", True),
        ("一把手", "副馆长", False),
        ("一把手", "讲解员", False),
        ("负责人", "副馆长", False),
        ("负责人", "记者", False),
        ("馆长", "负责人", True),
        ("总工", "总工程师", True),
        ("经理", "总经理", False),
        ("厅长", "局长", False),
        ("副主席", "副主任", False),
    ],
)
def test_same_post(asked: str, told: str, same: bool) -> None:
    assert people.same_post(asked, told) is same


@pytest.mark.parametrize(
    "text",
    [
        "鲁北至乌兰布和沙地",
        "比亚迪等企业",
        "古力玛依铁路开工",
        "扎西岗乡建成科技馆",
        "塔吉克斯坦代表团到访",
        "巴图镇有科普站",
        "达娃村、卓玛村",
    ],
)
def test_parts_of_names_name_no_place_or_firm_a_person(text: str) -> None:
    assert people.find(text) == ()


@pytest.mark.parametrize("word", ["李卫民", "王强", "欧阳明", "张某某", "李某", "王×", "艾尔肯·吐尔逊", "司马小文"])
def test_names(word: str) -> None:
    assert people.is_name(word)


@pytest.mark.parametrize(
    "word",
    [
        "向全市",
        "高度",
        "常务",
        "方案",
        "金融",
        "马上",
        "任务",
        "于是",
        "万元",
        "和谐",
        "安全",
        "成功",
        "时间",
        "科普",
        "主席",
        "多少",
        "应用",
        "明确",
        "全国",
        "从事",
    ],
)
def test_ordinary_words_are_no_names(word: str) -> None:
    assert not people.is_name(word)


@pytest.mark.parametrize(
    "word",
    [
        "向全市",
        "高度",
        "常务",
        "方案",
        "金融",
        "马上",
        "任务",
        "于是",
        "万元",
        "和谐",
        "安全",
        "成功",
        "时间",
        "应用",
        "明确",
        "全国",
        "从事",
    ],
)
@pytest.mark.parametrize(
    "form", ["主席{}", "{}主席", "主席{}主持会议", "{}同志", "记者{}报道", "{}、李卫民任组长", "由{}出席"]
)
def test_an_ordinary_word_beside_a_post_is_no_name(form: str, word: str) -> None:
    assert word not in [person.name for person in people.find(form.format(word))]


def test_an_enumeration_of_posts_belongs_to_one_person() -> None:
    (person,) = people.find("省科协党组书记、副主席王建国出席")
    assert [post.post for post in person.posts] == ["党组书记", "副主席"]
    (person,) = people.find("王建国任省科协党组书记、副主席")
    assert [(post.post, post.deputy) for post in person.posts] == [("党组书记", False), ("副主席", True)]


def test_posts_are_found_without_people() -> None:
    found = people.posts("谁是厅长?副厅长有几人?主席团、委员会、代表大会")
    assert [(post.post, post.deputy) for post in found] == [("厅长", False), ("副厅长", True)]


def test_patterns_capture_nothing() -> None:
    assert re.compile(people.surname_pattern()).groups == re.compile(people.post_pattern(trades=True)).groups == 0
    assert re.fullmatch(people.surname_pattern(), "欧阳")
    assert re.fullmatch(people.post_pattern(), "党组副书记")
    assert re.fullmatch(people.post_pattern(), "记者") is None
    assert re.fullmatch(people.post_pattern(trades=True), "记者")


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_are_in_order_apart_and_inside(text: str) -> None:
    end = 0
    for person in people.find(text):
        assert end <= person.start < person.end <= len(text)
        assert person.name == re.sub(r"\s", "", text[person.start : person.end])
        assert (person.post is None) == (person.post_start is None) == (person.posts == ())
        if person.post_start is not None:
            assert text[person.post_start : person.post_end] == person.post
        end = person.end


@given(st.lists(PIECES, max_size=40).map("".join))
def test_posts_are_in_order_apart_and_inside(text: str) -> None:
    end = 0
    for post in people.posts(text):
        assert end <= post.start < post.end <= len(text)
        assert text[post.start : post.end] == post.post
        end = post.end


@pytest.mark.parametrize("char", "一王、。副·某1和\n")
def test_a_run_of_one_character_names_no_post(char: str) -> None:
    assert people.posts(char * 100_000) == ()
    assert all(person.post is None for person in people.find(char * 100_000))

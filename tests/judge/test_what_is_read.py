"""What the reader is shown: a passage under the name of the asked place that it speaks of, and of no other."""

from __future__ import annotations

import pytest
from shelf import EVERYTHING_ANSWERS, Shelf

from rag.judge.ranking import cases_of, remembering
from rag.reader.reader import Reading, ToRead

LONG = (
    "持续推进科普阵地标准化建设,不断扩大服务覆盖面,推动优质科普资源向基层下沉、向农村延伸、向青少年倾斜,"
    "形成了部门协同、上下联动、全民参与的工作格局,群众满意度稳步提升。"
)

EXCHANGE = f"""全省科协系统工作经验交流会发言摘编

会议要求,各地要互相学习。

澜溪市科协探索科普进园区的路子。{LONG}{LONG}{LONG}全年组织技能比武37场,吸引职工4100人参加。

汾桥市科协打造流动科普课堂。{LONG}{LONG}{LONG}全年组织技能比武52场,吸引职工6800人参加。
"""

UNTITLED = f"""以科普之光照亮振兴之路

近年来,墨川县科协坚持面向基层。{LONG}

墨川县科普工作起步早。{LONG}{LONG}{LONG}建成农家书屋64个,藏书9.3万册。
"""

MENTIONING = f"""走出去学经验

凌河县科协组织考察。{LONG}凌河县干部先后到过墨川县等地。凌河县收获很大。

{LONG}{LONG}{LONG}建成农家书屋18个。
"""


def read_for(question: str, text: str, words: str) -> ToRead:
    """The passage that holds some words, as it is read for a question."""
    shown: list[ToRead] = []

    def read(_: str, passages: list[ToRead]) -> list[Reading]:
        shown.extend(passages)
        return [Reading(0.0, 0.0, 0.0, (), ()) for _ in passages]

    shelf = Shelf({"a.txt": text})
    cases_of(shelf.query(question), shelf.passages(), shelf.library(EVERYTHING_ANSWERS, read), alone=False)
    return next(passage for passage in shown if words in passage.text)


@pytest.mark.parametrize(
    ("question", "text", "words", "place"),
    [
        ("澜溪市组织技能比武多少场?", EXCHANGE, "37场", "澜溪"),
        ("汾桥市有多少职工参加技能比武?", EXCHANGE, "6800人", "汾桥"),
        ("汾桥市组织技能比武多少场?", EXCHANGE, "37场", "澜溪"),
        ("澜溪市和汾桥市的职工在哪里参加比武?", EXCHANGE, "52场", "汾桥"),
        ("澜溪市和汾桥市的职工在哪里参加比武?", EXCHANGE, "37场", "澜溪"),
        ("墨川县建了多少农家书屋?", UNTITLED, "64个", "墨川"),
        ("墨川县建了多少农家书屋?", MENTIONING, "18个", None),
        ("建了多少农家书屋?", UNTITLED, "64个", None),
    ],
)
def test_a_passage_is_read_under_the_asked_place_that_it_speaks_of(question, text, words, place):
    passage = read_for(question, text, words)
    assert place is None or place not in passage.text
    assert passage.title.split()[0] == (place or text.split("\n")[0])


def test_a_passage_that_names_the_place_itself_is_read_as_it_is():
    assert read_for("墨川县什么时候起步的?", UNTITLED, "起步早").title == "以科普之光照亮振兴之路"


@pytest.mark.parametrize(
    ("question", "around"),
    [
        ("新疆和静县建了几座科普馆?", "新疆"),
        ("和静县建了几座科普馆?", None),
        ("和静县比新源县多建几座科普馆?", None),  # beside it, not around it
    ],
)
def test_a_passage_of_the_asked_place_is_read_under_what_that_lies_in(question, around):
    text = "科普馆进乡村\n\n和静县科协建成科普馆5座,接待游客。"
    assert read_for(question, text, "5座").title == f"{around or ''} 科普馆进乡村".strip()


def test_what_was_read_is_not_read_again():
    asked: list[tuple[str, str]] = []

    def read(question: str, passages: list[ToRead]) -> list[Reading]:
        asked.extend((question, passage.text) for passage in passages)
        return [Reading(float(len(passage.text)), 0.0, 0.0, (), ()) for passage in passages]

    known = remembering(read)
    one, two, three = (ToRead(text) for text in ("甲", "乙乙", "丙丙丙"))
    assert [each.relevance for each in known("问", [one, two])] == [1.0, 2.0]
    assert [each.relevance for each in known("问", [three, two, three])] == [3.0, 2.0, 3.0]
    assert [each.relevance for each in known("另问", [two])] == [2.0]
    assert asked == [("问", "甲"), ("问", "乙乙"), ("问", "丙丙丙"), ("另问", "乙乙")]

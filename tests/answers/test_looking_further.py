"""What search puts first isn't all that is looked at: a report mostly about the asked place, and further passages."""

from __future__ import annotations

import pytest

PLAN = "渔阳县科普馆建设方案\n\n渔阳县科普馆建设要讲求实效。渔阳县科普馆面积要适当,渔阳县科普馆布局要合理。"
SUMMARY = "渔阳县2024年工作总结\n\n全年培训教师220人。科普馆于9月建成,建筑面积3200平方米,展品140件。"


def test_before_a_question_is_refused_further_passages_are_read(engine_of):
    engine = engine_of({"a.txt": PLAN, "b.txt": SUMMARY})
    assert [hit.chunk.source for hit in engine.search("渔阳县科普馆面积多大?")] == ["a.txt", "b.txt"]
    assert engine.ask("渔阳县科普馆面积多大?", passages=1).short_answer == "3200平方米"
    assert engine.ask("渔阳县科普馆预算多少?", passages=1).status == "not_found"


UNTITLED = "以科普之力助推乡村振兴\n\n墨川县地处山区。墨川县科协面向基层。\n\n新建农家书屋64个。墨川县的做法得到肯定。"
PASSING = (
    "走出去学经验\n\n凌河县组织考察,先后到过墨川县等地。\n\n凌河县新建农家书屋18个。凌河县收获很大。凌河县将再去。"
)


@pytest.mark.parametrize(
    ("question", "first"),
    [("墨川县新建农家书屋多少个?", "untitled.txt"), ("凌河县新建农家书屋多少个?", "passing.txt")],
)
def test_a_report_mostly_about_the_asked_place_comes_first(engine_of, question, first):
    engine = engine_of({"untitled.txt": UNTITLED, "passing.txt": PASSING})
    assert engine.search(question)[0].chunk.source == first

"""Where a sentence may hold the kind of short answer that is asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.language import dates, figures, people, units
from rag.question.kind import SURNAME, Asked

_NAME_ENDS = r"(?=[^\u4e00-\u9fff]|讲话|主持|出席|同志|获|作|任|等|为|当选|担任|说|表示|$)"
_PERSON = re.compile(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[长任记者席授士员生的]))"
    rf"{SURNAME}[^\W的了在中等是为与和及也一不有上下工作发展全各年月日\da-z]{{1,2}}{_NAME_ENDS}"
    rf"|(?:(?<![\u4e00-\u9fff\d])|(?<=[长任记者席授士员生的]))[\u4e00-\u9fff]{{2,6}}·[\u4e00-\u9fff]{{2,6}}?{_NAME_ENDS}"
)
_TITLED = re.compile(r"《[^《》]{1,60}》|[“「『][^“”「」『』]{1,40}[”」』]")
_LIST = re.compile(r"[^,，。;；:：、\s]{1,24}(?:、[^,，。;；:：、\s]{1,24})+(?:[和及与][^,，。;；:：、\s]{1,24})?")
_BODY = re.compile(
    r"[^\W了的在为与于和及\d]{0,14}?[^\W了的在为与于和及\d]{2}(?:科学技术协会|科协|学会|协会|研究会|委员会|办公室|人民政府|集团|公司|大学|学院|小学|中学|医院|研究院|研究所"
    r"|联合会|基金会|局|厅)(?!组织|秘书|会议|系统|工作)"
)
# What people are called by beside their names; more than the posts that one asks for (rag.question.kind).
_ROLE = (
    r"(?:(?:党[组委])?(?:成员|委员)|主任委员|(?:党[组委])?书记|主席|主任|秘书长|秘书|理事长|理事|会长|部长|市长|县长|区长|州长|旗长|乡长|镇长|村长|省长|厅长|局长|处长"
    r"|科长|所长|院长|校长|园长|馆长|站长|队长|组长|班长|社长|厂长|行长|总经理|经理|董事长|董事|总裁|主编|编辑|记者|通讯员|巡视员|调研员|研究员|教授|讲师|教师|老师|工程师"
    r"|农艺师|院士|博士|专家|辅导员|讲解员|志愿者|负责人|发言人|代表|干事|参赞|大使|教练|导演|作者|作家|学者|科学家|工匠|技师|传承人|职工|工人|农民|村民|医生|医师|运动员|同学|学生)"
)
# A person's post stands right before the name, from the last mark or the word that brings the person in.
_POST_BEFORE = re.compile(
    rf"(?:^|[,，。;；:：!?\n“”(（)）]|由|邀请到?|聘请|特邀|[请让向据与]|以及)((?:(?!由|邀请|聘请)[^,，。;；:：!?\n“”(（)）请让向据与]){{0,40}}{_ROLE})(?:[为是由:：]|\s)*$"
)
_POST_BEHIND = re.compile(
    rf"(?:同志|先生|女士)?(?:[,，(（]|当选为?|出任|[现兼]?任|担任|[是为])+((?:[^,，。;；:：!?\n)）]){{0,40}}?{_ROLE}(?:[、和兼][^,，。;；:：!?\n)）、和]{{0,16}}{_ROLE})*)"
)


def candidates(asked: Asked, sentence: str) -> Iterator[tuple[int, int]]:
    """(start, end) in the sentence of every span of the asked kind."""
    if asked.kind == "figure":
        yield from ((f.start, f.end) for f in figures.find(sentence) if counts(asked, f.unit))
    elif asked.kind == "date":
        told = (date for date in dates.find(sentence) if not sentence[date.start : date.end].isdigit())
        yield from ((date.start, date.end) for date in told if _is_asked(asked, date))
    elif asked.kind == "person":
        named = {(p.start, p.end) for p in people.find(sentence)}
        yield from sorted(named.union((m.start(), m.end()) for m in _PERSON.finditer(sentence)))
        yield from ((m.start(), m.end()) for m in _LIST.finditer(sentence) if asked.several)
    elif asked.kind == "post":
        yield from _posts(asked.person, sentence)
    elif asked.kind == "name":
        yield from ((m.start(), m.end()) for m in _TITLED.finditer(sentence))
    elif asked.kind == "body":
        yield from ((m.start(), m.end()) for m in _BODY.finditer(sentence))
    elif asked.kind == "list":
        yield from ((m.start(), m.end()) for m in _LIST.finditer(sentence))


def _posts(person: str, sentence: str) -> Iterator[tuple[int, int]]:
    for name in re.finditer(re.escape(person), sentence):
        if before := _POST_BEFORE.search(sentence, 0, name.start()):
            yield before.span(1)
        if behind := _POST_BEHIND.match(sentence, name.end()):
            yield behind.span(1)


def _is_asked(asked: Asked, date: dates.Date) -> bool:
    """Whether a date is as exact as asked, and the asked day where the question gives one."""
    if not (date.year or date.month) or (asked.year_asked and not date.year) or (asked.day_asked and not date.day):
        return False
    return not asked.days or (date.month, date.day) in asked.days


def needed(asked: Asked) -> bool:
    """Whether a sentence without a span of the asked kind is no answer."""
    return asked.kind in ("figure", "date", "person", "post", "body")


def counts(asked: Asked, unit: str) -> bool:
    """Whether a figure in a unit may answer."""
    if asked.units is None:
        return "duration" not in units.kinds(unit)
    if unit in asked.units or (not asked.strict and not unit and "%" not in asked.units):
        return True
    # By how much something grew may be told as an amount.
    return not asked.strict and "%" in asked.units and bool(units.kinds(unit) & {"money", "mass"})

"""Where a sentence may hold the kind of short answer that is asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.asked import Asked
from rag.figures import Date, dates, figures, kinds

# The hundred commonest family names (2020 census of names) and the usual double ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫"
    "雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔葛梅庄印官喻米艾"
)
_NAME_ENDS = r"(?=[^\u4e00-\u9fff]|讲话|主持|出席|同志|获|作|任|等|为|当选|担任|说|表示|$)"
_PERSON = re.compile(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[长任记者席授士员生的]))"
    rf"(?:[{_SURNAMES}]|欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐)[^\W的了在中等是为与和及也一不有上下工作发展全各年月日\da-z]{{1,2}}{_NAME_ENDS}"
    rf"|(?:(?<![\u4e00-\u9fff\d])|(?<=[长任记者席授士员生的]))[\u4e00-\u9fff]{{2,6}}·[\u4e00-\u9fff]{{2,6}}?{_NAME_ENDS}"
)
_TITLED = re.compile(r"《[^《》]{1,60}》|[“「『][^“”「」『』]{1,40}[”」』]")
_LIST = re.compile(r"[^,，。;；:：、\s]{1,24}(?:、[^,，。;；:：、\s]{1,24})+(?:[和及与][^,，。;；:：、\s]{1,24})?")
_BODY = re.compile(
    r"[^\W了的在为与于和及\d]{0,14}?[^\W了的在为与于和及\d]{2}(?:科学技术协会|科协|学会|协会|研究会|委员会|办公室|人民政府|集团|公司|大学|学院|小学|中学|医院|研究院|研究所"
    r"|联合会|基金会|局|厅)(?!组织|秘书|会议|系统|工作)"
)


def candidates(asked: Asked, sentence: str) -> Iterator[tuple[int, int]]:
    """(start, end) in the sentence of every span of the asked kind."""
    if asked.kind == "figure":
        yield from ((f.start, f.end) for f in figures(sentence) if counts(asked, f.unit))
    elif asked.kind == "date":
        yield from ((date.start, date.end) for date in dates(sentence) if _is_asked(asked, date))
    elif asked.kind == "person":
        yield from ((m.start(), m.end()) for m in _PERSON.finditer(sentence))
        yield from ((m.start(), m.end()) for m in _LIST.finditer(sentence) if asked.several)
    elif asked.kind == "name":
        yield from ((m.start(), m.end()) for m in _TITLED.finditer(sentence))
    elif asked.kind == "body":
        yield from ((m.start(), m.end()) for m in _BODY.finditer(sentence))
    elif asked.kind == "list":
        yield from ((m.start(), m.end()) for m in _LIST.finditer(sentence))


def _is_asked(asked: Asked, date: Date) -> bool:
    """Whether a date is as exact as asked, and the asked day where the question gives one."""
    if (asked.year_asked and not date.year) or (asked.day_asked and not date.day):
        return False
    return not asked.days or (date.month, date.day) in asked.days


def needed(asked: Asked) -> bool:
    """Whether a sentence without a span of the asked kind is no answer."""
    return asked.kind in ("figure", "date", "person", "body")


def counts(asked: Asked, unit: str) -> bool:
    """Whether a figure in a unit may answer."""
    if asked.units is None:
        return "time" not in kinds(unit) or unit == "个"
    if unit in asked.units or (not asked.strict and not unit and "%" not in asked.units):
        return True
    # By how much something grew may be told as an amount.
    return not asked.strict and "%" in asked.units and bool(kinds(unit) & {"money", "weight"})

"""Whether a line is what a page writes around a report: a label with its value, a row of buttons. Pure.

The words are the table `pages`; a line is taken apart at its colon and looked up, so that no line takes long.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from ingest.language.date_forms import STAMP
from ingest.language.forms import form
from ingest.language.marks import COLONS, COMMAS, ENDS
from ingest.language.words import alternation, table

_EDGES = "|>»·" + "".join(filter(str.isspace, map(chr, range(0x3001))))
_BRACKETS = "[]【】"
_COLON = re.compile(f"[{COLONS}]")
_TIME = rf"\d{{2,4}}[\d {COLONS}{STAMP}]*+"
_PATH = f"[^{ENDS}{COMMAS}]{{0,80}}"
# What may follow a label, by the section of the table that holds it.
_VALUES = {
    "path": re.compile(_PATH),
    "made": re.compile(rf"(?:{_TIME})?\s*+(?:来源\s*+[{COLONS}].{{0,30}})?"),
    "day": re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+[\d:]+)?"),
    "views": re.compile(r"[\d,]*[万+]*\s*次?"),
    "names": re.compile(r"[\u4e00-\u9fff·、 \u3000]{0,16}"),
    "type": re.compile(rf"(?:{alternation(table('pages')['type']['sizes'])}|[\s\[\]【】|+-])*"),
    "pointer": re.compile(r".*"),
    "owner": re.compile(r".{0,20}"),
    "tags": re.compile(r".{0,40}"),
    "source": re.compile(r".{0,40}"),
    "nothing": re.compile(""),
}
_STAMP = re.compile(_TIME)
_HOME = re.compile(rf"首页\s*[>»›/]{_PATH}")
# A time and the source, a counter, a licence, a plea, a menu.
_OTHER_SHAPES = re.compile(
    rf"{_TIME}(?:(?<=\s)|\s)\s*+来源\s*+[{COLONS}].{{0,30}}"
    r"|阅读\s*[\d,]+[万+]*"
    rf"|[^{ENDS}{COMMAS}]{{0,20}}ICP备\s*\d++号[^{ENDS}{COMMAS}]{{0,40}}"
    rf"|{form('pages', 'plea')}.{{0,10}}|(?:{alternation(table('pages')['menu']['words'])})\s*+(?:[|·][^|·]{{2,12}})++"
)
_OTHERS = re.compile(rf"[>»|•·\s]*+(?:【[^】]{{0,60}}】)?\s*+([\u4e00-\u9fff]{{2,12}})\s*[{COLONS}]?")


def is_furniture(line: str) -> bool:
    """Whether the line can only be the page's: 浏览次数:120, 上一篇:…, 收藏 | 分享."""
    bare = line.strip(_EDGES)
    return (
        _labelled(bare.strip(_BRACKETS), _sections("labels", "counted"))
        or bare in table("pages")["alone"]["words"]
        or bool(_HOME.fullmatch(line.lstrip(_EDGES)))
        or bool(_buttons().fullmatch(bare))
        or bool(_OTHER_SHAPES.fullmatch(bare))
        or bool(_sheet().fullmatch(bare))
    )


def may_be_furniture(line: str) -> bool:
    """Whether the line is the page's where one that can be nothing else is near: 作者:…, 分享."""
    bare = line.strip(_EDGES)
    buttons = table("pages")["buttons"]
    return _labelled(bare, _sections("weak")) or bare in buttons["words"] or bare in buttons["weak"]


def names_source(line: str) -> bool:
    """Whether the line says where the page has its text from: 来源:某网."""
    return _labelled(line, dict.fromkeys(table("pages")["source"]["weak"], "source"))


def says_when_made(line: str) -> bool:
    """Whether the line is the time at which the page was made, with its label."""
    label, value = _parted(line.strip(_EDGES))
    return label in table("pages")["made"]["counted"] and value is not None and bool(_STAMP.fullmatch(value))


def opens_others(line: str) -> bool:
    """Whether other articles are listed below the line: 相关推荐."""
    match = _OTHERS.fullmatch(line)
    others = table("pages")["others"]
    return match is not None and (match[1] in others["words"] or match[1].endswith(tuple(others["ends"])))


def _labelled(line: str, labels: Mapping[str, str]) -> bool:
    """Whether the line is one of the labels, a colon, and what may follow it."""
    label, value = _parted(line)
    if value is None or label not in labels:
        return False
    if labels[label] == "rights":
        return any(word in value for word in table("pages")["rights"]["says"])
    return bool(_VALUES[labels[label]].fullmatch(value))


def _parted(line: str) -> tuple[str, str | None]:
    """The label and its value; the line and None where there is no colon."""
    label, *value = _COLON.split(line, maxsplit=1)
    return label.rstrip(), value[0].strip() if value else None


@functools.cache
def _sections(*lists: str) -> dict[str, str]:
    """Label → the section of the table that has it in one of these lists."""
    sections = {name: section for name, section in table("pages").items() if name in _VALUES or name == "rights"}
    return {label: name for name, section in sections.items() for kind in lists for label in section.get(kind, ())}


@functools.cache
def _sheet() -> re.Pattern[str]:
    """The number of a page, alone between dashes or behind what stands above every page."""
    words = table("pages")["sheet"]
    number = rf"\s?\d{{1,4}}\s?{words['behind']}"
    whole = rf"(?:[\s/,，]?{words['all']}{number})?"
    return re.compile(rf"(?:[^{ENDS}{COMMAS}]{{0,40}}\s)?{words['before']}{number}{whole}|[-—–]\s?\d{{1,4}}\s?[-—–]")


@functools.cache
def _buttons() -> re.Pattern[str]:
    """Two buttons or more, or one in brackets."""
    word = f"(?>{alternation(table('pages')['buttons']['words'])})"
    return re.compile(rf"(?:[【\[]{word}[】\]]\s*+)++|{word}(?:[\s|/·]++{word})++")

"""Which places a question names, and what they are called without their ranks. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_RANK = re.compile(
    r"^([\u4e00-\u9fff]{2,}?)(?:(?:维吾尔|[\u4e00-\u9fff]{1,4}?族)*自治[区州县旗]|特别行政区|地区|省|市|[州盟县旗区])$"
)
_RANKS = "省|市|州|盟|县|旗|地区|自治[区州县旗]"
# Towns and townships, not 城镇, 乡镇, 下乡 or 家乡.
_SMALL = (
    "(?<![城乡村集市古小建强重])镇(?![级静痛定])|(?<![城下返家故老入三兴异振水])乡(?![村镇土愁情音])|街道(?!办|社区|数)"
)
# What may stand before it: 我想问一下东山县…, 去年东山县….
_LED_BY = (
    r"(?:在|经|去|我们?|请|麻烦|帮我?|想要?|了?解|知道|[问查看](?:一下)?|[今去前上明本]年度?"
    r"|目前|现在|当前|[\d年月日]+)"
)
# A name with its rank, not 各县, 全市, 城市 or 社区, which name no place.
_NAMED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[和与跟及比的了])){_LED_BY}*((?![各全本该我几哪每这那某有两市省]|多少)[\u4e00-\u9fff]{{1,7}}?)({_RANKS}|{_SMALL}|(?<![社城地校园矿景辖山灾牧郊小市县街库林特片])区)"
)
# Provinces and their capitals are places by their names alone, whether a report knows them or not.
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
    "|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_CITIES = (
    "石家庄|太原|沈阳|长春|哈尔滨|南京|杭州|合肥|福州|南昌|济南|郑州|武汉|长沙|广州|海口|成都|贵阳|昆明|西安|兰州|西宁|呼和浩特|南宁|拉萨|银川"
    "|乌鲁木齐|大连|青岛|宁波|厦门|深圳|苏州|无锡"
)
_WELL_KNOWN = re.compile(rf"(?:{_PROVINCES}|{_CITIES})(?!大学|学院|师范|农业|工业|医|路|街|银行|[日晚时]报|话|菜)")
_NESTED = re.compile(r"([\u4e00-\u9fff]{2,5}?)(省|市|州|盟|地区)([\u4e00-\u9fff]{2,3}?)(县|旗|市|(?<![社校园矿景])区)")
_NAMELESS = re.compile(r"(?:^|(?<=[是的在各全本该]))自治[区州县]")  # a rank alone names no place
NO_NAME = re.compile(
    r"[各全本该我几哪每这那某两的和与在及个获受被评为将把到年月日]|自治|省市|城市|地市|州市|多少|什么|如何|怎么|^[省市区县]"
)
_BEFORE_NAME = re.compile(r"^.*(?:知道|了解|告诉我|一下|截[至止]|关于|根据|按照?|[了的谁在对是问查])")
# Words for a kind of place that look like a name with its rank.
_KIND_OF_PLACE = re.compile(
    r"^(?:[大小中]?城|大都|都|中心|三角|百强|各市?|新建|山丘|丘陵|平原|内陆|沿海|周边|边境|边远|偏远|贫困|脱贫|农村|灾|牧|农|林|矿|山|(?:革命)?老"
    r"|(?:少数)?民族|自治|直辖"
    r"|[东南西北中]{1,2}[部方亚]?|华[东南北中])$"
)


def stem(place: str) -> str:
    """A region's name without its rank, where enough of it is left: 塔城 of 塔城地区, but 巴州."""
    match = _RANK.match(place)
    return match[1] if match else place


def known_places(regions: Iterable[str]) -> frozenset[str]:
    """The names of regions without their ranks; words for a kind of place (大城市, 沿海地区) left out."""
    stems = {stem(region) for region in regions}
    return frozenset(name for name in stems if not _KIND_OF_PLACE.match(name))


def places_asked(folded: str, known: Collection[str]) -> tuple[str, ...]:
    """The places that a folded question names, without their ranks, the widest first.

    `known` are the regions that the reports name; a place of which no report knows is told by its rank.
    """
    folded = _NAMELESS.sub(lambda match: " " * len(match[0]), folded)
    found: dict[int, str] = {}
    for match in _NESTED.finditer(folded):
        if not NO_NAME.search(match[1]) and not NO_NAME.search(match[3]):
            found[match.start(1)] = stem(match[1] + match[2])
            found[match.start(3)] = stem(match[3] + match[4])
    for at, place in sorted(
        ((folded.find(p), p) for p in known if p in folded), key=lambda hit: (hit[0], -len(hit[1]))
    ):
        if not _inside(at, found):
            found[at] = place
    for match in _WELL_KNOWN.finditer(folded):
        if not _inside(match.start(), found):
            found[match.start()] = match[0]
    for match in _NAMED.finditer(folded):
        start = max((at + len(name) for at, name in found.items() if match.start(1) <= at < match.end(1)), default=0)
        start = max(start, match.start(1))
        name = _BEFORE_NAME.sub("", folded[start : match.end(1)])
        start = match.end(1) - len(name)
        if name and not NO_NAME.search(name) and not _KIND_OF_PLACE.match(name) and not _inside(start, found):
            found[start] = stem(name + match[2])
    return tuple(dict.fromkeys(found[at] for at in sorted(found)))


def without_place(text: str, place: str) -> str:
    """A text without a place's name and its rank."""
    return re.sub(rf"{re.escape(place)}(?:{_RANKS}|区(?!域))?", " ", text)


def _inside(at: int, found: dict[int, str]) -> bool:
    return any(start <= at < start + len(place) + 1 for start, place in found.items())

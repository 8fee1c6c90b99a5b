"""Complete a follow-up from the question before it: the thing is swapped, the place and the year are kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

_LEADING = re.compile(r"^(?:那么?|然后|另外|还有|以及|至于|and|what about|how about|then)[\s,,]*", re.IGNORECASE)
_TRAILING = re.compile(r"(?:呢|怎么样|如何)?[?？。!！\s]*$")
_PRONOUN = re.compile(r"^(?:其中|其|他们|她们|它们|他|她|它|这些?|那些?|该)的?")
_ASKS = re.compile(
    r"多少|几|什么|哪|谁|怎|如何|是否|吗|\b(?:how|what|which|who|when|where|does|did|is|are|was|were)\b", re.I
)
_FOLLOWS = re.compile(
    r"^(?:那|其中|他们|她们|它们|他|她|它|这些|那些|该|还有"
    r"|and\b|what about\b|how about\b|of (?:those|them)\b|then\b)|呢[?？。]*$"
    r"|\b(?:they|them|it|its|their|those|there)\b",
    re.IGNORECASE,
)
_SHORT = 8  # a question of fewer characters can hardly name its own place and thing
_COUNTED = re.compile(
    r"((?:多少|几)(?:人次|场次|[个家名位座处项件场次篇份种册本所支期届条])?(?:的)?)([\u4e00-\u9fff“”《》()()]{1,20})"
)
_NOUN_ENDS = re.compile(r"[建有被获得开办是在来用评达设举参]|[,,。?？呢吗]")
_BEFORE = re.compile(
    r"^(.*?)((?:的?(?:预期|控制)*目标)?(?:是|有|为|达到?|共)?(?:在)?(?:什么时候|何时|哪一?[天年月日]|多少|几[个家名位座处项件场次篇份种册本所支期届条]|谁|什么|哪里).*)$"
)
_PLACE = re.compile(
    r"^(?:请问|在|\d{4}年)*[\u4e00-\u9fff]{1,12}?(?:省|市|自治[区州县]|州|县|(?<![社])区|盟|旗|地区)(?:的|里)?"
)
_UNIT_ASKED = re.compile(r"多少(?:人次|场次|[人家名位座处项件场次篇份种册本所支期届条元亩吨斤])")
_YEAR = re.compile(r"(?:19|20)\d\d年")
_RANK = re.compile(r"[一二三四五六特]等奖?|(?:国家|[省市区县])级")
_REGION_ONLY = re.compile(r"^[\u4e00-\u9fff]{2,10}?(?:省|市|自治[区州县]|州|县|(?<![社街校园景])区|盟|旗|地区)$")


def refers_back(asked: str) -> bool:
    """Whether a question can't be understood without the one before it."""
    words = len(re.findall(r"[A-Za-z]+", asked))
    return bool(_FOLLOWS.search(asked)) or (len(asked) < _SHORT and words < 2)


def complete(asked: str, earlier: str, regions: Collection[str] = ()) -> tuple[str, str]:
    """(the follow-up as a question of its own, what else of the earlier question it was asked about).

    Both questions in Simplified script. `regions` are names of places, known without their ranks.
    """
    core = _TRAILING.sub("", _LEADING.sub("", asked)) if not _ASKS.search(asked) else _LEADING.sub("", asked)
    if _ASKS.search(core) or not re.search(r"[\u4e00-\u9fff]", core):
        bare = _PRONOUN.sub("", core)
        subject = _BEFORE.match(earlier)
        about = subject[1].rstrip("的是有 ") if subject and subject[1] else ""
        if not re.search(r"[\u4e00-\u9fff]", core):
            return f"{earlier} {asked}", earlier
        if subject and subject[1] and core != bare and not core.startswith("其中"):
            return f"{about}{bare}", ""
        return (f"{about},{core}", earlier) if about else (f"{earlier} {core}", earlier)
    return _swap(core.rstrip("的"), earlier, regions), ""


def _swap(thing: str, earlier: str, regions: Collection[str]) -> str:
    """The earlier question, asked about another thing, place or year."""
    named = thing if thing.endswith("年") else f"{thing}年"
    if _YEAR.fullmatch(named):
        return _YEAR.sub(named, earlier, count=1) if _YEAR.search(earlier) else f"{named}{earlier}"
    if _RANK.fullmatch(thing) and _RANK.search(earlier):
        return _RANK.sub(thing, earlier, count=1)
    place = _PLACE.match(earlier)
    if thing in regions:
        known = next((name for name in sorted(regions, key=len, reverse=True) if name in earlier), None)
        if known and (place is None or known not in place[0]):
            return earlier.replace(known, thing, 1)
    if thing in regions or _REGION_ONLY.match(thing):
        if place:
            return thing + ("的" if place[0].endswith("的") else "") + earlier[place.end() :]
        return f"{thing}{earlier}"
    counted = _COUNTED.search(earlier)
    if counted and counted[2] not in ("人", "钱") and not counted[2].startswith(("人?", "钱?")):
        noun = counted[2]
        if ends := _NOUN_ENDS.search(noun, min(2, len(noun))):
            noun = noun[: ends.start()]
        return earlier[: counted.start(2)] + thing + earlier[counted.start(2) + len(noun) :]
    asks = _BEFORE.match(earlier)
    if asks:
        kept = place[0] if place else next((name for name in regions if name in earlier), "")
        year = _YEAR.search(earlier)
        kept += year[0] if year and year[0] not in kept else ""
        if kept and thing.startswith(kept[-2:].rstrip("的里")):
            kept = kept.rstrip("的里")
        # Another thing may be counted in another unit.
        return f"{kept}{thing}{_UNIT_ASKED.sub('多少', asks[2])}"
    return f"{earlier} {thing}"

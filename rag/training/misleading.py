"""Groups out of reports: every question with passages that look as if they answered it and don't.

The same passage asked about another place, year or matter; under another report's title; what another
report has on the matter; the passage without the sentence. Because a report's title says whose figure it
is, place and title change together, and many places are renamed throughout to ones that don't exist, so
that names can't be learnt by heart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.training.bigrams import Bigrams
from rag.training.cloze import CLAUSE, PART, QUOTED, TITLED, asked_in_place, reworded
from rag.training.english import in_english
from rag.training.examples import SIZES, Example, Group, without_answer
from rag.training.reports import WHOLE_COUNTRY, Report, Window, cut, place_named

_YEAR = re.compile(r"(?:19|20)\d{2}年")
_OWN_AREA = re.compile(r"^(?:全省|全市|全区|全国|我省|我市|我区|我国)")
_FRAMES = ("{}", "{}", "{}", "请问{}", "我想知道{}", "{}呢", "报告里说{}", "据报告，{}")
_SYLLABLES = "东西南北中上下新古清平安宁永和兴隆昌泰丰华阳阴江河湖海山川原林石金玉云龙凤白黑红青长大高明德仁义文武景"
_RANKS = ("县", "市", "区", "州", "镇")
_TITLES = ("{place}{year}年工作总结", "{place}科协{year}年工作总结", "{year}年{place}工作报告", "{place}召开总结交流会",
           "{place}：{year}年工作回顾", "{place}{year}年度报告", "喜报！{place}获评示范单位")  # fmt: skip
# What can't be in a passage where none of these characters stand, asked about a thing named in it.
_ATTRIBUTES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("{}一共花了多少钱？", "{}的经费是多少？", "{}投入了多少元？", "How much money was spent on {}?"), r"元|资金|经费"),
    (("{}是什么时候开始的？", "{}是哪一年建立的？", "{}是哪天举行的？", "When did {} start?"), r"\d[年月日]|[年月]"),
    (("{}的负责人是谁？", "{}的负责人叫什么名字？", "{}由谁主持？", "Who is in charge of {}?"), r"长|主任|书记|负责|主持|同志|先生"),
    (("{}有多少人参加？", "{}共有多少名成员？", "{}惠及多少人？", "How many people took part in {}?"), r"\d[\d.,余多万亿]*[人名户位]"),
    (("{}的电话是多少？", "{}的网址是什么？"), r"电话|网"),
    (("{}在哪条街上？", "{}的地址在哪里？", "Where is {} located?"), r"街|路|位于|坐落|地址|设在"),
    (("{}比上年增长了百分之多少？", "{}占比是多少？", "What percentage is {}?"), r"%|％|成|倍"),
)  # fmt: skip


def report_groups(reports: Sequence[Report], rng: random.Random, per_report: int) -> Iterator[Group]:
    """Groups from the reports' own clauses, at most `per_report` of each report."""
    cuts = [window for report in reports for window in cut(report, rng.choice(SIZES))]
    index = Bigrams([window.text for window in cuts])
    by_report: dict[str, list[int]] = {}
    for i, window in enumerate(cuts):
        by_report.setdefault(window.report.name, []).append(i)
    places = sorted({r.place for r in reports if r.place and r.place != WHOLE_COUNTRY})
    for report in reports:
        found = [
            (i, match.start() + part.start() + start, match.start() + part.start() + end, question)
            for i in by_report.get(report.name, ())
            for match in CLAUSE.finditer(cuts[i].text)
            for part in PART.finditer(match[0])
            if 8 <= len(part[0]) <= 48
            for question, start, end in asked_in_place(part[0], rng)
        ]
        rng.shuffle(found)  # then figures first: they are what is asked most
        found.sort(
            key=lambda place: (not cuts[place[0]].text[place[1] : place[2]][:1].isdigit()) and rng.random() < 0.7
        )
        for i, start, end, question in found[:per_report]:
            group = _group(cuts, i, (start, end), question, index, places, rng)
            if group is not None:
                yield group


def _group(
    cuts: Sequence[Window], i: int, span: tuple[int, int], question: str,
    index: Bigrams, places: Sequence[str], rng: random.Random,
) -> Group | None:  # fmt: skip
    positive, named = _positive(cuts[i], span, question, rng)
    if positive is None:
        return None
    near = [cuts[j] for j in index.top(question, 24) if j != i and positive.answer not in cuts[j].text]
    negatives = [
        *_other_passages(positive, cuts[i], near, named, rng),
        *_other_places(positive, cuts[i], named, places, rng),
        *_other_years(positive, rng),
        *filter(None, (without_answer(positive), _attribute(positive, rng))),
    ]
    if not negatives:
        return None
    group = (positive, *negatives)
    if named and rng.random() < 0.6:
        group = _renamed(group, [*places, WHOLE_COUNTRY], rng)
    if rng.random() < 0.16:
        group = translated(group, rng) or group
    return group


def _positive(window: Window, span: tuple[int, int], question: str, rng: random.Random) -> tuple[Example | None, str]:
    """The passage with its question, and the place the question names; None where too little is asked."""
    place = window.report.place
    titled = bool(window.report.title) and rng.random() < 0.75
    title = window.report.title if titled else ""
    section = window.section if rng.random() < 0.6 else ""
    asked = reworded(question, rng)
    if sum("\u4e00" <= c <= "\u9fff" for c in asked) < 6:
        return None, ""
    named = ""
    if place and (titled or place in window.text) and rng.random() < 0.65:
        named = place
        asked = place + _OWN_AREA.sub("", asked)
    year = _YEAR.search(section)
    if year and not _YEAR.search(asked) and rng.random() < 0.4:
        asked = year[0] + asked
    asked = rng.choice(_FRAMES).format(asked) + rng.choice(("？", "？", "?", ""))
    return Example(asked, title, window.text, *span, section), named


def _other_passages(
    positive: Example, window: Window, near: Sequence[Window], named: str, rng: random.Random
) -> Iterator[Example]:
    same = [w for w in near if w.report is window.report][:3]
    for other in rng.sample(same, min(1, len(same))):
        yield _misleading(positive, other)
    if named and positive.title:
        foreign = [w for w in near if w.report.place not in (named, "") and named not in w.text][:4]
        for other in rng.sample(foreign, min(1, len(foreign))):
            yield _misleading(positive, other)


def _other_places(
    positive: Example, window: Window, named: str, places: Sequence[str], rng: random.Random
) -> Iterator[Example]:
    if not (named and positive.title):
        return
    other = rng.choice([p for p in places if p != named])
    if other in window.text + positive.title:
        return
    yield replace(positive, question=positive.question.replace(named, other), start=0, end=0)
    if named not in window.text:
        yield replace(positive, title=positive.title.replace(named, other), start=0, end=0)


def _other_years(positive: Example, rng: random.Random) -> Iterator[Example]:
    mentioned = _YEAR.search(positive.question)
    year = f"{rng.randint(1996, 2026)}年"
    if year[:4] in positive.title + positive.section + positive.passage:
        return
    if mentioned:
        yield replace(positive, question=positive.question.replace(mentioned[0], year), start=0, end=0)
    elif _YEAR.search(positive.section + positive.passage) and rng.random() < 0.5:
        yield replace(positive, question=year + positive.question, start=0, end=0)


def more_misleading(group: Group, rng: random.Random) -> Group:
    """A set's group with its question asked about another year or another matter, some of it in English."""
    positive = group[0]
    more = [swapped for swapped in (_another_year(positive, rng), _attribute(positive, rng)) if swapped]
    group = (*group, *more)
    return (translated(group, rng) or group) if rng.random() < 0.1 else group


def _another_year(positive: Example, rng: random.Random) -> Example | None:
    mentioned = _YEAR.search(positive.question)
    if mentioned is None:
        return None
    year = str(int(mentioned[0][:4]) + rng.choice((-3, -2, -1, 1, 2, 3)))
    if year in positive.passage + positive.title:
        return None
    return replace(positive, question=positive.question.replace(mentioned[0][:4], year), start=0, end=0)


def _misleading(positive: Example, window: Window) -> Example:
    return Example(
        positive.question,
        window.report.title if positive.title else "",
        window.text,
        0,
        0,
        window.section if positive.section else "",
    )


def _attribute(positive: Example, rng: random.Random) -> Example | None:
    """A question for something the passage says nothing of, about a thing it names."""
    things = [m[0] for m in TITLED.finditer(positive.passage)] + [
        m[0].strip("“”") for m in QUOTED.finditer(positive.passage)
    ]
    core = re.search(
        r"(?:建成|建设|举办|开展|设立|推进|实施|组建|新建|培育|发展)([\u4e00-\u9fff]{3,10})", positive.passage
    )
    things += [core[1]] if core else []
    fitting = [forms for forms, present in _ATTRIBUTES if not re.search(present, positive.passage)]
    if not things or not fitting:
        return None
    question = rng.choice(rng.choice(fitting)).format(rng.choice(things))
    return replace(positive, question=question, start=0, end=0)


def _renamed(group: Group, places: Sequence[str], rng: random.Random) -> Group:
    """The group with the places of its questions and titles renamed, everywhere, to ones that don't exist."""
    year = str(rng.randint(2005, 2025))
    form = rng.choice(_TITLES)
    mentioned = [p for p in places if any(p in e.question + place_named(e.title) for e in group)]
    invented = {p: "".join(rng.sample(_SYLLABLES, 2)) + rng.choice(_RANKS) for p in mentioned}
    known = re.compile("(?:" + "|".join(map(re.escape, mentioned)) + ")[省市区]?") if mentioned else None
    if known is None:
        return group

    def rename(text: str) -> str:
        return known.sub(
            lambda match: invented[match[0].rstrip("省市区") if match[0] not in invented else match[0]], text
        )

    renamed = []
    for example in group:
        before = rename(example.passage[: example.start])
        answer = example.answer
        after = rename(example.passage[example.end :] if example.answered else example.passage)
        before = before if example.answered else ""
        place = next((invented[p] for p in mentioned if p in place_named(example.title)), "")
        title = form.format(place=place, year=year) if example.title else ""
        start = len(before)
        renamed.append(
            Example(
                rename(example.question), title, before + answer + after, start if answer else 0,
                start + len(answer), example.section,
            )
        )  # fmt: skip
    return tuple(renamed)


def translated(group: Group, rng: random.Random) -> Group | None:
    """The group asked in the words of English, or None where one of its questions can't be."""
    translated = []
    for example in group:
        question = example.question if example.question.isascii() else in_english(example.question, rng)
        if question is None:
            return None
        translated.append(replace(example, question=question))
    return tuple(translated)

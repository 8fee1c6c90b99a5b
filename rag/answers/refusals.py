"""Why a question isn't answered: never more than is true. Pure, but for the look-up of names.

"The reports do not mention X" is said only of what stands in no report at all. Else it is said what is missing, as far
as the sentence that came closest tells it: the place, the year, a plan or a result, the kind of answer; or simply that
nothing answers surely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ingest.language import marks, people
from ingest.language.divisions import called
from ingest.language.places import is_shared, level, stem
from ingest.language.questions import function_words
from ingest.language.vocabulary import is_telling_noun, proper
from ingest.language.words import table
from rag.answers.citing import say
from rag.judge.case import Case
from rag.judge.of_answer import no_plan, planned, wrong_kind
from rag.judge.of_subject import names_asked, other_place, other_year
from rag.question.kind import Kind
from rag.question.query import Query
from rag.question.terms import form_frequency
from rag.records import Question

_KINDS: dict[Kind, tuple[str, str]] = {"figure": ("数字", "figure"), "date": ("日期", "date")}

_LONGEST = 6  # characters of a word
_LONG_NAMED = ("farm", "zone")  # places that are bodies as well
_IN_A_ROW = ("village", "town")
_COUNTED = "个"
_HAN_RUN = re.compile(rf"[{marks.HAN}]{{2,}}")

Frequency = Callable[[str], int]
"""In how many chunks a pair of characters stands."""
Naming = Callable[[str], set[str]]
"""The sources of the reports in whose text or title a name occurs."""


def unknown_name(query: Query, frequency: Frequency, naming: Naming) -> str | None:
    """What the question names and no report mentions: a place, a title, a quotation, a person, a body."""
    for names in names_of(query):
        known = any(
            naming(name) or _named_bare(name, naming) or _named_in_full(name, naming) or _named_in_a_row(name, naming)
            for name in names
        )
        if not known and not any(naming(part) for part in _own_parts(names)):
            return names[0]
    return _untranslated(query, frequency) or None if query.core else None


def _named_bare(name: str, naming: Naming) -> bool:
    """Whether a report writes a place without its rank and names none of another rank alike: 伊宁 for 伊宁县."""
    bare = stem(name)
    if name == bare or not is_shared(name):
        return False
    others = (division.name for division in called(bare) if division.name != name)
    return bool(naming(bare).difference(*map(naming, others)))


def _named_in_full(name: str, naming: Naming) -> bool:
    """Whether one report holds both parts of an unknown farm's or zone's name, which mostly have a word between them:
    北寮合作农场 for 北寮农场."""
    own = stem(name)
    between = level(name) in _LONG_NAMED and not called(name) and not called(own)
    return between and bool(naming(own) & naming(name[len(own) :]))


def _named_in_a_row(name: str, naming: Naming) -> bool:
    """Whether one report names a village or town without its rank and tells the rank of several: 柳沟、沙坡两个村."""
    own = stem(name)
    rank = name[len(own) :]
    small = level(name) in _IN_A_ROW and len(own) > 1 and bool(rank)
    return small and bool(naming(own) & naming(f"{_COUNTED}{rank}"))


def _own_parts(names: Sequence[str]) -> Iterator[str]:
    """The ends of a nested place's name, which may stand without what it lies in: 金阳街道 of 阳信金阳街道."""
    for name in names:
        rank = len(name) - len(stem(name))
        yield from (name[at:] for at in range(1, len(name) - rank - 1) if rank)


def names_of(query: Query) -> Iterator[tuple[str, ...]]:
    """Each thing that the question names, by all its names."""
    yield from query.places
    text = query.question.folded
    for start, end in (*marks.titles(text), *marks.quoted(text)):
        if end - start > 2:
            yield (text[start + 1 : end - 1],)
    # 王局长 may stand in the reports by the whole name.
    yield from ((person.name,) for person in people.find(text) if person.name and not person.called)


def _untranslated(query: Query, frequency: Frequency) -> str:
    """The thing that a question in another language counts, where none of its words is in any report; else nothing."""
    known = any(form_frequency(form, frequency) for term in query.head.terms for form, _ in term.forms)
    return query.counted if query.head.terms and not known else ""


def unknown_proper(query: Query, frequency: Frequency, naming: Naming) -> str | None:
    """What a word list holds as the name of a place, body or thing, and no report mentions; the longest.

    The list calls some common words so, so that it is no reason against what clearly answers.
    """
    words = (run[start:end] for run, start, end in _unknown(query, frequency))
    return next((word for word in proper(words) if not naming(word)), None)


def unknown_word(query: Query, frequency: Frequency, naming: Naming) -> str | None:
    """A noun of the question that no report holds, the longest; not one that stands for anything (东西), nor the halves
    of two words (玩手 of 玩手机)."""
    telling = (run[start:end] for run, start, end in _unknown(query, frequency) if is_telling_noun(run, start, end))
    return next((word for word in telling if not naming(word)), None)


def _unknown(query: Query, frequency: Frequency) -> list[tuple[str, int, int]]:
    """What may be a word of the question and holds two neighbours that no report has, as (run of Han, start, end); the
    longest first.

    Neighbours that both stand in pairs which reports have are the border of two words: 常德科技馆 doesn't name 德科.
    """
    runs: dict[str, tuple[str, int, int]] = {}
    for run in _HAN_RUN.findall(function_words().sub(" ", query.question.folded)):
        held = [bool(frequency(run[at : at + 2])) for at in range(len(run) - 1)]
        for at in range(len(run) - 1):
            if not held[at] and not (at and held[at - 1] and held[at + 1 : at + 2] == [True]):
                runs |= {
                    run[start:end]: (run, start, end)
                    for start in range(max(0, at + 2 - _LONGEST), at + 1)
                    for end in range(at + 2, min(len(run), start + _LONGEST) + 1)
                }
    anything = table("questions")["anything"]["words"]
    return [runs[word] for word in sorted(runs, key=lambda word: (-len(word), word)) if word not in anything]


def unmentioned(question: Question, name: str) -> str:
    """That no report mentions it."""
    return say(question, f"报告中没有提到{name}。", f"The reports do not mention {name}.")


def reason(closest: Case) -> str:
    """Why the sentence that came closest is no answer, where every name of the question is known."""
    query = closest.query
    question, want = query.question, query.expected
    if other_place(closest) and not _near(closest):
        places = "、".join(dict.fromkeys(names[0] for names in query.places)) or "、".join(
            dict.fromkeys(names_asked(query, closest.view))
        )
        return say(
            question,
            f"报告提到了{places},但相关内容说的是别处。",
            f"The reports mention {places}, but what they say on this is about another place.",
        )
    if other_year(closest):
        years = "、".join(sorted(want.years))
        return say(
            question, f"报告中的相关内容说的不是{years}年。", f"What the reports say on this is not about {years}."
        )
    if wrong_kind(closest):
        kind = _KINDS[want.kind]
        return say(
            question,
            f"报告中最接近的内容没有给出所问的{kind[0]}。",
            f"What comes closest in the reports gives no such {kind[1]}.",
        )
    if planned(closest):
        return say(question, "报告只给出了目标,没有给出实际结果。", "The reports give a target, not the result.")
    if no_plan(closest):
        return say(
            question,
            "报告提到了相关内容,但没有给出所问的目标。",
            "The reports mention the subject but give no such target.",
        )
    return nothing_sure(question)


def _near(case: Case) -> bool:
    """Whether a place that is asked about is named in the sentence or above it."""
    around = f"{case.sentence}\n{case.above}"
    return any(name in around for name in names_asked(case.query, case.view))


def nothing_sure(question: Question) -> str:
    """That nothing answers surely."""
    return say(
        question, "报告中没有能确定回答这个问题的内容。", "Nothing in the reports answers this question for certain."
    )

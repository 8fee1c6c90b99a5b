"""From found passages to judged evidence, best first. Pure, but for the report's look-ups.

Only the most promising sentences are judged; the rest follow in the order of their promise with no probability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language import marks
from ingest.language.places import within
from ingest.records import CleanReport
from rag.evidence.sentences import evidence_of, promise, without_repeats
from rag.evidence.shorts import with_short
from rag.evidence.subject import ReportView, speaks_of, speaks_of_year, told_place
from rag.evidence.wording import as_told
from rag.judge.case import Case
from rag.judge.judge import Judge, judge
from rag.judge.of_subject import names_asked
from rag.question.places import stands
from rag.question.query import Query
from rag.question.terms import Terms, form_frequency
from rag.reader.reader import Reading, ToRead, between
from rag.records import Evidence, Passage
from rag.search.reread import to_read

JUDGED = 24  # sentences of a question
_ALONE = 6  # sentences that are read alone as well

ReportOf = Callable[[str], CleanReport]
ViewOf = Callable[[str], ReportView]
Frequency = Callable[[str], int]
"""In how many chunks a part of a question stands."""
Naming = Callable[[str], set[str]]
"""The sources of the reports in whose text or title a name occurs."""
Read = Callable[[str, Sequence[ToRead]], list[Reading]]
"""(question, passages) → a reading of each."""


@dataclass(frozen=True, slots=True)
class Library:
    """One generation of the index as answering sees it; `report` and `view` take a report's source.

    `frequency` and `naming` know only of the reports that are looked in. `read` is None where the settings
    switch the reader off.
    """

    report: ReportOf
    view: ViewOf
    frequency: Frequency
    naming: Naming
    read: Read | None
    judge: Judge

    @property
    def unread(self) -> Library:
        """The library where words alone matter: nothing is read, and judged by what was fitted without a reader."""
        return replace(self, read=None, judge=judge("unread"))


def remembering(read: Read) -> Read:
    """The same reader for one question, which reads nothing twice."""
    known: dict[tuple[str, ToRead], Reading] = {}

    def read_new(question: str, passages: Sequence[ToRead]) -> list[Reading]:
        unread = list(dict.fromkeys(each for each in passages if (question, each) not in known))
        known.update(zip(((question, each) for each in unread), read(question, unread), strict=True))
        return [known[question, each] for each in passages]

    return read_new


def weigh(query: Query, passages: Sequence[Passage], library: Library, most: int = JUDGED) -> list[Evidence]:
    """Every sentence of the passages as evidence, none twice: the `most` promising ones judged and by their rank."""
    cases, rest = cases_of(query, passages, library, most, library.judge.uses("alone"))
    verdicts = [(library.judge.judge(case), case.evidence) for case in cases]
    verdicts.sort(key=lambda each: -each[0].rank)
    return [replace(evidence, probability=verdict.probability) for verdict, evidence in verdicts] + rest


def cases_of(
    query: Query, passages: Sequence[Passage], library: Library, most: int = JUDGED, alone: bool = True
) -> tuple[list[Case], list[Evidence]]:
    """(the `most` promising sentences as cases for the judge, the others), of passages that are read first.

    With `alone` the first few sentences are read by themselves as well: a second reading of each, for a judge that
    makes something of it.
    """
    evidence = list(without_repeats(_read_evidence(query, passages, library)))
    if library.read and alone:
        evidence = _read_alone(query, evidence, library.read)
    unknown = _unknown(query.terms, library.frequency)
    leads = _leads(passages)
    rivals = _rivals(evidence)
    cases = []
    for each in evidence[:most]:
        source = each.passage.chunk.source
        short = with_short(query, each, library.view(source).year)
        lead = each.passage.score - leads.get(source, 0.0)
        ahead = each.relevance - rivals.get((source, each.passage.chunk.start), each.relevance)
        cases.append(Case(query, short, library.view(source), lead, unknown, ahead))
    return cases, evidence[most:]


def _read_evidence(query: Query, passages: Sequence[Passage], library: Library) -> list[Evidence]:
    """Every sentence with what the reader says of it; what tells of an asked year as 去年 is read for that wording."""
    if library.read is None:
        return evidence_of(passages, None, library.report)
    wanted = [_as_asked(query, passage, library.view(passage.chunk.source)) for passage in passages]
    evidence = evidence_of(passages, _readings(query, wanted, library.read), library.report)
    again = {(each.passage.chunk.source, each.start): each for each in _read_as_told(query, passages, library)}
    evidence = [again.get((each.passage.chunk.source, each.start), each) for each in evidence]
    return sorted(evidence, key=lambda each: -promise(each))


def _read_as_told(query: Query, passages: Sequence[Passage], library: Library) -> Iterator[Evidence]:
    """The sentences that tell of an asked year by a word such as 去年, read for the question in that wording: those in
    which the reader then finds the answer, for it hardly tells one year from another by itself."""
    read, asked = library.read, query.rendered or query.question.interpreted
    if read is None or not query.expected.years:
        return
    for passage in passages:
        view = library.view(passage.chunk.source)
        wording = as_told(asked, passage.chunk.text, view.year)
        if wording == asked:
            continue
        for each in evidence_of([passage], read(wording, [_as_asked(query, passage, view)]), library.report):
            if each.span is not None and speaks_of_year(view, each.end, (each.start, each.end), query.expected.years):
                yield each


def _as_asked(query: Query, passage: Passage, view: ReportView) -> ToRead:
    """A passage as it is read for a question about a place: under the name of the place that it speaks of, asked about
    or not, where neither it nor what stands above it tells; one that names the asked place (唐县) also under what the
    question says that lies in (河北唐县).

    A report names its place once, and a paragraph the one it turns to; the reader sees neither where the passage was
    cut from its midst.
    """
    read = to_read(passage)
    names = names_asked(query, view)
    shown = f"{read.title}\n{read.section}\n{passage.chunk.text}"
    told = [name for name in names if stands(name, shown)]
    if told:
        around = [other for other in names if other not in told and any(within(name, other) for name in told)]
        return replace(read, title=f"{around[0]} {read.title}".strip()) if around else read
    if not names:
        return read
    begins = passage.chunk.start
    ends = next((end for _, end in marks.sentences(view.text, begins, passage.chunk.end)), passage.chunk.end)
    each_place = (*query.places, *((name,) for name in names if not any(name in known for known in query.places)))
    about = [place for place in each_place if speaks_of(view, ends, begins, passage.chunk.section, place)]
    subject = about[0][0] if len(about) == 1 else None
    if not about:
        other = told_place(view, ends, begins, names)
        named = other is None or stands(other, f"{read.title}\n{passage.chunk.text}")
        subject = other if other in view.places and not named else None
    return replace(read, title=f"{subject} {read.title}".strip()) if subject else read


def _readings(query: Query, wanted: Sequence[ToRead], read: Read) -> list[Reading]:
    """What is read for a question, and for one in another language as it is put into Chinese too."""
    readings = read(query.question.interpreted, wanted)
    if not query.rendered:
        return readings
    return [between(*both) for both in zip(readings, read(query.rendered, wanted), strict=True)]


def _read_alone(query: Query, evidence: Sequence[Evidence], read: Read) -> list[Evidence]:
    """The same with what the most promising sentences say when nothing else is read; the others say no more than the
    least of them."""
    first = evidence[:_ALONE]
    wanted = [replace(to_read(each.passage), text=each.text) for each in first]
    relevances = [reading.relevance for reading in read(query.rendered or query.question.interpreted, wanted)]
    relevances += [min(relevances, default=0.0)] * (len(evidence) - len(first))
    return [replace(each, alone=alone) for each, alone in zip(evidence, relevances, strict=True)]


def _leads(passages: Sequence[Passage]) -> dict[str, float]:
    """For each report the best score of a passage of another one."""
    best: dict[str, float] = {}
    for passage in passages:
        best[passage.chunk.source] = max(best.get(passage.chunk.source, 0.0), passage.score)
    return {source: max((s for other, s in best.items() if other != source), default=0.0) for source in best}


def _rivals(evidence: Sequence[Evidence]) -> dict[tuple[str, int], float]:
    """For each passage that is read, by its place, the relevance of the most relevant of the others."""
    best: dict[tuple[str, int], float] = {}
    for each in evidence:
        place = each.passage.chunk.source, each.passage.chunk.start
        best[place] = max(best.get(place, each.relevance), each.relevance)
    return {
        place: max((value for other, value in best.items() if other != place), default=best[place]) for place in best
    }


def _unknown(terms: Terms, frequency: Frequency) -> float:
    """The share of a question's telling parts that stand nowhere in the index."""
    unheld = (term for term in terms.terms if not any(form_frequency(form, frequency) for form, _ in term.forms))
    return sum(term.weight for term in unheld)

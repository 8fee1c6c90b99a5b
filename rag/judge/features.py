"""What the judge knows of a sentence that may answer: one small function a feature. Pure.

Each says one thing, in a range of about one, and none decides anything: what each is worth was fitted on questions and
reports that the reader didn't learn from (`make judge`, docs/quality.md). Shares are in [0, 1]; a thing that is so is
1.0, one that isn't 0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ingest.language import bodies, dates, figures, labels, marks, measured, opposites, people, places, telling, units
from ingest.language.divisions import called
from ingest.language.ordinals import in_han
from rag.evidence.shorts import spots
from rag.evidence.subject import ReportView, fold_same_length, speaks_of, speaks_of_year, told_place, told_years
from rag.question.form import form_of
from rag.question.kind import ordinals
from rag.question.query import Query
from rag.question.terms import Terms
from rag.records import Evidence

_SCALE = 10.0  # of log odds
_MOST = 20.0  # log odds beyond which nothing gets surer
_BESIDE = 15  # characters between a post and the name of who holds it
_LEAD = 0.2  # how far one report's best score may be from another's


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence held against a question. `lead` is how far its passage's score is above the best of other reports,
    `ahead` by how many log odds its passage is more relevant than the best of the other passages, `unknown` the share
    of the question's telling parts that no report of the index holds."""

    query: Query
    evidence: Evidence
    view: ReportView
    lead: float
    unknown: float
    ahead: float = 0.0

    @property
    def at(self) -> int:
        """Where the answer stands: its short answer, else the sentence's end."""
        return self.evidence.short[0] if self.evidence.short else self.evidence.end

    @property
    def sentence(self) -> str:
        return self.view.text[self.evidence.start : self.evidence.end]

    @property
    def before(self) -> str:
        """What stands before the answer in its sentence."""
        return self.view.text[self.evidence.start : self.at]

    @property
    def clause(self) -> str:
        """The clause in which the answer stands; the whole sentence where there is no short answer."""
        if self.evidence.short is None:
            return self.sentence
        at = self.at - self.evidence.start
        spans = (span for span in marks.clauses(self.sentence) if span[0] <= at < span[1])
        return next((self.sentence[start:end] for start, end in spans), self.sentence)

    @property
    def above(self) -> str:
        """The paragraph before the sentence, its heading and its report's title."""
        paragraph = self.view.text[self.view.paragraph(self.evidence.start) : self.evidence.start]
        return f"{self.view.title}\n{self.section}\n{paragraph}"

    @property
    def section(self) -> str:
        return fold_same_length(self.evidence.passage.chunk.section or "")


Feature = Callable[[Case], float]


def relevance(case: Case) -> float:
    """The reader's log odds that the passage answers, in tens."""
    return _bounded(case.evidence.relevance)


def margin(case: Case) -> float:
    """By how much the passage's best span beats "no answer here", in tens of log odds."""
    return _bounded(case.evidence.margin)


def proof(case: Case) -> float:
    """The reader's log odds that the sentence proves the answer, in tens."""
    return _bounded(case.evidence.proof)


def alone(case: Case) -> float:
    """The reader's log odds that the sentence answers when nothing but it is read, in tens."""
    return _bounded(case.evidence.alone)


def told(case: Case) -> float:
    """The share of the passage's likeliest spans that the sentence holds."""
    return case.evidence.told


def settled(case: Case) -> float:
    """The share of the likeliest of the sentence's spans among those of its passage."""
    return max((score for _, _, score in case.evidence.spans), default=0.0)


def ahead(case: Case) -> float:
    """By how many log odds the passage is more relevant than the best of the others, in tens."""
    return max(-1.0, min(1.0, case.ahead / _SCALE))


def elsewhere(case: Case) -> float:
    """The passage's best span stands in another sentence."""
    return float(case.evidence.span is None)


def retrieved(case: Case) -> float:
    """The search's score of the passage."""
    return case.evidence.passage.score


def lead(case: Case) -> float:
    """How far the passage's score is above the best of other reports, in fifths."""
    return max(-1.0, min(1.0, case.lead / _LEAD))


def words(case: Case) -> float:
    """The share of the question's telling parts, by rarity in the index, that the sentence holds."""
    return case.query.terms.share(case.sentence)


def words_beside(case: Case) -> float:
    """The share that stands in the answer's own clause: of many figures in a sentence each has a name of its own."""
    return case.query.terms.share(case.clause)


def words_above(case: Case) -> float:
    """The share that doesn't stand in the sentence but above it."""
    return _missing(case.query.terms, case.sentence, case.above)


def word_missing(case: Case) -> float:
    """The share of the most telling part that stands neither in the sentence nor above it."""
    around = f"{case.sentence}\n{case.above}"
    return max((term.weight for term in case.query.terms.terms if not term.within(around)), default=0.0)


def echoed(case: Case) -> float:
    """The share of what the reader points at, by pairs of characters, that the question says itself."""
    if case.evidence.span is None or case.query.expected.kind in ("figure", "date", "yes"):
        return 0.0
    pointed = case.view.text[slice(*case.evidence.span)]
    pairs = {pointed[i : i + 2] for i in range(len(pointed) - 1)}
    return sum(pair in case.query.question.folded for pair in pairs) / len(pairs) if pairs else 0.0


def words_unknown(case: Case) -> float:
    """The share that stands nowhere in the index."""
    return case.unknown


def other_place(case: Case) -> float:
    """The sentence speaks of another place than the one asked about."""
    names = names_asked(case.query, case.view)
    start = case.evidence.start
    return float(bool(names) and not speaks_of(case.view, case.at, start, case.section, names))


def same_place(case: Case) -> float:
    """The sentence speaks of the place asked about."""
    return float(bool(names_asked(case.query, case.view)) and not other_place(case))


def other_year(case: Case) -> float:
    """The sentence speaks of another year than the one asked about; no report does that tells no year at all."""
    years = case.query.expected.years
    return float(bool(years) and case.view.dated and not _of_year(case, years))


def same_year(case: Case) -> float:
    """The sentence speaks of the year asked about."""
    years = case.query.expected.years
    return float(bool(years) and _of_year(case, years))


def year_told(case: Case) -> float:
    """A year is asked about, and the sentence itself names others only; 今年 is another one than 去年."""
    years = case.query.expected.years
    if not years:
        asked = {date.relative for date in case.query.named.dates if date.relative is not None}
        return float(bool(asked) and bool(told := _relative_years(case.sentence)) and not told & asked)
    named = told_years(case.sentence, case.view.year)
    return float(bool(named) and not named & years)


def other_period(case: Case) -> float:
    """A half or a quarter of a year is asked about, and the sentence or what stands above it names others only."""
    periods = case.query.named.periods
    named = (dates.periods(case.sentence) or dates.periods(case.above)) if periods else frozenset[tuple[int, int]]()
    return float(bool(named) and not named & periods)


def other_rank(case: Case) -> float:
    """The question names a place, and what is told names one of another rank alike instead (伊宁市 for 伊宁县), or is
    about a part of it alone (和静县 for 巴州)."""
    if _tells_of_a_part(case):
        return 1.0
    asked_places = [place for place in case.query.named.places if place.name != place.stem]
    around = f"{case.sentence}\n{case.above}"
    others = places.find(around) if asked_places else ()
    return float(
        any(
            place.name not in around and any(other.stem == place.stem and other.name != place.name for other in others)
            for place in asked_places
        )
    )


def _tells_of_a_part(case: Case) -> bool:
    """Whether the sentence is about a place within the asked one: by the table, or narrower where it knows neither."""
    names = names_asked(case.query, case.view)
    subject = told_place(case.view, case.at, case.evidence.start, names) if names else None
    return bool(subject) and subject not in names and any(_is_part(str(subject), name) for name in names)


def _is_part(part: str, name: str) -> bool:
    if places.within(part, name):
        return True
    level, of = places.level(part), places.level(name)
    known = bool(called(part)) and bool(called(name))
    return not known and level is not None and of is not None and places.width(level) > places.width(of)


def wrong_kind(case: Case) -> float:
    """A figure or a date is asked for, and the sentence holds none that may answer."""
    want = case.query.expected
    return float(want.kind in ("figure", "date") and not spots(want, case.sentence))


def other_measure(case: Case) -> float:
    """What the question asks for is told in money, in people, in a share, and the sentence holds no such figure."""
    kind = measured.asked_in(case.query.question.folded) if case.query.expected.kind == "figure" else ""
    return float(bool(kind) and not any(kind in units.kinds(figure.unit) for figure in figures.find(case.sentence)))


def pointed(case: Case) -> float:
    """A figure or a date is asked for, and the reader points at one that may answer."""
    return float(case.query.expected.kind in ("figure", "date") and case.evidence.short is not None)


def no_name(case: Case) -> float:
    """A person is asked for, and the sentence names none."""
    return float(case.query.expected.kind == "person" and not people.find(case.sentence))


def no_body(case: Case) -> float:
    """An organisation is asked for, and the sentence names none."""
    return float(case.query.expected.kind == "body" and not bodies.find(case.sentence))


def planned(case: Case) -> float:
    """A result is asked for, and what is told is a plan."""
    want = case.query.expected
    aimed = telling.ahead(case.before, case.section) or (telling.aimed(case.before) and want.kind == "figure")
    aimed = aimed or telling.is_plan(case.view.title)
    return float(not want.plan and want.kind in ("figure", "date") and aimed)


def no_plan(case: Case) -> float:
    """A plan is asked for, and nothing around the sentence speaks of one."""
    return float(case.query.expected.plan and not telling.aimed(f"{case.sentence}\n{case.above}"))


def growth(case: Case) -> float:
    """A total is asked for and a growth is told, or the reverse."""
    want = case.query.expected
    figure = want.kind == "figure" and case.evidence.short is not None
    return float(figure and telling.changed(case.before) != want.change)


def newly(case: Case) -> float:
    """All there is is asked for and what came new is told, or the reverse."""
    want = case.query.expected
    if want.kind != "figure" or case.evidence.short is None:
        return 0.0
    return float(telling.newly(case.clause) != case.query.named.newly)


def denied(case: Case) -> float:
    """The answer's clause or one behind it says that something wasn't so, and the question doesn't ask for that."""
    if case.query.expected.kind == "yes" or case.query.named.denied:
        return 0.0
    return float(telling.denied(case.sentence[case.sentence.find(case.clause) :]))


def other_body(case: Case) -> float:
    """The question names an organisation, and the sentence another one of the kind instead."""
    organisations = case.query.named.bodies
    bodies_here = bodies.find(case.sentence) if organisations else []
    rivals = [body for body in bodies_here if any(body.is_like(name) for name in organisations)]
    return float(bool(rivals) and not any(body.is_same(name) for body in rivals for name in organisations))


def other_ordinal(case: Case) -> float:
    """The question gives an ordinal or a rank, and the sentence gives another one instead."""
    names = case.query.expected.names
    ordinals_here = ordinals(case.sentence)
    return float(bool(names & case.query.named.ordinals) and bool(ordinals_here) and not names & ordinals_here)


def other_label(case: Case) -> float:
    """The question gives a label (2号楼, 二期), and the sentence gives others of its mark instead."""
    return float(labels.others(case.query.question.folded, case.sentence))


def opposite(case: Case) -> float:
    """The sentence tells of what excludes what is asked about (女 for 男), which is told nowhere around it."""
    return float(opposites.instead(case.query.question.folded, case.sentence, case.above))


def opposite_beside(case: Case) -> float:
    """The answer's clause tells of what excludes what is asked about."""
    return float(opposites.instead(case.query.question.folded, case.clause, ""))


def earlier(case: Case) -> float:
    """The answer's clause tells of an earlier one, and the question doesn't ask for it."""
    return float(telling.earlier(case.clause) and not telling.earlier(case.query.question.folded))


def part(case: Case) -> float:
    """A figure is asked for, and what is told is that of a part."""
    return float(case.query.expected.kind == "figure" and telling.part(case.before))


def for_each(case: Case) -> float:
    """A total is asked for and a figure a head, a household or an acre is told, or the reverse."""
    want = case.query.expected
    return float(want.kind == "figure" and telling.for_each(case.sentence) != want.each)


def other_way(case: Case) -> float:
    """What ended or fell is asked for, and the sentence doesn't tell of it."""
    want = case.query.expected
    return float(
        (want.ending and not telling.ended(case.sentence)) or (want.falling and not telling.fell(case.sentence))
    )


def other_post(case: Case) -> float:
    """Who holds a post is asked for, and the one named holds another."""
    role = case.query.expected.role
    return float(bool(role) and not _holds(case, role))


def other_name(case: Case) -> float:
    """The share of the ordinals, ranks and names that the question gives and neither the sentence nor what stands above
    it does."""
    names = case.query.expected.names
    around = in_han(f"{case.sentence}\n{case.above}") if names else ""
    return sum(name not in around for name in names) / len(names) if names else 0.0


def left_out(case: Case) -> float:
    """The sentence names what isn't to be counted."""
    return float(any(name in case.sentence for name in case.query.expected.left_out))


def thing_missing(case: Case) -> float:
    """The share of the thing counted that stands neither in the sentence nor above it."""
    head = case.query.head
    return 1.0 - head.share(f"{case.sentence}\n{case.above}") if head.terms else 0.0


def figures_many(case: Case) -> float:
    """A figure is asked for, and the sentence holds several: tenths."""
    return min(10, len(figures.find(case.sentence))) / 10 if case.query.expected.kind == "figure" else 0.0


def day_missing(case: Case) -> float:
    """The question gives a day, and neither the sentence nor its paragraph does."""
    days = set(case.query.expected.days)
    days_here = {(date.month, date.day) for date in dates.find(f"{case.sentence}\n{case.above}")}
    return float(bool(days) and not days & days_here)


def exact(case: Case) -> float:
    """A figure or a date is asked for: what answers is told exactly or not at all."""
    return float(case.query.expected.kind in ("figure", "date"))


def explained(case: Case) -> float:
    """What is asked for wants explaining: how, why, which measures."""
    return float(form_of(case.query) == "passage")


FEATURES: dict[str, Feature] = {
    feature.__name__: feature
    for feature in (
        relevance,
        margin,
        proof,
        alone,
        told,
        settled,
        ahead,
        elsewhere,
        retrieved,
        lead,
        words,
        words_beside,
        words_above,
        words_unknown,
        word_missing,
        echoed,
        other_place,
        same_place,
        other_year,
        same_year,
        year_told,
        other_period,
        other_rank,
        wrong_kind,
        other_measure,
        pointed,
        no_name,
        no_body,
        planned,
        no_plan,
        growth,
        newly,
        denied,
        other_body,
        other_ordinal,
        other_label,
        opposite,
        opposite_beside,
        earlier,
        part,
        for_each,
        other_way,
        other_post,
        other_name,
        left_out,
        thing_missing,
        figures_many,
        day_missing,
        exact,
        explained,
    )
}
"""By the names under which their weights are kept."""


def names_asked(query: Query, view: ReportView) -> list[str]:
    """The asked places by all their names, and what the report calls a place that the question names too."""
    names = [_apart(name, query, view) for names in query.places for name in names]
    # A question in another language names it by its translation.
    translated = (
        {form for term in query.terms.terms for form, sure in term.forms if sure == 1.0} if query.core else set()
    )
    named = (place for place in view.places if place in query.question.folded or place in translated)
    whole = {places.stem(name) for name in names if name != places.stem(name)}
    return names + [place for place in named if place not in names and place not in whole]


def _apart(name: str, query: Query, view: ReportView) -> str:
    """A name with its rank where the report names a place of another rank alike."""
    rivals = [place for place in view.places if place != name and places.stem(place) == name]
    written = (query.question.folded[place.start : place.end] for place in query.named.places)
    return next((word for word in written if rivals and word != name and places.stem(word) == name), name)


def _of_year(case: Case, years: Collection[str]) -> bool:
    return speaks_of_year(case.view, case.at, (case.evidence.start, case.evidence.end), years)


def _relative_years(sentence: str) -> set[int]:
    """The years that a sentence tells as seen from its report's own (去年 -1), without those it only compares with."""
    compared = dates.comparisons(sentence)
    told = (date for date in dates.find(sentence) if not any(start <= date.start < end for start, end in compared))
    return {date.relative for date in told if date.relative is not None}


def _bounded(odds: float) -> float:
    return max(-_MOST, min(_MOST, odds)) / _SCALE


def _missing(terms: Terms, here: str, around: str) -> float:
    return sum(term.weight * term.within(around) for term in terms.terms if not term.within(here))


def _holds(case: Case, role: str) -> bool:
    """Whether who is named holds the post; a deputy's isn't that of the chief."""
    start, end = case.evidence.short or (case.evidence.end, case.evidence.end)
    first, last = case.evidence.start, case.evidence.end
    named = (p for p in people.find(case.sentence) if first + p.start < end and start < first + p.end)
    held = next((() if person.former else person.posts for person in named if person.posts), None)
    if held is None:
        held = people.posts(case.view.text[max(0, start - _BESIDE) : min(last, end + _BESIDE)])
    if not held:  # whoever has a trade is often told without it
        return all(post.is_trade for post in people.posts(role))
    return any(people.same_post(role, post.post) for post in held)

"""Features: whether what a sentence tells is of the kind that is asked for. Pure."""

from __future__ import annotations

from ingest.language import bodies, figures, measured, opposites, people, telling, units
from rag.evidence.shorts import spots
from rag.judge.case import Case
from rag.question.form import form_of

_BESIDE = 15  # characters between a post and the name of who holds it


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


def exact(case: Case) -> float:
    """A figure or a date is asked for: what answers is told exactly or not at all."""
    return float(case.query.expected.kind in ("figure", "date"))


def explained(case: Case) -> float:
    """What is asked for wants explaining: how, why, which measures."""
    return float(form_of(case.query) == "passage")


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

"""Which reports speak of something, each with its sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answers.citing import ReportOf, answered, in_script, refused, say
from rag.evidence.sentences import narrowed
from rag.evidence.subject import ReportView, fold_same_length
from rag.judge.ranking import ViewOf
from rag.question.query import Query
from rag.records import Answer, Certainty, Evidence

_MOST_REPORTS = 8  # reports quoted in one answer
_BRIEF = 500  # characters of all quotes together
_ALIKE = 0.75  # how much of the best report's share of what is asked another's must hold to be listed
_MENTIONED, _SURELY = 0.5, 0.8  # the share of what is asked that a sentence must hold to speak of it at all, and surely


def mentions(query: Query, evidence: Sequence[Evidence], report_of: ReportOf, view_of: ViewOf) -> Answer:
    """Which reports speak of something, each with its sentence; the refusal when none does."""
    question = query.question
    quoted = re.findall(r"[“「《\"]([^”」》\"]{1,30})[”」》\"]", question.folded)
    shares: dict[str, tuple[float, Evidence]] = {}
    for e in evidence:
        view = view_of(e.passage.chunk.source)
        sentence = view.text[e.start : e.end]
        share = query.terms.share(sentence)
        exact = bool(quoted) and all(name in sentence for name in quoted)
        speaks = exact or (not quoted and share >= _MENTIONED)
        if speaks and share > shares.get(view.source, (-1.0, e))[0]:
            shares[view.source] = share, e
    if not shares:
        reason = say(question, "没有报告提到所问的内容。", "No report mentions what is asked.")
        return refused(question, reason, evidence, report_of)
    most = max(share for share, _ in shares.values())
    best = sorted(shares.values(), key=lambda each: -each[0])
    listed = [e for share, e in best if share >= _ALIKE * most or quoted][:_MOST_REPORTS]
    room = _BRIEF // len(listed)
    listed = [narrowed(e, _mentioned_at(query, e, quoted), room) for e in listed]
    labels = [_label(view_of(e.passage.chunk.source), e.passage.title) for e in listed]
    lead = say(question, f"{len(listed)}份报告:", f"{len(listed)} reports: ") + in_script(
        "; ".join(f"{label} [{n}]" for n, label in enumerate(labels, 1)), question
    )
    short = in_script("、".join(labels), question)
    short_answer = short if len(short) <= _BRIEF // 4 else None
    certainty: Certainty = "sure" if quoted or most >= _SURELY else "likely"
    return answered(question, listed, report_of, form="computed", certainty=certainty, short=short_answer, lead=lead)


def _mentioned_at(query: Query, evidence: Evidence, quoted: Sequence[str]) -> int:
    """Where in the report the first of what is asked for stands."""
    forms = quoted or [form for term in query.terms.terms for form, _ in term.forms]
    folded = fold_same_length(evidence.text)
    return evidence.start + min((at for form in forms if (at := folded.find(form)) >= 0), default=0)


def _label(view: ReportView, title: str) -> str:
    """What a report is called in a list: its title, with whom it is about in front where the title doesn't say."""
    if view.issuer or any(place in view.title for place in view.places):
        return f"《{title}》"
    counts = {place: view.text.count(place) for place in view.places}
    often = [place for place, count in counts.items() if count > 1 and 2 * count >= max(counts.values())]
    return f"{min(often, key=view.text.find)}《{title}》" if often else f"《{title}》"

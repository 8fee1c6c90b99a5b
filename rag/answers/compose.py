"""Answer or refuse: the best evidence becomes a verbatim quote with its citation, or a reason is given. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from config.errors import UsageError
from ingest.language.script import to_traditional
from ingest.records import CleanReport
from rag.evidence import sentences as extract
from rag.evidence.library import Library, ReportOf, ViewOf
from rag.evidence.reading import is_enough, read_evidence
from rag.evidence.subject import ReportView
from rag.question.kind import Asked, Kind
from rag.question.query import Query
from rag.records import Answer, Citation, Evidence, Passage, Question

_NEAREST = 3
_KINDS: dict[Kind, tuple[str, str]] = {
    "figure": ("数字", "figure"),
    "date": ("日期", "date"),
    "person": ("人名", "name of a person"),
    "post": ("职务", "post"),
    "body": ("单位", "organisation"),
}
_ANSWER = ("答案", "answer")
# A bracketed number of the report's own would read like one of our markers.
_NOT_OURS = re.compile(r"\[(\d+)\]")


def compose(query: Query, passages: Sequence[Passage], library: Library) -> Answer:
    """The answer to a question from its passages."""
    if query.asked.published:
        return _published(query, passages, library)
    evidence = weigh(query, passages, library)
    reason = refusal(query, evidence, views_of(passages, library.view), library.min_evidence)
    if reason is not None:
        return refuse(query.question, reason, evidence, library.report)
    best = evidence[0]
    report = library.report(best.passage.chunk.source)
    short = in_script(report.text[slice(*best.short)], query.question) if best.short else None
    return answer_with(query.question, [best], short, library.report)


def _published(query: Query, passages: Sequence[Passage], library: Library) -> Answer:
    """When a report was published, as it is marked itself; its title is quoted."""
    report_of = library.report
    about = replace(query, asked=Asked("text"))
    # Which report is meant is a matter of its words; nothing in its passages answers when it was published.
    evidence = weigh(about, passages, replace(library, read=None))
    reason = refusal(about, evidence, views_of(passages, library.view), library.min_evidence)
    if reason is not None:
        return refuse(query.question, reason, evidence, report_of)
    best = evidence[0]
    report, date = report_of(best.passage.chunk.source), best.passage.date
    told = date and (not query.asked.days or (int(date[5:7]), int(date[8:])) in query.asked.days)
    if not date or not told:
        missing = say(
            query.question, "报告没有标明所问的发布日期。", "The report does not give that date of publication."
        )
        return refuse(query.question, missing, evidence, report_of)
    at = report.text.find(best.passage.title)
    if at >= 0:
        best = replace(best, start=at, end=at + len(best.passage.title), text=best.passage.title, short=None)
    lead = say(query.question, f"{date}(报告标明的发布日期)", f"{date} (as the report is dated)")
    return answer_with(query.question, [best], date, report_of, lead)


def weigh(query: Query, passages: Sequence[Passage], library: Library) -> list[Evidence]:
    """Every sentence of the passages as evidence, best first, what says the same twice left out."""
    found = {
        (e.passage.chunk.source, e.start, e.short): e
        for p in reversed(passages)
        for e in extract.find_evidence(query, p, library.report(p.chunk.source), library.view(p.chunk.source))
    }
    evidence = list(found.values())
    if query.core:
        evidence = extract.by_meaning(query, evidence, library.view, library.meaning)
    if library.read is not None:
        evidence = read_evidence(query, evidence, passages, library.read)
    seen: set[str] = set()
    kept = []
    for e in extract.rank(evidence):
        said = re.sub(r"\W", "", e.text)
        if said not in seen:
            seen.add(said)
            kept.append(e)
    return kept


def answer_with(
    question: Question, evidence: Sequence[Evidence], short: str | None, report_of: ReportOf, lead: str = ""
) -> Answer:
    """An answer that quotes each piece of evidence, in this order, under its own number."""
    citations = tuple(cite(e, report_of(e.passage.chunk.source), n) for n, e in enumerate(evidence, 1))
    quotes = [f"{_as_said(c.quote, question)} [{c.n}]" for c in citations]
    return Answer(
        question=question.text,
        interpreted=question.interpreted,
        language=question.language,
        status="answered",
        answer="\n".join([lead, *quotes] if lead else quotes),
        short_answer=short,
        citations=citations,
        reason=None,
        nearest=(),
    )


def refuse(question: Question, reason: str, evidence: Sequence[Evidence], report_of: ReportOf) -> Answer:
    """The refusal with its reason and what came closest."""
    closest = sorted(evidence, key=extract.value, reverse=True)[:_NEAREST]
    return Answer(
        question=question.text,
        interpreted=question.interpreted,
        language=question.language,
        status="not_found",
        answer="",
        short_answer=None,
        citations=(),
        reason=reason,
        nearest=tuple(cite(e, report_of(e.passage.chunk.source), n) for n, e in enumerate(closest, 1)),
    )


def narrowed(answer: Answer, question: Question) -> Answer:
    """A refusal that says that a filter left some reports out; an answer as it is."""
    if answer.reason is None:
        return answer
    only = say(question, "只查了所选的报告:", "Among the chosen reports only: ")
    return replace(answer, reason=only + answer.reason)


def refusal(query: Query, evidence: Sequence[Evidence], views: Iterable[ReportView], min_evidence: float) -> str | None:
    """Why the question can't be answered, in its language, or None when it can."""
    question = query.question
    if not evidence:
        return say(question, "索引中没有任何报告内容。", "The index holds no reports.")
    views = list(views)
    for names in query.places:
        if not any(name in view.text or name in view.title for view in views for name in names):
            return say(question, f"报告中没有提到{names[0]}。", f"The reports do not mention {names[0]}.")
    best = evidence[0]
    if is_enough(best, query, min_evidence):
        return None
    closest = max(evidence, key=extract.value)
    if not is_enough(replace(closest, mismatch=None), query, min_evidence) or closest.mismatch is None:
        return say(question, "报告中没有提到所问的内容。", "The reports do not mention what is asked.")
    asked = [names[0] for names in query.places]
    places = "、".join(asked or dict.fromkeys(name for view in views for name in extract.names_asked(query, view)))
    years = "、".join(sorted(query.asked.years))
    return {
        "place": say(
            question,
            f"报告提到了{places},但相关内容说的是别处。" if places else "报告中没有提到所问的内容。",
            f"The reports mention {places}, but what they say on this is about another place.",
        ),
        "year": say(
            question, f"报告中的相关内容说的不是{years}年。", f"What the reports say on this is not about {years}."
        ),
        "plan": say(
            question,
            "报告提到了相关内容,但没有给出所问的目标。" if query.asked.plan else "报告只给出了目标,没有给出实际结果。",
            "The reports mention the subject but give no such target."
            if query.asked.plan
            else "The reports give a target, not the result.",
        ),
        "name": say(
            question,
            "报告提到了相关内容,但说的不是所问的那一个。",
            "The reports speak of another one than the one asked about.",
        ),
        "thing": say(
            question,
            "报告提到了相关内容,但没有说到所问的这一点。",
            "The reports mention the subject but not this point.",
        ),
        "kind": say(
            question,
            f"报告提到了相关内容,但没有给出所问的{_KINDS.get(query.asked.kind, _ANSWER)[0]}。",
            f"The reports mention the subject but give no such {_KINDS.get(query.asked.kind, _ANSWER)[1]}.",
        ),
    }[closest.mismatch]


def cite(evidence: Evidence, report: CleanReport, n: int) -> Citation:
    """The citation of a piece of evidence, checked against the cleaned text before anyone sees it."""
    raw_start, raw_end = report.mapped.raw_span(evidence.start, evidence.end)
    quote = report.text[evidence.start : evidence.end]
    if quote != evidence.text:
        raise AssertionError(f"{report.source}: quote at {evidence.start} is not the report's own text")
    return Citation(
        n=n,
        source=report.source,
        title=evidence.passage.title,
        date=evidence.passage.date,
        section=evidence.passage.chunk.section,
        quote=quote,
        start=evidence.start,
        end=evidence.end,
        raw_quote=report.raw[raw_start:raw_end],
        raw_start=raw_start,
        raw_end=raw_end,
        page=report.page(evidence.start),
        score=round(evidence.support, 4),
    )


def title_of(title: str | None, source: str) -> str:
    """A report's title, or its file's name where the title is unknown."""
    return title or PurePosixPath(source).stem


def say(question: Question, chinese: str, english: str) -> str:
    """A sentence of ours in the question's language and script."""
    return english if question.language in ("en", "und") else in_script(chinese, question)


def in_script(text: str, question: Question) -> str:
    """A text in the question's script."""
    return to_traditional(text) if question.language == "zh-Hant" else text


def _as_said(quote: str, question: Question) -> str:
    return _NOT_OURS.sub(r"［\1］", in_script(quote, question))


def views_of(passages: Iterable[Passage], view_of: ViewOf) -> list[ReportView]:
    """The reports that passages are from."""
    return [view_of(source) for source in dict.fromkeys(p.chunk.source for p in passages)]


def unusable(text: str, error: UsageError) -> Answer:
    """The refusal of a question that can't be asked at all, for callers that owe every question an answer."""
    return Answer(
        question=text,
        interpreted=text,
        language="zh-Hans",
        status="not_found",
        answer="",
        short_answer=None,
        citations=(),
        reason=error.text("zh"),
        nearest=(),
    )

"""In which form a question wants to be answered. Pure."""

from __future__ import annotations

import functools
import re

from ingest.language import marks
from ingest.language.questions import asking
from ingest.language.words import alternation, table
from rag.question.kind import Kind
from rag.question.query import Query
from rag.records import Form

_BY_KIND: dict[Kind, Form] = {"list": "list", "yes": "yesno", "reports": "computed"}


def form_of(query: Query) -> Form:
    """The form of the answer, as far as the question tells."""
    folded = query.question.folded
    if _summary().search(folded) or (_leading().search(folded) and not _asks().search(folded)):
        return "summary"
    if query.expected.kind in ("text", "list", "name", "place") and _explains().search(folded):
        return "passage"
    return _BY_KIND.get(query.expected.kind, "fact")


def beside_summary(text: str) -> str:
    """A folded question without the words that ask for a summary, and those by which it calls the whole report."""
    return _report().sub(" ", _leading().sub(" ", _summary().sub(" ", text)))


@functools.cache
def _summary() -> re.Pattern[str]:
    words = table("questions")["summary"]
    return re.compile(rf"{alternation(words['words'])}|\b(?:{alternation(words['english'])})\b")


@functools.cache
def _leading() -> re.Pattern[str]:
    """What asks for a summary at a question's beginning only: 总结某县的工作, but not 某县总结."""
    words = table("questions")["summary"]
    polite = alternation(words["polite"])
    return re.compile(rf"^\s*(?:{polite})*(?:{alternation(words['leading'])})(?![{words['leading_not_before']}])")


@functools.cache
def _asks() -> re.Pattern[str]:
    return re.compile(rf"{asking()}|吗")


@functools.cache
def _report() -> re.Pattern[str]:
    return re.compile(alternation(table("questions")["summary"]["report"]))


@functools.cache
def _explains() -> re.Pattern[str]:
    words = table("questions")["explained"]["words"]
    named = rf"(?:{asking('thing', 'list', 'which')})[^{marks.PAUSES}{marks.ENDS}]{{0,6}}?{alternation(words)}"
    return re.compile(rf"{asking('reason', 'manner')}|{named}|\b(?:how|why|describe|explain)\b(?! (?:many|much))")

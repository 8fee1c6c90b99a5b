"""A session as the minutes of a meeting, in Markdown: question, answer, quotes, sources with their dates. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import Language, Message
from config.shown import markdown
from rag.answers.table import Table
from rag.records import Answer
from rag.search.filters import Filter
from rag.show.render import answer_markdown, table_markdown

_TITLE = Message("问报记录", "wenbao minutes")
_ONLY = Message("只在这些报告中查找", "asked only of")
_EMPTY = Message("(没有提问)", "(nothing was asked)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question's answer or an indicator's table, where it was sought, and when it was given."""

    answer: Answer | Table
    only: Filter
    at: datetime.datetime


def minutes(exchanges: Sequence[Exchange], language: Language, now: datetime.datetime) -> str:
    """The whole session, in its order."""
    paragraphs = [f"# {_TITLE.text(language)} {now:%Y-%m-%d %H:%M}"]
    for n, exchange in enumerate(exchanges, 1):
        answer = exchange.answer
        question = answer.indicator if isinstance(answer, Table) else answer.question
        paragraphs.append(f"## {n}. {markdown(' '.join(question.split()))}")
        if exchange.only:
            paragraphs.append(f"*{_ONLY.text(language)}: {markdown(exchange.only.text(language))}*")
        paragraphs.append(
            table_markdown(answer, language) if isinstance(answer, Table) else answer_markdown(answer, language)
        )
    if not exchanges:
        paragraphs.append(_EMPTY.text(language))
    return "\n\n".join(paragraphs) + "\n"

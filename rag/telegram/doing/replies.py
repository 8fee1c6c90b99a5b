"""What is said to a stored question: its answer, or the table that it asks for, or why there is neither."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import IndexUnavailable, Language, ModelError, UsageError
from rag.answers.table import Table, set_out
from rag.question.understand import figure_question
from rag.records import Answer, Citation
from rag.telegram.answering import Answering, Overloaded
from rag.telegram.receiving.access import Access
from rag.telegram.sending import messages, texts
from rag.telegram.sending.layout import Span
from rag.telegram.state.questions import Status, Stored

_log = logging.getLogger(__name__)

TABLE = "/table"
"""What a stored question begins with that asks for a table."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said and how the question ended; `search` finds what is related, None where there are no buttons."""

    spans: list[Span]
    status: Status
    quotes: tuple[Citation, ...] = ()
    search: str | None = None

    @classmethod
    def of_answer(cls, answer: Answer, language: Language) -> Reply:
        quotes = answer.citations or answer.nearest
        return cls(messages.answer_spans(answer, language), answer.status, quotes, answer.interpreted)

    @classmethod
    def of_table(cls, table: Table, language: Language) -> Reply:
        status: Status = "tabled" if table.told else "untold"
        return cls(messages.table_spans(table, language), status, table.citations, figure_question(table.indicator))


class Replies:
    """Finds the reply to a question. An unusable question, a busy bot and a missing index are replies too."""

    def __init__(self, access: Access, answering: Answering) -> None:
        self._access, self._answering = access, answering

    async def reply(self, question: Stored, history: Sequence[str], language: Language) -> Reply:
        """Only what nobody expected is raised."""
        try:
            return await self._found(question, history, language)
        except UsageError as exc:
            return _unusable(exc.text(language))
        except Overloaded:
            return _unusable(texts.BUSY.text(language))
        except (IndexUnavailable, ModelError) as exc:
            _log.error("no answer: %s", exc)
            detail = f"\n\n{exc.text(language)}" if self._access.admin(question.user) else ""
            return _unusable(texts.UNAVAILABLE.text(language) + detail)

    async def _found(self, question: Stored, history: Sequence[str], language: Language) -> Reply:
        command, _, words = question.text.partition(" ")
        if command == TABLE:
            return Reply.of_table(await self._answering.table(*set_out(words)), language)
        return Reply.of_answer(await self._answering.ask(question.text, history), language)


def _unusable(text: str) -> Reply:
    return Reply([Span(text)], "unusable")

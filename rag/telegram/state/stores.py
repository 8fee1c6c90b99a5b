"""The state of one bot, opened: every store on its one database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.errors import Language
from rag.telegram.state import changes, deliveries, grants, journal, meta, people, questions, tokens
from rag.telegram.state.database import Database
from rag.telegram.state.retention import Retention

_OWNERS = (meta, journal, grants, people, questions, deliveries, tokens, changes)
SCHEMAS = tuple(owner.SCHEMA for owner in _OWNERS)


@dataclass(frozen=True, slots=True)
class Stores:
    """Each table belongs to one store; whoever needs one is given that one."""

    database: Database
    meta: meta.Meta
    journal: journal.Journal
    grants: grants.Grants
    people: people.People
    questions: questions.Questions
    deliveries: deliveries.Deliveries
    tokens: tokens.Tokens
    changes: changes.Changes
    retention: Retention

    @classmethod
    def open(cls, path: Path, language: Language = "zh") -> Stores:
        """Open or make the file; `language` is spoken to who hasn't chosen one. Raises StateUnavailable."""
        database = Database(path, SCHEMAS)
        return cls(
            database,
            meta.Meta(database),
            journal.Journal(database),
            grants.Grants(database),
            people.People(database, language),
            questions.Questions(database),
            deliveries.Deliveries(database),
            tokens.Tokens(database),
            changes.Changes(database),
            Retention(database),
        )

    def close(self) -> None:
        """Let the file go; what is asked of a store after that raises StateUnavailable."""
        self.database.close()

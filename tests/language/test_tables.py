"""A word of Chinese stands in one table of `ingest/language/data`, and in no pattern of another room."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from conftest import ROOT

from ingest.language.units import all_units
from ingest.language.words import table

# What the issue on the reader replaces, and what still has to be moved; each goes with its module.
EXCUSED = {
    "rag/training/cloze.py",
    "rag/training/harder.py",
    "rag/training/misleading.py",
    "rag/training/reports.py",
    "rag/evidence/subject.py",
}
_CLASS = re.compile(r"\[\^?((?:\\.|[^\]\\])+)\]")
_BORDER = re.compile(r"[|()\[\]]")
_GROUP = re.compile(r"^\?(?:P<\w+>|[:=!]|<[=!])")
_GIVEN = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}


def words_of(value: object) -> Iterator[str]:
    """The words of a table, or of a part of one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *words_of(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from words_of(inner)


def _listed(*lists: object) -> frozenset[str]:
    return frozenset(word for value in lists for word in words_of(value) if re.search("[\u3400-\u9fff]", word))


# The vocabulary: what each table names. Its other rows are about the neighbourhood of these words.
LISTS = {
    "ranks": frozenset(row["word"] for row in table("ranks")["rank"]),
    "bodies": _listed(table("bodies")),
    "question words": _listed(table("questions")["asks"]),
    "units": frozenset(word for word in all_units() if len(word) > 1),
    "posts": frozenset(table("people")["posts"]),
}


def patterns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that a pattern is made of where it is given to `re`."""
    for node in ast.walk(tree):
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if called in _GIVEN and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.lineno, part.value


def together(pattern: str, words: frozenset[str]) -> set[str]:
    """The words of a list that are alternatives of one another in a pattern."""
    found = {part for piece in _BORDER.split(_CLASS.sub("", pattern)) if (part := _GROUP.sub("", piece)) in words}
    for match in _CLASS.finditer(pattern):
        characters = {char for char in match[1] if char in words}
        found |= characters if len(characters) > 1 else set()
    return found


def offences(path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{line}: {name}: {'|'.join(sorted(found))}"
        for line, pattern in patterns(tree)
        for name, words in LISTS.items()
        if len(found := together(pattern, words)) > 1
    ]


MODULES = [
    path
    for house in ("ingest", "rag")
    for path in sorted((ROOT / house).rglob("*.py"))
    if "language" not in path.parts and str(path.relative_to(ROOT)) not in EXCUSED
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pattern_elsewhere_repeats_a_table(path):
    assert offences(path) == []


def test_the_rule_sees_a_list_in_a_pattern():
    words = frozenset({"省", "县", "学会", "协会"})
    assert together("(?:学会|协会)$", words) == {"学会", "协会"}
    assert together("[省市县]", words) == {"省", "县"}
    assert together("学会[^省]", words) == {"学会"}

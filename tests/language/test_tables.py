"""A word of Chinese stands in one table of `ingest/language/data`, and in no pattern of another room."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from conftest import ROOT

from ingest.language.words import DATA, table

# What the next issue on answers replaces; each goes with its module.
EXCUSED = {
    "rag/evidence/candidates.py",
    "rag/evidence/sentences.py",
    "rag/evidence/subject.py",
    "rag/evidence/reading.py",
}
_TABLES = {path.stem: table(path.stem) for path in sorted(DATA.glob("*.toml"))}
_CLASS = re.compile(r"\[\^?((?:\\.|[^\]\\])+)\]")
_ALTERNATIVE = re.compile(r"[|()\[\]]")
_HAN = re.compile("[\u3400-\u9fff]")
_PATTERN = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}


def _words(value: object) -> Iterator[str]:
    """The words of a table or a part of one; a string without spaces of single characters is a set of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


LISTS = {
    (name, key): frozenset(word for word in _words(part) if _HAN.search(word))
    for name, whole in _TABLES.items()
    for key, part in whole.items()
}


def _patterns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that is given to `re`, and of the strings that such a string is made of."""
    for node in ast.walk(tree):
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if called in _PATTERN and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.lineno, part.value


def _together(pattern: str, words: frozenset[str]) -> set[str]:
    """The words of a list that are alternatives of one another in a pattern."""
    found = {part for part in _ALTERNATIVE.split(_CLASS.sub("", pattern)) if part in words}
    for match in _CLASS.finditer(pattern):
        characters = {char for char in match[1] if char in words}
        found |= characters if len(characters) > 1 else set()
    return found


def offences(path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{line}: {'.'.join(key)}: {'|'.join(sorted(found))}"
        for line, pattern in _patterns(tree)
        for key, words in LISTS.items()
        if len(found := _together(pattern, words)) > 1
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
    assert _together("(?:学会|协会)$", words) == {"学会", "协会"}
    assert _together("[省市县]", words) == {"省", "县"}
    assert _together("学会[^省]", words) == {"学会"}

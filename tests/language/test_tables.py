"""A word of Chinese stands in one table of `ingest/language/data`, and no pattern of another room lists words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from ingest.language import marks
from ingest.language.units import all_units
from ingest.language.words import table

# Modules whose lists stay, with the reason.
EXCUSED = {
    "rag/training/": "makes questions and reports in the words of those who write them",
    "ingest/formats/opendocument.py": "一 and 壹 stand for styles of numbering, as a 1 there does",
    "ingest/formats/grid.py": "tells a column of figures by the shape of its cells, before any unit is known",
}
_CLASS = re.compile(r"\[\^?((?:\\.|[^\]\\])+)\]")
_BORDER = re.compile(r"[|()\[\]]")
_GROUP = re.compile(r"^\?(?:P<\w+>|[:=!]|<[=!])")
_QUANTIFIER = re.compile(r"^(?:[?*+]|\{\d*,?\d*\})[+?]?")
_SPELLED_DATE = re.compile(
    r"(?:\\d|\[0-9\])[^\n]{0,24}?[年月][^\n]{0,24}?(?:\\d|\[0-9\])[^\n]{0,24}?[月日]|19\|20|20\|19"
)
_HAN = re.compile("[\u3400-\u9fff]")
_ALTERNATIVES = re.compile(r"[\u3400-\u9fff]+\??(?:\|[\u3400-\u9fff]+\??){2,}")
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
    "units": frozenset(all_units()),
    "posts": frozenset(table("people")["posts"]),
    "years and months": _listed(
        [row["words"] for row in table("dates")["relative"]], list(table("dates")["parts"].values())
    ),
    "signs of dates": frozenset({"年", "月", "日", "号", "年度", "年份"}),
    "numerals": frozenset(table("numerals")["digits"]) - {"〇", "○"},  # which hide a name, too
    "sentence ends": frozenset(table("marks")["ends"] + table("marks")["half_ends"]),
}


def patterns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that a pattern is made of: what is given to `re`, and what the names hold and the
    functions of the module return that stand in it."""
    held = _values(tree)
    for call in ast.walk(tree):
        called = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if called in _GIVEN and call.args:  # type: ignore[attr-defined]
            yield from _strings(call.args[0], held, set())  # type: ignore[attr-defined]


def _values(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Name → what is assigned to it anywhere in the module, or returned by the function that bears it."""
    held: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for name in (inner.id for target in node.targets for inner in ast.walk(target) if _is_name(inner)):
                held.setdefault(name, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            held.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.FunctionDef):
            returned = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value]
            held.setdefault(node.name, []).extend(returned)
    return held


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _strings(node: ast.AST, held: dict[str, list[ast.expr]], seen: set[str]) -> Iterator[tuple[int, str]]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.lineno, part.value
        elif isinstance(part, ast.Name) and part.id in held and part.id not in seen:
            seen.add(part.id)
            for value in held[part.id]:
                yield from _strings(value, held, seen)


def word_sets(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, alternation) of every set, tuple or list of words alone, and of the words that a dict is looked up by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.Tuple | ast.List):
            held: list[ast.expr | None] = list(node.elts)
        elif isinstance(node, ast.Dict):
            held = list(node.keys)
        else:
            continue
        words = [one.value for one in held if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if len(words) > 1 and (len(words) == len(held) or isinstance(node, ast.Dict)):
            yield node.lineno, "|".join(map(re.escape, words))


def char_sets(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, class) of every string that is a set of characters: frozenset("一二"), char in "一二", strip("年月")."""
    for node in ast.walk(tree):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = node.args[:1] if called in {"set", "frozenset", "tuple", "strip", "lstrip", "rstrip"} else []
        elif isinstance(node, ast.Compare) and all(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            given = node.comparators
        for one in given:
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) > 1:
                yield one.lineno, f"[{re.escape(one.value)}]"


def mark_sets(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, class) of every string of marks alone: what is looked up in it is a class as one in a pattern is."""
    for node in ast.walk(tree):
        written = node.value if isinstance(node, ast.Constant) else None
        if isinstance(written, str) and re.fullmatch(r"[^\w\n]{2,}", written):
            yield node.lineno, f"[{re.escape(written)}]"


def together(pattern: str, words: frozenset[str]) -> set[str]:
    """The words of a list that are alternatives of one another in a pattern; a mark in two widths is one."""
    pieces = (_QUANTIFIER.sub("", _GROUP.sub("", piece)) for piece in _BORDER.split(_CLASS.sub("", pattern)))
    found = {piece for piece in pieces if piece in words and not piece.isascii()}
    for match in _CLASS.finditer(pattern):
        listed = "".join(char for char in match[1] if char in words)
        found |= set(marks.narrow(listed)) if len(set(marks.narrow(listed))) > 1 and not listed.isascii() else set()
    return found


def spells_a_date(pattern: str) -> bool:
    """Whether a pattern says itself how a year, or a year and a month, is written."""
    return bool(_SPELLED_DATE.search(pattern))


def lists_of_words(pattern: str) -> set[str]:
    """Three and more Chinese words that are alternatives of one another, or characters of one class: a table's rows,
    whichever words they are."""
    listed = {match[0] for match in _ALTERNATIVES.finditer(_CLASS.sub("", pattern))}
    return listed | {match[1] for match in _CLASS.finditer(pattern) if len(_HAN.findall(match[1])) > len("一-龥")}


def offences(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = sorted({*patterns(tree), *mark_sets(tree), *word_sets(tree), *char_sets(tree)})
    told = [
        (line, f"{name}: {'|'.join(sorted(found))}")
        for line, pattern in written
        for name, words in LISTS.items()
        if len(found := together(pattern, words)) > 1
    ]
    told += [(line, words) for line, pattern in sorted(set(patterns(tree))) for words in lists_of_words(pattern)]
    told += [(line, "a date") for line, pattern in written if spells_a_date(pattern)]
    return [f"{path.relative_to(ROOT)}:{line}: {what}" for line, what in sorted(set(told))]


MODULES = [
    path
    for house in ("ingest", "rag")
    for path in sorted((ROOT / house).rglob("*.py"))
    if "language" not in path.parts and not str(path.relative_to(ROOT)).startswith(tuple(EXCUSED))
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pattern_elsewhere_repeats_a_table(path: Path) -> None:
    assert offences(path) == []


@pytest.mark.parametrize("excused", EXCUSED)
def test_what_is_excused_stands_there(excused: str) -> None:
    assert (ROOT / excused).exists()


@pytest.mark.parametrize(
    ("pattern", "words", "found"),
    [
        ("(?:学会|协会)$", {"省", "学会", "协会"}, {"学会", "协会"}),
        ("[省市县]", {"省", "县", "学会"}, {"省", "县"}),
        ("学会[^省]", {"省", "学会"}, {"学会"}),
        ("(?:个|人)?", {"个", "人"}, {"个", "人"}),
        ("[：:]", LISTS["sentence ends"], set()),
        ("[？?]", LISTS["sentence ends"], set()),
        ("[^。;]{0,9}", LISTS["sentence ends"], {"。", ";"}),
        ("(?:去年|上年)", LISTS["years and months"], {"去年", "上年"}),
    ],
)
def test_the_rule_sees_a_list_in_a_pattern(pattern: str, words: set[str], found: set[str]) -> None:
    assert together(pattern, frozenset(words)) == found


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [
        ("(?:书法|剪纸|版画)展", {"书法|剪纸|版画"}),
        ("书法展?|剪纸|版画", {"书法展?|剪纸|版画"}),
        ("(?:书法|剪纸)展", set()),
        ("[琴棋书画]社", {"琴棋书画"}),
        ("[一-龥]社", set()),
    ],
)
def test_the_rule_sees_any_list(pattern: str, seen: set[str]) -> None:
    assert lists_of_words(pattern) == seen


@pytest.mark.parametrize("pattern", [r"((?:19|20)\d{2})年", r"\d{4}[-/.年]\d{1,2}[-/.月]", r"(\d+)年\s*(\d+)月"])
def test_the_rule_sees_a_date(pattern: str) -> None:
    assert spells_a_date(pattern)
    assert not spells_a_date(r"\d+年级|月[\d]")


def test_the_rule_follows_names_and_functions_into_a_pattern() -> None:
    tree = ast.parse('_P = "[市县]"\ndef _f():\n    return f"x{_P}"\n_Q = re.compile(rf"{_f()}某")\n_R = "[省州]"')
    assert {text for _, text in patterns(tree)} == {"[市县]", "x", "某"}
    assert [text for _, text in mark_sets(ast.parse('_M = frozenset("。！")'))] == ["[。！]"]


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('_A = ("多少", "几")', {"多少|几"}),
        ('_A = {"个", "项", x}', set()),
        ('_A = {"省": 1, "县": 2}', {"省|县"}),
        ('_A = frozenset("一二")', {"[一二]"}),
        ('x in "市县" and x not in ("市", "县")', {"[市县]", "市|县"}),
        ('text.strip("年月")', {"[年月]"}),
        ('f("年月")', set()),
    ],
)
def test_the_rule_sees_sets_and_what_is_looked_up_in_a_string(source: str, seen: set[str]) -> None:
    tree = ast.parse(source)
    assert {text for _, text in (*word_sets(tree), *char_sets(tree))} == seen

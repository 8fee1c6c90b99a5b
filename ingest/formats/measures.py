"""In what the figures of a table are told: the units that its notes, its heads and its rows give them. Pure.

A figure is given a unit only where nothing speaks against it: an amount of money under 户数, or one of three units of
which nobody says whose they are, is worse than a figure without any. Words are known in either script, and units are
given as they were written.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from ingest.language.script import fold_script
from ingest.language.units import kinds, unit
from ingest.language.words import alternation, table

_SCALES = "十百千万亿"
_BRACKETED = re.compile(r"(?<!\s)\s*+[(（\[［]([^()（）\[\]［］]{1,10})[)）\]］]$")
_ITEM = re.compile(r"[^\s,，、;；()（）]{1,8}")
_BETWEEN = re.compile(r"\s*+[,，、;；\s]\s*+")


@functools.cache
def words(name: str) -> frozenset[str]:
    """A list of the words that tables write in their heads."""
    return frozenset(table("tables")[name])


def is_unit_note(line: str) -> bool:
    """Whether a line does nothing but give the units of the table below it: (单位:万元)."""
    match = _label().search(fold_script(line))
    if match is None or line[: match.start()].strip("(（ \t"):
        return False
    items = list(_items(line, match.end()))
    return bool(items) and not line[items[-1].end() :].strip(")） \t")


def noted(line: str) -> tuple[str, ...]:
    """The units that a line gives for the table below it; none where it gives none, or no known one."""
    match = _label().search(fold_script(line))
    noted_units = []
    for item in _items(line, match.end()) if match else ():
        if not _is_unit(item[0]):
            break
        noted_units.append(item[0])
    return tuple(noted_units)


def parted(head: str) -> tuple[str, str]:
    """A head without the unit that stands in it in brackets, and that unit."""
    match = _BRACKETED.search(head)
    if match is None:
        return head, ""
    unit = next(iter(noted(match[1])), match[1].strip())
    return (head[: match.start()], unit) if _is_unit(unit) else (head, "")


def is_title(line: str) -> bool:
    """Whether a line is a table's own, and no heading of some of its rows: it is called a table, or gives the unit."""
    called = table("tables")["called"]
    return bool(noted(line)) or bare(line).strip().startswith(called) or bare(line).strip().endswith(called)


def bare(head: str) -> str:
    """A head without what stands in brackets behind it."""
    return _BRACKETED.sub("", head)


def is_head(cell: str) -> bool:
    """Whether a cell says what only heads say: what is counted or paid, or in which unit."""
    plain = fold_script(bare(cell))
    lists = ("heads", "counting", "priced", "shares", "quantities")
    return bool(parted(cell)[1] or counted(cell)) or any(plain in words(name) for name in lists)


def known(word: str) -> bool:
    """Whether a word is a unit of the table of units, alone or scaled: 万人次."""
    word = fold_script(word)
    return unit(word) is not None or unit(word.lstrip(_SCALES)) is not None


def counted(head: str) -> str:
    """The unit that a head names by what it counts: 期 of 培训期数, 人次 of 接待人次; "" where it names none."""
    plain = fold_script(head)
    number, times = table("tables")["number"], table("tables")["times"]
    if plain.endswith(tuple(word + number for word in words("sums"))):  # 执行数 counts no 行
        return ""
    for count in (2, 1):
        word = plain.removesuffix(number)[-count:]
        if unit(word) is not None and (plain.endswith(word + number) or (count == 2 and word.endswith(times))):
            return word
    return ""


def of_column(head: str, given: Sequence[str]) -> str:
    """The unit that a table's note gives the figures below a head; of several the one that the head asks for."""
    plain = fold_script(head)
    shares: list[str] = []
    others: list[str] = []
    for one in given:
        (shares if "share" in _kinds(one) else others).append(one)
    if not others:
        measured = plain.endswith(_listed("shares")) or not _is_unmeasured(plain)
        return shares[0] if len(shares) == 1 and measured else ""
    if len(others) > 1:
        others = [one for one in others if _asks_for(plain, one)]
    return others[0] if len(others) == 1 and _fits(plain, others[0]) else ""


def of_row(name: str, its_unit: str) -> str:
    """The unit of a table's column for the figures of one row: none where the row counts, or is a share."""
    plain = fold_script(name)
    money = "money" in _kinds(its_unit)
    shared = plain.endswith(_listed("shares")) and "share" not in _kinds(its_unit)
    return "" if shared or (money and (plain.endswith(_listed("counting")) or _numbers(plain))) else its_unit


def of_things(name: str) -> tuple[str, str]:
    """What a row is about, without the unit that stands behind it in brackets, and that unit: 讲座（场）.

    A village behind 红旗 is no unit of its figures.
    """
    bare, unit = parted(name)
    places = _kinds(unit) <= {"region"}
    return (bare, unit) if unit and known(unit) and not places else (name, "")


def names_things(head: str) -> bool:
    """Whether the names below a head are those of what is measured: 指标, 项目名称."""
    return fold_script(head).endswith(_listed("things"))


def is_of_units(head: str, cells: Sequence[str]) -> bool:
    """Whether a column holds the units of its rows: it says so, and most of its cells are."""
    own = fold_script(head).strip(" :：") in words("unit_labels")
    return own and bool(cells) and 2 * sum(map(known, cells)) > len(cells)


def given_by_row(heads: Sequence[str], its_unit: str) -> frozenset[int]:
    """The columns, by number, whose figures are told in the unit of their row.

    Beside a column of quantities the others tell prices, as those do that say so.
    """
    plain = [fold_script(head) for head in heads]
    money = "money" in _kinds(its_unit)
    quantities = {n for n, head in enumerate(plain) if head.endswith(_listed("quantities"))}
    return frozenset(
        n
        for n, head in enumerate(plain)
        if not _is_unmeasured(head) and (n in quantities if quantities else money or not _tells_money(head))
    )


def _fits(head: str, its_unit: str) -> bool:
    """Whether figures below a head may be amounts in a unit that stands above all columns."""
    if _is_unmeasured(head) or _kind_asked(head) - _kinds(its_unit):
        return False
    if "money" in _kinds(its_unit):
        return not head.endswith(_listed("counting")) and not _numbers(head)
    return not _tells_money(head)


def _asks_for(head: str, its_unit: str) -> bool:
    """Whether a head says that its figures are of this unit's kind: 经费 are money."""
    return bool(_kind_asked(head) & _kinds(its_unit)) or ("money" in _kinds(its_unit) and _tells_money(head))


def _kind_asked(head: str) -> frozenset[str]:
    """The kinds of units in which what a head names is told: 面积 is an area."""
    own: Mapping[str, list[str]] = table("tables")["own"]
    return frozenset(kind for kind, endings in own.items() if head.endswith(tuple(endings)))


def _numbers(head: str) -> bool:
    """Whether a head is of how many there are: 村数, but not 预算数."""
    number = table("tables")["number"]
    return head.endswith(number) and not head.removesuffix(number).endswith(_listed("sums") + _listed("priced"))


def _tells_money(head: str) -> bool:
    return head.removesuffix(table("tables")["number"]).endswith(_listed("priced")) and not _numbers(head)


def _is_unmeasured(head: str) -> bool:
    return any(word in head for word in words("unmeasured"))


def _is_unit(word: str) -> bool:
    """Whether a word is a unit; a lone character where one is expected is one, known or not."""
    return len(word) == 1 or known(word)


def _kinds(word: str) -> frozenset[str]:
    plain = fold_script(word)
    return kinds(plain) or kinds(plain.lstrip(_SCALES))


@functools.cache
def _listed(name: str) -> tuple[str, ...]:
    return tuple(words(name))


@functools.cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?<![㐀-鿿])(?:{alternation(table('tables')['unit_labels'])})\s*+[:：]\s*+")


def _items(line: str, start: int) -> Iterator[re.Match[str]]:
    """What stands behind the label of a note, item by item."""
    at = start
    while item := _ITEM.match(line, at):
        yield item
        between = _BETWEEN.match(line, item.end())
        if between is None:
            return
        at = between.end()

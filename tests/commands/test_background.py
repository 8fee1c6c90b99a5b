"""Rows are answered beside each other and told in their order, none lost, none waited for."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.commands.background import beside, in_order


def each(work):
    """Work on a group: on one row after the other."""
    return lambda rows: [work(row) for row in rows]


def test_results_come_in_the_order_of_their_rows():
    late = threading.Event()

    def work(row):
        if row == 0:
            assert late.wait(10)  # the first is done last
        else:
            late.set()
        return row * 2

    assert list(in_order(range(20), each(work), 2)) == [row * 2 for row in range(20)]


def test_a_result_is_told_before_the_next_row_comes():
    told = threading.Event()

    def rows():
        yield 1
        assert told.wait(10)
        yield 2

    found = in_order(rows(), each(str), 2)
    assert next(found) == "1"
    told.set()
    assert list(found) == ["2"]


def test_rows_that_have_come_are_worked_on_together():
    come = threading.Event()
    groups = []

    def work(rows):
        assert come.wait(10)
        groups.append(list(rows))
        return rows

    def rows():
        yield from range(100)
        come.set()  # by now the groups that may wait do, and the rest has been taken in advance
        yield from range(100, 110)

    assert list(in_order(rows(), work, 2, together=200)) == list(range(110))
    assert sorted(row for group in groups for row in group) == list(range(110))
    assert max(map(len, groups)) > 1
    assert all(group == list(range(group[0], group[-1] + 1)) for group in groups)


@pytest.mark.parametrize("together", [1, 3, 8])
def test_no_group_is_larger_than_allowed(together):
    sizes = []

    def work(rows):
        sizes.append(len(rows))
        return rows

    assert list(in_order(range(50), work, 2, together)) == list(range(50))
    assert sum(sizes) == 50
    assert max(sizes) <= together


def test_few_rows_are_taken_in_advance():
    taken = []
    found = in_order((taken.append(row) or row for row in range(1000)), list, 2)
    most = 0
    for told in found:
        most = max(most, len(taken) - told)
    assert len(taken) == 1000
    assert most < 20


def test_no_row_is_taken_after_the_end():
    taken = threading.Semaphore(0)

    def rows():
        for row in range(1000):
            taken.release()
            yield row

    found = in_order(rows(), list, 1)
    assert next(found) == 0
    found.close()
    few = 0
    while taken.acquire(timeout=0.2):
        few += 1
    assert few < 20


def test_what_fails_is_raised_in_its_turn():
    def rows():
        yield from (1, 2)
        raise LookupError("no more")

    found = in_order(rows(), each(lambda row: 1 / (row - 2)), 2)
    assert next(found) == -1
    with pytest.raises(ZeroDivisionError):
        next(found)
    found = in_order(rows(), each(str), 2)
    assert [next(found), next(found)] == ["1", "2"]
    with pytest.raises(LookupError):
        next(found)


@given(st.integers(0, 40), st.integers(1, 4), st.integers(1, 9))
@settings(deadline=None, max_examples=300)
def test_no_row_is_lost_and_none_told_twice(rows, workers, together):
    assert list(in_order(range(rows), list, workers, together)) == list(range(rows))


def test_what_runs_beside_is_not_waited_for_and_fails_where_its_result_is_asked_for():
    may_end = threading.Event()
    task = beside(may_end.wait)
    assert not task.done()
    may_end.set()
    assert task.result(10)
    failing = beside(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        failing.result(10)

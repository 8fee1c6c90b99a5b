"""Rows are answered beside each other and told in their order, none lost, none waited for."""

from __future__ import annotations

import threading
import time

import pytest

from rag.background import in_order


def test_results_come_in_the_order_of_their_rows():
    late = threading.Event()

    def work(row):
        if row == 0:
            assert late.wait(10)  # the first is done last
        else:
            late.set()
        return row * 2

    assert list(in_order(range(20), work, 2)) == [row * 2 for row in range(20)]


def test_a_result_is_told_before_the_next_row_comes():
    told = threading.Event()

    def rows():
        yield 1
        assert told.wait(10)
        yield 2

    found = in_order(rows(), str, 2)
    assert next(found) == "1"
    told.set()
    assert list(found) == ["2"]


def test_few_rows_are_taken_in_advance():
    taken = []
    found = in_order((taken.append(row) or row for row in range(1000)), lambda row: row, 2)
    assert next(found) == 0
    time.sleep(0.1)  # time to take them all
    assert len(taken) < 20
    found.close()


def test_what_fails_is_raised_in_its_turn():
    def rows():
        yield from (1, 2)
        raise LookupError("no more")

    found = in_order(rows(), lambda row: 1 / (row - 2), 2)
    assert next(found) == -1
    with pytest.raises(ZeroDivisionError):
        next(found)
    found = in_order(rows(), str, 2)
    assert [next(found), next(found)] == ["1", "2"]
    with pytest.raises(LookupError):
        next(found)

"""Tables as records, for whatever shows them."""

from __future__ import annotations

from rag.answers.table import Cell, Row, Table
from rag.records import Citation


def citation(
    n: int, quote: str = "东山县建成21个。", title: str = "东山县总结", date: str | None = "2022-01-10"
) -> Citation:
    return Citation(n, f"r{n}.txt", title, date, None, quote, 0, len(quote), quote, 5, 14, 3, 0.9)


def cell(n: int, said: str, value: float | None, unit: str = "个", **more) -> Cell:
    cited = citation(n, f"全年建成{said}。", date=more.pop("date", "2022-01-10"), title=more.pop("title", f"总结{n}"))
    return Cell(said, unit, value, more.pop("certainty", "sure"), cited, **more)


def table(*rows: Row, by: str = "place", unit: str = "个", counted: str = "report", **more) -> Table:
    told = sum(bool(row.cells) for row in rows)
    looked_in = more.pop("looked_in", len(rows))
    return Table(more.pop("indicator", "科普馆"), by, unit, rows, told, looked_in, counted, more.pop("total", None))


PLAIN = table(
    Row("东山县", cell(1, "21个", 21.0)),
    Row(
        "西河市", cell(2, "8个", 8.0, certainty="likely"), (cell(3, "6个", 6.0, date="2020-05-01", certainty="likely"),)
    ),
    Row("南岭区", None),
    looked_in=5,
    total=29.0,
)
"""A sure figure, two that differ, and a place that tells nothing."""

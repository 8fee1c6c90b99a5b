"""The options by which several commands choose reports, and what the shell completes them with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import WenbaoError
from ingest.entry import text

if TYPE_CHECKING:
    from ingest.index.catalog import ReportEntry
    from rag.search.filters import Filter


_ONE_WORD = re.compile(r"[\w.—-]+")


def _entries() -> list[ReportEntry]:
    """Every indexed report; none where there is no index, since a shell has no place for an error."""
    from config.settings import load_settings
    from ingest.index.generations import open_catalog

    try:
        _, catalog = open_catalog(load_settings())
    except WenbaoError:
        return []
    try:
        return catalog.entries()
    finally:
        catalog.close()


def complete_report(incomplete: str) -> list[str]:
    """Sources, and titles that a shell takes as they stand, beginning with what was typed."""
    entries = _entries()
    names = [entry.source for entry in entries]
    names += [entry.title for entry in entries if entry.title and _ONE_WORD.fullmatch(entry.title)]
    return [name for name in names if name.startswith(incomplete)]


def complete_place(incomplete: str) -> list[str]:
    """The regions that reports name."""
    from rag.search.filters import regions

    return [region for region in regions(_entries()) if region.startswith(incomplete)]


Force = Annotated[bool, typer.Option("--force", "-f", help="覆盖已有的文件")]
Report = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="NAME",
        help="只在标题或文件名含此名称的报告中查找,可多次给出",
        autocompletion=complete_report,
    ),
]
Place = Annotated[
    list[str] | None,
    typer.Option("--place", metavar="PLACE", help="只在提到此地的报告中查找,可多次给出", autocompletion=complete_place),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="只在此日以后的报告中查找:2023、2023-04 或 2023-04-05")
]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="只在此日以前(含)的报告中查找")]


def chosen(report: list[str] | None, place: list[str] | None, since: str | None, until: str | None) -> Filter:
    """The filter that these options stand for. Raises UsageError."""
    from rag.search.filters import build

    names, places = ([text(each) for each in given or []] for given in (report, place))
    return build(names, places, since, until)

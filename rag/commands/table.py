"""The command `table`: what the reports tell of an indicator, to read, for a spreadsheet or as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.errors import Language, Message, StorageError, UsageError, reason
from ingest import entry
from rag.commands import options
from rag.commands.opening import NO_ANSWER, models_for, opened

if TYPE_CHECKING:
    from rag.answers.table import By, Cell, Table

_WRITTEN = Message("已写入 {}", "written to {}")


def add_commands(app: typer.Typer) -> None:
    """Add this command to a command line."""
    app.command("table")(table)


def complete_by(incomplete: str) -> list[str]:
    """How a table can be set out."""
    from rag.answers.table import BY

    return [by for by in BY if by.startswith(incomplete)]


def table(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="要列表的指标,例如 乡村科普馆")],
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="place|report|year",
            help="每行一个地区、一份报告或一年(默认一个地区)",
            autocompletion=complete_by,
        ),
    ] = "place",
    place: Annotated[
        list[str] | None,
        typer.Option("--place", metavar="PLACE", help="只列这个地区,可多次给出", autocompletion=options.complete_place),
    ] = None,
    report: options.Report = None,
    since: options.Since = None,
    until: options.Until = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="以 CSV 输出")] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="写成 Excel 文件")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="画成条形图(SVG)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    force: options.Force = False,
) -> None:
    """按地区、报告或年份列出一个指标,每个数字附出处;都没有给出时退出码为 3。"""
    from config.settings import load_settings
    from rag.answers.table import check
    from rag.show.terminal import Screen

    outputs = {"--csv": as_csv, "--xlsx": xlsx, "--plot": plot, "--json": as_json}
    _check_output([name for name, given in outputs.items() if given], plot)
    if (target := xlsx or plot) is not None:
        entry.may_write(target, "--force", forced=force)
    set_out, places = _by(by), _places(place or [])
    check(indicator)  # what can't be asked is said before anything is loaded
    only = options.chosen(report, None, since, until)
    settings = load_settings()
    models = models_for(settings)
    screen = Screen(settings.language, plain=as_csv or as_json)
    with screen.loading():
        result = opened(settings, only, models).table(indicator, set_out, places, only)
    if as_csv or as_json:
        _print(result, settings.language, as_json=as_json)
    elif target is not None and result.told:
        entry.may_write(target, "--force", forced=force)  # it may have come meanwhile
        _write(result, target, settings.language, drawn=target is plot)
    else:
        screen.table(result)
    if not result.told:
        raise typer.Exit(NO_ANSWER)


def as_row(table: Table) -> dict[str, Any]:
    """The table as the JSON output has it; a row without a figure has none of its fields."""
    nothing = {"value": None, "said": None, "certainty": None, "citation": None}
    rows = [
        {"key": row.key}
        | (_figure(row.cell) if row.cell else nothing)
        | {"conflicts": [_figure(cell) for cell in row.conflicts]}
        for row in table.rows
    ]
    counts = {"told": table.told, "asked": table.looked_in, "total": table.total}
    return {"indicator": table.indicator, "unit": table.unit, "rows": rows} | counts


def _figure(cell: Cell) -> dict[str, Any]:
    import dataclasses

    return {
        "value": cell.value,
        "said": cell.said,
        "certainty": cell.certainty,
        "citation": dataclasses.asdict(cell.citation),
    }


def _by(name: str) -> By:
    from rag.answers.table import BY

    for by in BY:
        if by == name:
            return by
    raise UsageError(f"--by 只能是 {'、'.join(BY)},不是 {name}", f"--by takes {', '.join(BY)}, not {name}")


def _places(names: list[str]) -> list[str]:
    """The places as they were given, each once. Raises UsageError for an empty one."""
    from rag.search.filters import build

    return list(dict.fromkeys(build(places=names).places))


def _check_output(given: list[str], plot: Path | None) -> None:
    """Raises UsageError for several outputs, and for a picture of another kind."""
    if len(given) > 1:
        raise UsageError(f"{'、'.join(given)} 只能给一个", f"give only one of {', '.join(given)}")
    if plot and plot.suffix.lower() != ".svg":
        raise UsageError(f"--plot 写 SVG 文件,文件名要以 .svg 结尾,不是 {plot}", f"--plot writes FILE.svg, not {plot}")


def _print(table: Table, language: Language, *, as_json: bool) -> None:
    from ingest import console

    if as_json:
        console.print_json(as_row(table))
    else:
        from rag.show.sheets import table_csv

        console.print_utf8(table_csv(table, language))


def _write(table: Table, path: Path, language: Language, *, drawn: bool) -> None:
    """Write a picture or a workbook, whole or not at all. Raises StorageError."""
    from ingest import console
    from ingest.durable import write_atomically
    from rag.show.chart import table_svg
    from rag.show.sheets import table_xlsx

    try:
        write_atomically(path, table_svg(table, language) if drawn else table_xlsx(table, language))
    except OSError as exc:
        raise StorageError(f"无法写入 {path}:{reason(exc).zh}", f"can't write {path}: {reason(exc).en}") from exc
    console.note(_WRITTEN.text(language).format(path))

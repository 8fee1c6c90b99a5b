"""The commands `sources` and `show`: what is in the index, read without a model."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.errors import Message, StorageError, UsageError, reason
from ingest.entry import may_write, text
from rag.commands import options

if TYPE_CHECKING:
    from config.settings import Settings
    from ingest.index.catalog import Catalog, ReportEntry
    from ingest.records import CleanReport
    from rag.search.filters import Filter

_SHOWN = 5  # reports that an error names
_OFFSETS = re.compile(r"\s*+(\d{1,12})\s*+[-–—]\s*+(\d{1,12})\s*+")
_WRITTEN = Message("已写入 {}", "wrote {}")


def add_commands(app: typer.Typer) -> None:
    """Add these commands to a command line."""
    app.command("sources")(sources)
    app.command("show")(show)


def sources(
    report: options.Report = None,
    place: options.Place = None,
    since: options.Since = None,
    until: options.Until = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="每份报告一行,以制表符分隔")] = False,
) -> None:
    """列出索引中的报告:标题、日期、发布者、篇幅,以及原文的缺损。"""
    from config.settings import load_settings
    from ingest import console
    from rag.search.filters import choose
    from rag.show.terminal import Screen

    only = options.chosen(report, place, since, until)
    settings = load_settings()
    with published(settings) as catalog:
        entries = catalog.entries()
        if only:
            chosen = choose(entries, only, catalog.naming)
            entries = [entry for entry in entries if entry.source in chosen]
    if as_json:
        console.print_json({"reports": [_row(entry) for entry in entries]})
    else:
        Screen(settings.language, plain=plain).entries(entries)


def show(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="报告的文件名或标题的一部分", autocompletion=options.complete_report)
    ],
    raw: Annotated[bool, typer.Option("--raw", help="送来的原文,而不是清理后的正文")] = False,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.png", help="把识别出 --at 这一处的页面存成图像,标出位置")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="PLACE", help="出处后面的位置,例如 120-160,或报告里的一句话")
    ] = None,
    force: options.Force = False,
) -> None:
    """分页显示一份报告;或显示其中识别出来的一处在扫描件上的样子。"""
    from config.settings import load_settings
    from ingest import console
    from rag.show.terminal import Screen

    if (picture is None) != (at is None):
        raise UsageError("--picture 和 --at 要一起给出", "--picture and --at must be given together")
    if picture is not None:
        may_write(picture, "--force", forced=force)
    settings = load_settings()
    with published(settings) as catalog:
        entry = find(catalog, source)
        if remark := only_mentioned(entry, source):
            console.note(remark.text(settings.language))
        report = catalog.report(entry.source)
    if picture is None or at is None:
        Screen(settings.language).report(report, entry, raw=raw)
        return
    for path in _write_pictures(report, at, picture, settings, force=force):
        console.note(_WRITTEN.text(settings.language).format(path))


def _write_pictures(report: CleanReport, at: str, path: Path, settings: Settings, *, force: bool) -> Iterator[Path]:
    """The page of that place as a picture, with the place boxed; further pages beside it, with their numbers.

    Raises UsageError for a place that isn't in the report, and ReportError where there is no picture of it.
    """
    from ingest.durable import write_atomically
    from ingest.formats.originals import page_pictures

    start, end = _place(report, text(at))
    limits = settings.max_file_mb << 20, settings.parse_seconds
    for n, (number, picture) in enumerate(page_pictures(report, start, end, settings.reports_dir, *limits)):
        target = path.with_stem(f"{path.stem}-{number}") if n else path
        may_write(target, "--force", forced=force)
        try:
            write_atomically(target, picture)
        except OSError as exc:
            raise StorageError(
                f"无法写入 {target}:{reason(exc).zh}", f"can't write {target}: {reason(exc).en}"
            ) from exc
        yield target


def _place(report: CleanReport, at: str) -> tuple[int, int]:
    """The span of the delivered text that is meant, by its offsets or by its words. Raises UsageError."""
    if offsets := _OFFSETS.fullmatch(at):
        start, end = int(offsets[1]), int(offsets[2])
        if start < end <= len(report.raw):
            return start, end
    elif at.strip() and (begins := report.text.find(at.strip())) >= 0:
        return report.mapped.raw_span(begins, begins + len(at.strip()))
    raise UsageError(f"报告里没有“{at}”这一处", f"the report has no place “{at}”")


def find(catalog: Catalog, name: str) -> ReportEntry:
    """The one report of that name, else the one that mentions a place of that name, as `--place` finds it.

    Raises NothingSelected when there is none, UsageError when there are several.
    """
    from rag.search.filters import Filter, is_named, nothing, select

    name = text(name)
    entries = catalog.entries()
    named = [entry for entry in entries if entry.source == name]
    if name.strip() and not named:
        named = [entry for entry in entries if is_named(entry, name)]
    if name.strip() and not named:
        mentioning = select(entries, Filter(places=(name.strip(),)), catalog.naming)
        named = [entry for entry in entries if entry.source in mentioning]
    if not named:
        raise nothing(Message(name, name), entries)
    if len(named) > 1:
        which = "、".join(f"{entry.source}({entry.title or '-'})" for entry in named[:_SHOWN])
        raise UsageError(f"有 {len(named)} 份报告符合“{name}”:{which}", f"{len(named)} reports fit “{name}”: {which}")
    return named[0]


def only_mentioned(entry: ReportEntry, name: str) -> Message | None:
    """What to say where a report isn't called so."""
    from rag.search.filters import is_named

    if is_named(entry, name):
        return None
    return Message(f"没有报告叫“{name}”;这一份提到了它。", f"no report is called “{name}”; this one mentions it.")


def scope_of(settings: Settings, only: Filter) -> Message:
    """How many reports a filter leaves. Raises NothingSelected when it leaves none."""
    from rag.search.filters import choose, scope

    with published(settings) as catalog:
        entries = catalog.entries()
        return scope(entries, choose(entries, only, catalog.naming), only)


@contextlib.contextmanager
def published(settings: Settings) -> Iterator[Catalog]:
    """The published reports, open for the time of a look. Raises an IndexUnavailable."""

    from ingest.index.generations import open_catalog

    _, catalog = open_catalog(settings)
    try:
        yield catalog
    finally:
        catalog.close()


def _row(entry: ReportEntry) -> dict[str, Any]:
    return {
        "source": entry.source,
        "title": entry.title,
        "date": entry.date,
        "publisher": entry.publisher,
        "issuer": entry.issuer,
        "regions": entry.regions,
        "length": entry.length,
        "chunks": entry.chunks,
        "anomalies": {anomaly.kind: anomaly.count for anomaly in entry.anomalies},
        "read": {
            "lines": entry.reading.lines,
            "table_rows": entry.reading.rows,
            "recognised_lines": entry.reading.recognised,
            "confidence": entry.reading.confidence,
        },
        "left_out": dict(entry.reading.left_out),
    }

"""The commands about reports and the index: `ingest`, `clean`, `status`."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from config import shown
from config.errors import Message, ReportError, UsageError
from ingest.records import Failure

SOME_FILES_FAILED = 4
SOME_NEED_OCR = 5


def add_commands(app: typer.Typer) -> None:
    """Add these commands to a command line."""
    app.command("ingest")(ingest)
    app.command("clean")(clean)
    app.command("status")(status)


def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]…", help="只加入或更新这些文件或文件夹")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明会做什么,不写入")] = False,
) -> None:
    """把报告目录同步进索引:新增、更新、删除。"""
    from config.settings import load_settings
    from ingest import console, pipeline, running
    from ingest.index import runs

    settings = load_settings()
    running.need(models=True)
    with console.Progress(settings) as progress:
        if dry_run:
            summary = pipeline.ingest(settings, paths or [], progress, dry_run=True)
        else:
            summary = runs.recorded(settings, lambda: pipeline.ingest(settings, paths or [], progress))
    if as_json:
        output = dataclasses.asdict(summary) | {"failed": [_told(failure) for failure in summary.failed]}
        del output["incomplete"]
        console.print_json(output | _incomplete(summary.incomplete))
    else:
        marks = (("+", summary.added), ("~", summary.updated), ("-", summary.removed))
        for mark, sources in marks:
            for source in sources:
                console.say(f"{mark} {shown.line(source)}")
        for failure in (*summary.failed, *summary.incomplete):
            console.note(f"! {shown.line(failure.source)}: {failure.error}")
        console.say(console.summary_line(summary, dry_run=dry_run).text(settings.language))
    if lost := (*summary.failed, *summary.incomplete):
        raise typer.Exit(SOME_NEED_OCR if all(failure.needs for failure in lost) else SOME_FILES_FAILED)


def clean(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="要清理的文件")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON,列出每处改动")] = False,
    as_diff: Annotated[bool, typer.Option("--diff", help="显示改动和略去的内容,终端上带颜色")] = False,
    batch: Annotated[str | None, typer.Option("--batch", metavar="FILE|-", help='JSONL 行 {"id","text"}')] = None,
) -> None:
    """显示一份报告清理后的正文。"""
    from config.settings import load_settings
    from ingest import console, entry
    from ingest.cleaning.normalize import normalize
    from ingest.diff import diff_text
    from ingest.formats import sources
    from ingest.records import RawReport

    settings = load_settings()
    if bool(files) == (batch is not None):
        raise UsageError("请给出 FILE,或使用 --batch FILE|-", "give FILE, or use --batch FILE|-")
    if batch is not None:
        for row in entry.read_batch(batch, "text"):
            console.print_json({"id": row["id"], "text": normalize(RawReport("", row["text"], "")).text})
        return
    failed = False
    for file in [member for path in files or [] for member in sources.opened(path, path.name)]:
        try:
            data = sources.read_bytes(file.path, settings.max_file_mb << 20, member=file.member)
            parsed = sources.parse(file.source, data, settings.parse_seconds, settings.recognition_seconds)
            report = normalize(parsed)
        except ReportError as exc:
            name = "/".join(filter(None, (str(file.path), file.member)))
            console.warn(f"{shown.line(name)}: {exc.text(settings.language)}")
            failed = True
            continue
        if as_json:
            console.print_json(
                {
                    "source": report.source,
                    "text": report.text,
                    "title": report.title,
                    "date": report.date,
                    "publisher": report.publisher,
                    "issuer": report.issuer,
                    "regions": report.regions,
                    "edits": [edit._asdict() for edit in report.edits],
                    "dropped": [dataclasses.asdict(span) for span in report.dropped],
                }
            )
        elif as_diff:
            console.paint(diff_text(report, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
        else:
            console.say_verbatim(report.text)
    if failed:
        raise typer.Exit(1)


def status(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """说明索引里有什么。"""
    from config.settings import load_settings, without_password
    from ingest import console
    from ingest.index.generations import index_bytes, open_catalog, read_failures, read_summary

    settings = load_settings()
    generation, catalog = open_catalog(settings)
    entries, meta = catalog.entries(), catalog.meta()
    catalog.close()
    last = read_summary(settings) or {}
    failed = [_told(failure) for failure in read_failures(last)]
    incomplete = _incomplete(read_failures(last, "incomplete"))
    state = {
        "reports": len(entries),
        "chunks": sum(entry.chunks for entry in entries),
        "generation": generation,
        "model": meta.get("model"),
        "embedding_model": meta.get("setting"),
        "vectors": without_password(meta.get("vectors", "")),
        "bytes": index_bytes(settings, generation),
        "reports_dir": str(settings.reports_dir),
        "data_dir": str(settings.data_dir),
        "last_ingest": last.get("finished"),
        "failed": failed,
    }
    if as_json:
        console.print_json(state | incomplete)
        return
    lines = (
        (Message("报告", "reports"), state["reports"]),
        (Message("片段", "chunks"), state["chunks"]),
        (Message("索引版本", "generation"), generation),
        (Message("模型", "model"), f"{state['model']} ({state['embedding_model']})"),
        (Message("向量所在", "vectors"), state["vectors"]),
        (Message("索引大小", "size"), f"{index_bytes(settings, generation) / 1e6:.1f} MB"),
        (Message("报告目录", "reports directory"), state["reports_dir"]),
        (Message("数据目录", "data directory"), state["data_dir"]),
        (Message("上次更新", "last ingest"), state["last_ingest"] or "-"),
        (Message("失败文件", "failed files"), len(failed)),
    )
    for label, value in lines:
        console.say(f"{label.text(settings.language)}: {shown.line(str(value))}")
    for failure in [*failed, *incomplete.get("incomplete", ())]:
        console.say(f"! {shown.line(failure['source'])}: {shown.line(failure['error'])}")


def _incomplete(failures: Sequence[Failure]) -> dict[str, list[dict[str, str]]]:
    """The reports that are indexed without some of their pages, as JSON tells them: nothing where there are none."""
    return {"incomplete": [_told(each) for each in failures]} if failures else {}


def _told(failure: Failure) -> dict[str, str]:
    """A failed file as JSON tells it; `needs` only where an extra would read it."""
    return {name: value for name, value in dataclasses.asdict(failure).items() if value}

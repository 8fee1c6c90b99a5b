"""The command line `wenbao`: the commands about reports, and those that ask them."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.errors import UsageError
from ingest import cli as ingest_cli
from ingest import console, entry
from rag.commands import backup, browse, manual, options, table
from rag.commands.opening import NO_ANSWER, models_for, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.settings import Settings
    from rag.engine import Engine
    from rag.search.filters import Filter
    from rag.show.terminal import Screen

_UNHEARD = ("ingest", "bot", "backup", "restore")  # what does its work where nobody hears of it, too
_IN_FRONT = ("bot", "chat", "show")  # what reads the keyboard or heeds signals itself
_BESIDE_EACH_OTHER = 2  # groups of rows of a batch; more gain nothing, since only native code runs at once
_SEARCHED_TOGETHER = 8  # rows in such a group: what every look into the index costs is shared

app = typer.Typer(
    name="wenbao",
    help="问报:向工作报告提问,得到附逐字出处的回答。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Plain = Annotated[bool, typer.Option("--plain", help="纯文本,便于复制")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="以 Markdown 输出,便于粘贴进会议记录")]
Batch = Annotated[
    str | None, typer.Option("--batch", metavar="FILE|-", help='JSONL 行 {"id","question"},每行输出一个 JSON')
]


@app.callback(invoke_without_command=True)
def _wenbao(
    version: Annotated[bool, typer.Option("--version", help="显示版本", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        try:
            console.say(f"wenbao {installed('wenbao')}")
        except PackageNotFoundError as exc:
            raise UsageError("wenbao 没有安装,版本不明", "wenbao is not installed; its version isn't known") from exc
        raise typer.Exit


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="要问的问题", show_default=False)] = None,
    as_json: AsJson = False,
    history: Annotated[
        list[str] | None, typer.Option("--history", metavar="QUESTION", help="之前问过的问题,可多次给出")
    ] = None,
    k: Annotated[
        int | None, typer.Option("-k", metavar="N", min=1, max=1000, help="检索多少个片段", show_default=False)
    ] = None,
    batch: Batch = None,
    report: options.Report = None,
    place: options.Place = None,
    since: options.Since = None,
    until: options.Until = None,
    plain: Plain = False,
    as_markdown: AsMarkdown = False,
) -> None:
    """提问,得到附出处的回答;没有答案时退出码为 3。"""
    from rag.question.understand import understand
    from rag.search.fuse import DEFAULT_PASSAGES

    if as_json + plain + as_markdown > 1:
        raise UsageError("--json、--plain 和 --markdown 只能给一个", "give only one of --json, --plain and --markdown")
    only = options.chosen(report, place, since, until)
    settings = _settings()
    if batch is not None:
        _only(question, batch)
        engine = opened(settings, only, models_for(settings))
        passages = k or DEFAULT_PASSAGES
        _print_rows(batch, lambda rows: [{"id": row["id"]} | _ask_row(engine, row, passages, only) for row in rows])
        return
    if question is None:
        raise UsageError("请给出问题,或使用 --batch FILE|-", "give a QUESTION, or use --batch FILE|-")
    understand(question, history or [])  # a question that can't be asked is said at once, before anything is loaded
    models = models_for(settings)
    screen = _screen(settings, plain=plain or as_json or as_markdown)
    with screen.loading():
        answer = opened(settings, only, models).ask(question, history or [], k or DEFAULT_PASSAGES, only)
    if as_json:
        console.print_json(answer)
    elif as_markdown:
        from rag.show.render import answer_markdown

        console.say(answer_markdown(answer, settings.language))
    else:
        screen.answer(answer)
    if answer.status == "not_found":
        raise typer.Exit(NO_ANSWER)


@app.command()
def search(
    question: Annotated[str | None, typer.Argument(help="要检索的问题", show_default=False)] = None,
    k: Annotated[int | None, typer.Option("-k", metavar="N", min=1, max=1000, help="返回多少个片段(默认 10)")] = None,
    as_json: AsJson = False,
    batch: Batch = None,
    report: options.Report = None,
    place: options.Place = None,
    since: options.Since = None,
    until: options.Until = None,
    plain: Plain = False,
) -> None:
    """只检索,不作答:列出最相关的片段。"""
    from rag.question.understand import as_it_stands
    from rag.search.fuse import DEFAULT_HITS

    only = options.chosen(report, place, since, until)
    settings = _settings()
    if batch is not None:
        _only(question, batch)
        engine = opened(settings, only, models_for(settings, reads=False))
        hits = k or DEFAULT_HITS
        _print_rows(batch, lambda rows: _search_rows(engine, rows, hits, only), _SEARCHED_TOGETHER)
        return
    if question is None:
        raise UsageError("请给出问题,或使用 --batch FILE|-", "give a QUESTION, or use --batch FILE|-")
    as_it_stands(question)
    models = models_for(settings, reads=False)
    screen = _screen(settings, plain=plain or as_json)
    with screen.loading():
        passages = opened(settings, only, models).search(question, k or DEFAULT_HITS, only)
    if as_json:
        console.print_json({"id": None, "hits": [_hit(passage) for passage in passages]})
    else:
        screen.hits(passages)


@app.command()
def chat() -> None:
    """连续提问,可追问、查看原文、保存会议记录。"""
    from rag.commands.chat import run

    run(_settings())


@app.command("eval")
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="每行一个带标准答案的问题")],
    calibrated: Annotated[
        bool, typer.Option("--calibrate", help="再向除原报告以外的报告提问,统计答了多少本不能知道的问题")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """用带标准答案的问题衡量回答的质量。"""
    from rag.commands.evaluate import as_json as scores
    from rag.commands.evaluate import as_text, calibrate, measure, read_gold
    from rag.search.filters import EVERYTHING

    rows = read_gold(gold)
    settings = _settings()
    engine = opened(settings, EVERYTHING, models_for(settings))
    outcomes = measure(rows, engine.ask)
    sources = [entry.source for entry in engine.reports()] if calibrated else []
    calibration = (
        calibrate(rows, sources, lambda text, history, own: engine.ask(text, history, left_out=own))
        if calibrated
        else None
    )
    if as_json:
        console.print_json(scores(outcomes) | ({"calibration": dataclasses.asdict(calibration)} if calibration else {}))
    else:
        console.say(as_text(outcomes))
        if calibration:
            console.say(calibration.text)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """检查模型、索引、磁盘和权限,并向每份报告自测提问;有错误时退出码为 1。"""
    from rag.commands.doctor import examine

    settings = _settings()
    wrong = False
    findings = []
    for finding in examine(settings, console.Progress(settings).notify):
        wrong |= finding.verdict == "wrong"
        text = [part.text(settings.language) for part in (finding.check, finding.detail)]
        findings.append({"check": text[0], "verdict": finding.verdict, "detail": text[1]})
        if not as_json:
            mark = {"ok": "✓", "warning": "!", "wrong": "✗"}[finding.verdict]
            console.say(f"{mark} {text[0]}: {console.told(text[1])}")
    if as_json:
        console.print_json({"ok": not wrong, "findings": findings})
    if wrong:
        raise typer.Exit(1)


@app.command()
def bot() -> None:
    """启动 Telegram 机器人。"""
    from rag.telegram.app import run

    run(_settings())


browse.add_commands(app)
table.add_commands(app)
backup.add_commands(app)
ingest_cli.add_commands(app)


def main(arguments: list[str] | None = None) -> None:
    """The console script; without a command it shows its help."""
    given = (sys.argv[1:] if arguments is None else arguments) or ["--help"]

    def called(checked: list[str]) -> object:
        return manual.command(app, checked)(checked, prog_name="wenbao", standalone_mode=False)

    console.run(given, called, in_front=given[0] in _IN_FRONT, unheard=given[0] in _UNHEARD)


def _settings() -> Settings:
    from config.settings import load_settings

    return load_settings()


def _screen(settings: Settings, *, plain: bool) -> Screen:
    from rag.show.terminal import Screen

    return Screen(settings.language, plain=plain)


def _only(question: str | None, batch: str) -> None:
    if question is not None:
        raise UsageError(f"QUESTION 和 --batch {batch} 只能给一个", f"give QUESTION or --batch {batch}, not both")


def _print_rows(
    batch: str, answered: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], together: int = 1
) -> None:
    """A line of JSON for each row of a batch, in their order; up to `together` rows are answered at once."""
    from rag.commands.background import in_order

    rows = entry.read_batch(batch, "question")
    with contextlib.closing(in_order(rows, answered, _BESIDE_EACH_OTHER, together)) as lines:
        for line in lines:
            console.print_json(line)


def _ask_row(engine: Engine, row: dict[str, Any], passages: int, only: Filter) -> dict[str, Any]:
    """A row's answer; a question that can't be asked is a refusal that says why, so that no row is lost."""
    try:
        return dataclasses.asdict(engine.ask(row["question"], row.get("history") or [], passages, only))
    except UsageError as exc:
        from rag.answers.citing import unusable

        return dataclasses.asdict(unusable(row["question"], exc))


def _search_rows(engine: Engine, rows: list[dict[str, Any]], k: int, only: Filter) -> list[dict[str, Any]]:
    """What is found for each row; nothing for a question that can't be asked."""
    from rag.question.understand import as_it_stands

    usable = {}
    for number, row in enumerate(rows):
        with contextlib.suppress(UsageError):
            usable[number] = as_it_stands(row["question"])
    passages_of = dict(zip(usable, engine.search_each(list(usable.values()), k, only), strict=True))
    return [
        {"id": row["id"], "hits": [_hit(passage) for passage in passages_of.get(number, [])]}
        for number, row in enumerate(rows)
    ]


def _hit(passage: Any) -> dict[str, Any]:
    chunk = passage.chunk
    return {
        "source": chunk.source,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "score": passage.score,
    }

"""Look for what is wrong before somebody asks: reports, disk, model, index, and a question to every report.

Each check is independent where it can be; one that needs what an earlier one found broken is left out.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from config.errors import Message, ReportError, WenbaoError, reason
from config.settings import Settings, remarks
from ingest import running
from ingest.embedding.embed import Embedder
from ingest.embedding.prepare import Notify
from ingest.formats import sources
from ingest.index.generations import index_bytes, read_failures, read_summary
from ingest.index.published import Index
from ingest.index.runs import last_run
from ingest.records import CleanReport
from rag.engine import Engine
from rag.reader.reader import Reader
from rag.telegram.state.backups import age, condition
from rag.telegram.state.home import bots, state_of

Verdict = Literal["ok", "warning", "wrong"]

_SPARE = 100 << 20  # bytes that must be free beyond a second copy of the index
_ASKED = 60  # characters of a report that are asked as a question
_NAMED = 5  # reports named in one finding
_BACKED_UP_WITHIN = 7 * 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, the verdict, and what was found or is to be done."""

    check: Message
    verdict: Verdict
    detail: Message


def examine(settings: Settings, notify: Notify) -> Iterator[Finding]:
    """Every finding, as soon as it is made."""
    yield from _settings()
    yield _reports(settings)
    yield _disk(settings)
    yield from _states(settings)
    yield from _last_run(settings)
    model = Message("模型", "model")
    try:
        running.need(models=True)
        embedder = Embedder.open(settings, notify)
    except WenbaoError as exc:
        yield Finding(model, "wrong", exc.message)
        return
    yield Finding(model, "ok", Message(embedder.name, embedder.name))
    reading = Message("阅读模型", "reader")
    try:
        reader = Reader.open(settings, notify, like=embedder.session)
    except WenbaoError as exc:
        yield Finding(reading, "wrong", exc.message)
        return
    off = Message("已停用(WENBAO_READER=off)", "switched off (WENBAO_READER=off)")
    yield Finding(reading, "ok", Message(reader.fingerprint, reader.fingerprint) if reader else off)
    name = Message("索引", "index")
    try:
        engine = Engine(settings, notify, embedder, reader)
        index = Index.open(settings)
    except WenbaoError as exc:
        yield Finding(name, "wrong", exc.message)
        return
    with contextlib.closing(engine), contextlib.closing(index):
        size = f"{index.generation}, {index.catalog.chunk_count()}"
        yield Finding(name, "ok", Message(f"{size} 个片段", f"{size} chunks"))
        yield _guarded(Message("索引一致性", "consistency"), lambda check: _consistent(check, settings, index))
        yield _guarded(Message("是否最新", "up to date"), lambda check: _up_to_date(check, settings, index))
        yield _failures(settings)
        yield _guarded(Message("自测提问", "self-test questions"), lambda check: _found_again(check, engine, index))


def _settings() -> Iterator[Finding]:
    """A finding where something is set that nobody reads or that means nothing."""
    if messages := remarks():
        zh, en = (";".join(each.zh for each in messages), "; ".join(each.en for each in messages))
        yield Finding(Message("设置", "settings"), "warning", Message(zh, en))


def _reports(settings: Settings) -> Finding:
    check = Message("报告目录", "reports directory")
    try:
        reports = sources.find_reports(settings.reports_dir)
    except WenbaoError as exc:
        return Finding(check, "wrong", exc.message)
    detail = Message(f"{len(reports.files)} 个文件", f"{len(reports.files)} files")
    if reports.unreadable:
        names = _some(list(reports.unreadable))
        detail = Message(f"无法读取目录:{names}", f"folders that can't be listed: {names}")
    elif not reports.files:
        detail = Message(
            f"{settings.reports_dir} 里没有报告;请设置 WENBAO_REPORTS_DIR",
            f"no reports in {settings.reports_dir}; set WENBAO_REPORTS_DIR",
        )
    return Finding(check, "ok" if reports.files and not reports.unreadable else "wrong", detail)


def _disk(settings: Settings) -> Finding:
    check = Message("数据目录", "data directory")
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            free = shutil.disk_usage(settings.data_dir).free
        generations = (settings.data_dir / "index").glob("g*")
        needed = max((index_bytes(settings, path.name) for path in generations), default=0) + _SPARE
    except OSError as exc:
        return Finding(
            check,
            "wrong",
            Message(
                f"无法写入 {settings.data_dir}:{reason(exc).zh};请检查权限,或设置 WENBAO_DATA_DIR",
                f"can't write {settings.data_dir}: {reason(exc).en}; check permissions or set WENBAO_DATA_DIR",
            ),
        )
    space = f"{free / 1e9:.1f} GB"
    if free < needed:
        return Finding(
            check,
            "wrong",
            Message(
                f"只剩 {space},下次 ingest 需要 {needed / 1e9:.1f} GB;请清理磁盘",
                f"only {space} left, the next ingest needs {needed / 1e9:.1f} GB; free some disk",
            ),
        )
    return Finding(check, "ok", Message(f"可写,剩余 {space}", f"writable, {space} free"))


def _states(settings: Settings) -> Iterator[Finding]:
    """Whether the state of each bot is sound, and when it was last backed up."""
    for bot in bots(settings):
        check = Message(f"机器人 {bot} 的状态", f"state of bot {bot}")
        path = state_of(settings, bot)
        try:
            problem, taken = condition(path)
        except WenbaoError as exc:  # whoever may not look may still ask
            yield Finding(check, "warning", exc.message)
            continue
        if problem:
            todo = Message(
                f"{path} 已损坏:{problem.zh};请停止机器人,用备份运行 wenbao restore",
                f"{path} is damaged: {problem.en}; stop the bot and run `wenbao restore` with a backup",
            )
            yield Finding(check, "wrong", todo)
        elif taken is None or age(taken) > _BACKED_UP_WITHIN:
            last = Message("从未", "never") if taken is None else Message(taken, taken)
            yield Finding(
                check,
                "warning",
                Message(
                    f"完好,上次备份:{last.zh};请运行 wenbao backup FILE",
                    f"sound, last backed up: {last.en}; run `wenbao backup FILE`",
                ),
            )
        else:
            yield Finding(check, "ok", Message(f"完好,上次备份:{taken}", f"sound, last backed up: {taken}"))


def _last_run(settings: Settings) -> Iterator[Finding]:
    """A finding where the last ingest didn't come to its end, before the first index too."""
    run = last_run(settings)
    if run is not None and run.error is not None:
        again = Message("请再运行 wenbao ingest", "run `wenbao ingest` again")
        detail = Message(f"没有完成:{run.error.zh};{again.zh}", f"failed: {run.error.en}; {again.en}")
        yield Finding(Message("上次导入", "last ingest"), "warning", detail)


def _guarded(check: Message, look: Callable[[Message], Finding]) -> Finding:
    try:
        return look(check)
    except WenbaoError as exc:
        return Finding(check, "wrong", exc.message)


def _consistent(check: Message, settings: Settings, index: Index) -> Finding:
    """Every chunk has a vector and its words, and slices back to its report and to the delivered text."""
    place = settings.data_dir / "index"
    dense, lexical = index.searchable()
    known: set[str] = set()
    broken: list[str] = []
    for entry in index.reports():
        report = index.report(entry.source)
        ids = index.catalog.chunk_ids(entry.source)
        known.update(ids)
        sliced = all(report.text[c.start : c.end] == c.text and c.text for c in index.chunks(ids))
        if not (sliced and _maps_back(report)):
            broken.append(entry.source)
    if broken:
        names = _some(broken)
        return Finding(
            check,
            "wrong",
            Message(
                f"片段与报告不符:{names};请删除 {place} 后运行 wenbao ingest",
                f"chunks don't fit: {names}; delete {place} and run `wenbao ingest`",
            ),
        )
    if not dense == lexical == known:
        counts = f"{len(dense)} / {len(lexical)} / {len(known)}"
        return Finding(
            check,
            "wrong",
            Message(
                f"向量、词、目录不一致({counts});请删除 {place} 后运行 wenbao ingest",
                f"vectors, words and catalog differ ({counts}); delete {place} and run `wenbao ingest`",
            ),
        )
    return Finding(
        check, "ok", Message(f"{len(known)} 个片段都能检索并核对", f"all {len(known)} chunks found and checked")
    )


def _maps_back(report: CleanReport) -> bool:
    """Whether the offset map is total, monotonic and within the delivered text."""
    starts, ends = report.mapped.starts, report.mapped.ends
    inside = not ends or (starts[0] >= 0 and ends[-1] <= len(report.raw))
    total = len(starts) == len(ends) == len(report.text)
    return total and inside and list(starts) == sorted(starts) and list(ends) == sorted(ends)


def _up_to_date(check: Message, settings: Settings, index: Index) -> Finding:
    known = {entry.source: entry.sha256 for entry in index.reports()}
    failed = {failure.source for failure in read_failures(read_summary(settings))}
    now: dict[str, str] = {}
    for file in sources.find_reports(settings.reports_dir).files:
        with contextlib.suppress(ReportError):
            data = sources.read_bytes(file.path, settings.max_file_mb << 20, settings.reports_dir, file.member)
            now[file.source] = sources.sha256(data)
    changed = sorted(
        {source for source, digest in now.items() if known.get(source) != digest and source not in failed}
        | (known.keys() - now.keys())
    )
    if changed:
        names = _some(changed)
        return Finding(
            check,
            "warning",
            Message(
                f"上次 ingest 之后有变化:{names};请运行 wenbao ingest", f"changed since: {names}; run `wenbao ingest`"
            ),
        )
    return Finding(check, "ok", Message("与报告目录一致", "as the reports directory"))


def _failures(settings: Settings) -> Finding:
    check = Message("失败文件", "failed files")
    failed = read_failures(read_summary(settings))
    if not failed:
        return Finding(check, "ok", Message("没有", "none"))
    names = "; ".join(f"{failure.source}: {failure.error}" for failure in failed[:_NAMED])
    return Finding(check, "warning", Message(names, names))


def _found_again(check: Message, engine: Engine, index: Index) -> Finding:
    """A self-test question per report: words of its own, which must find it again."""
    lost = []
    for entry in index.reports():
        chunks = index.chunks(index.catalog.chunk_ids(entry.source))
        if not chunks:
            continue
        longest = max(chunks, key=lambda chunk: len(chunk.text))
        question = " ".join(longest.text.split())[:_ASKED]
        if entry.source not in {hit.chunk.source for hit in engine.search(question)}:
            lost.append(entry.source)
    if lost:
        names = _some(lost)
        return Finding(check, "wrong", Message(f"找不回:{names};请运行 wenbao ingest", f"not found again: {names}"))
    return Finding(check, "ok", Message("每份报告都能找到", "every report is found"))


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" … ({len(names)})" if len(names) > _NAMED else "")

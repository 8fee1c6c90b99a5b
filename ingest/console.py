"""How the commands talk: JSON or text on stdout, progress and warnings on stderr, one line an error."""

from __future__ import annotations

import codecs
import dataclasses
import errno
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from config.errors import Language, Message, UsageError, WenbaoError, reason

if TYPE_CHECKING:
    from config.settings import Settings
    from ingest.records import IngestSummary

USAGE, INTERRUPTED = 2, 130
_USAGES = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"unexpected extra arguments?(?:\(s\))? \((.*)\)", "多余的参数:{0};带空格的问题请加引号"),
        (r"No such command '(.*)'", "没有命令 {0}"),
        (r"No such option:? '?([^\s']+)", "没有选项 {0}"),
        (r"Missing (?:argument|option|parameter)s? '(.*?)'", "缺少 {0}"),
        (r"Option '(.*?)' requires an argument", "选项 {0} 后面要有值"),
        (r"Invalid value for '?(.*?)'?: Input should be greater than or equal to (\S+)", "{0} 至少是 {1}"),
        (r"Invalid value for '?(.*?)'?: Input should be less than or equal to (\S+)", "{0} 最多是 {1}"),
        (r"Invalid value for '?(.*?)'?: Input should be a valid integer", "{0} 后面要是整数"),
        (r"Invalid value for '?(.*?)'?: (.*)", "{0} 的值不可用({1})"),
    )
)
_LINE_EVERY = 5.0  # seconds between progress lines where there is no terminal to draw a bar on


def run(app: Callable[..., object]) -> None:
    """Run a command line to its end: an expected error is one line on stderr and its exit code."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # closed by whoever called us
    sys.stderr = sys.stderr or sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except WenbaoError as exc:
        _fail(exc.text(language()), exc.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as exc:
        if exc.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(Message("无法写出结果:磁盘已满", "can't write the output: the disk is full").text(language()), 1)
    except Exception as exc:
        if not hasattr(exc, "format_message"):  # click's and typer's errors of usage
            raise
        _fail(f"{_usage(exc.format_message()).text(language())} (--help)", USAGE)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(english: str) -> Message:
    """The argument parser's own sentence, in Chinese too where it is one of the usual."""
    for pattern, chinese in _USAGES:
        if match := pattern.search(english):
            return Message(chinese.format(*match.groups()), english)
    return Message(english, english)


def _fail(line: str, code: int) -> NoReturn:
    print(f"wenbao: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(code)


def language() -> Language:
    """The language of the interface; Chinese where the settings can't be read."""
    from config.settings import load_settings

    try:
        return load_settings().language
    except WenbaoError:
        return "zh"


def print_json(value: object) -> None:
    """One line of JSON in UTF-8, whatever the terminal's encoding, at once."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    print_utf8(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")


def print_utf8(text: str) -> None:
    """What another program reads, in UTF-8, whatever the terminal's encoding, at once."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def shown(name: str) -> str:
    """A file's name as one harmless piece of a line, whatever characters are in it."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in name)


def summary_line(summary: IngestSummary, *, dry_run: bool = False) -> Message:
    """What an ingest did, or would do, in numbers."""
    counts = (len(summary.added), len(summary.updated), len(summary.removed), summary.unchanged, len(summary.failed))
    zh = "新增 {} · 更新 {} · 删除 {} · 未变 {} · 失败 {}".format(*counts)
    en = "{} added · {} updated · {} removed · {} unchanged · {} failed".format(*counts)
    if dry_run:
        return Message(f"试运行,未写入:{zh}", f"dry run, nothing written: {en}")
    return Message(
        f"{zh};共 {summary.chunks} 个片段,用时 {summary.seconds:.1f} 秒",
        f"{en}; {summary.chunks} chunks in all, {summary.seconds:.1f} s",
    )


def read_batch(path: str, required: str) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file, or of stdin for `-`: objects with an `id` and a text under `required`.

    Every usable row is yielded. Raises UsageError afterwards if there were others, and at once when
    the file can't be read.
    """
    bad = []
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            row = _row(line, required)
            if row is None:
                bad.append(number)
            else:
                yield row
    if bad:
        shown = ", ".join(map(str, bad[:10])) + (" …" if len(bad) > 10 else "")
        raise UsageError(
            f"{path} 中有 {len(bad)} 行不是含 id 和 {required} 的 JSON 对象,已跳过(第 {shown} 行)",
            f"{len(bad)} lines of {path} are not JSON objects with id and {required} and were skipped (lines {shown})",
        )


def _row(line: bytes, required: str) -> dict[str, Any] | None:
    """A usable row, or None: JSON in UTF-8 without NaN, a plain id, a text, and earlier questions as texts."""
    try:
        row = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
        history = row.get("history") or []
        texts = [row[required], *history]
        usable = isinstance(row["id"], str | int | float | None) and isinstance(history, list)
        for text in texts:
            text.encode("utf-8")  # lone surrogates are no text
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    return row if usable else None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _lines(path: str) -> Iterator[bytes]:
    try:
        if path == "-":
            if sys.stdin is None:
                raise UsageError("没有标准输入", "there is no standard input")
            # Not sys.stdin's own buffer: a thread that still waits for a line would hold its lock at exit.
            with open(sys.stdin.fileno(), "rb", closefd=False) as lines:
                yield next(lines, b"").removeprefix(codecs.BOM_UTF8)
                yield from lines
        else:
            with Path(path).open("rb") as file:
                yield next(file, b"").removeprefix(codecs.BOM_UTF8)
                yield from file
    except OSError as exc:
        raise UsageError(f"无法读取 {path}:{reason(exc).zh}", f"can't read {path}: {reason(exc).en}") from exc


class Progress:
    """Shows an ingest on stderr: a bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self, settings: Settings) -> None:
        self._language = settings.language
        self._bar: Any = None
        self._task: Any = None
        self._last_line = 0.0
        self._started: float | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def notify(self, message: Message) -> None:
        print(message.text(self._language), file=sys.stderr, flush=True)

    def embedding(self, done: int, total: int) -> None:
        label = Message("向量化", "embedding").text(self._language)
        now = time.monotonic()
        if self._started is None or done <= 1:
            self._started = now
        if not sys.stderr.isatty():
            if done == total or now - self._last_line >= _LINE_EVERY:
                self._last_line = now
                pace = _pace(done, total, now - self._started).text(self._language)
                print(f"{label} {done}/{total}{pace}", file=sys.stderr, flush=True)
            return
        if self._bar is None:
            self._bar = _bar()
            self._task = self._bar.add_task(label, total=total, pace="")
            self._bar.start()
        pace = _pace(done, total, now - self._started).text(self._language)
        self._bar.update(self._task, completed=done, pace=pace)


def _pace(done: int, total: int, seconds: float) -> Message:
    """How many a second, and how long the rest takes at that; nothing while neither can be told."""
    if done < 2 or seconds <= 0:
        return Message("", "")
    rate = (done - 1) / seconds  # the clock runs from the first one's end
    left = f"{round((total - done) / rate) // 60}:{round((total - done) / rate) % 60:02d}"
    return Message(f",每秒 {rate:.1f} 个,剩余 {left}", f", {rate:.1f} a second, {left} left")


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    return Bar(*columns, console=Console(stderr=True))

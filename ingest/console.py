"""How the commands talk: JSON or text on stdout, progress and warnings on stderr, one line an error."""

from __future__ import annotations

import dataclasses
import errno
import io
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from config import shown
from config.errors import Language, Message, WenbaoError, reason
from ingest import entry, running

if TYPE_CHECKING:
    from config.settings import Settings
    from ingest.records import IngestSummary

USAGE, INTERRUPTED = 2, 130
_USAGES = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"unexpected extra arguments?(?:\(s\))? \((.*)\)", "多余的参数:{0};带空格的问题请加引号"),
        (r"No such command '(.*)'", "没有命令 {0}"),
        (r"No such option:? '?([^\s'(]+)'?\.? ?\(Possible options?: ([^)]*)\)", "没有选项 {0};相近的有 {1}"),
        (r"No such option:? '?([^\s']+)", "没有选项 {0}"),
        (r"Option '(.*?)' does not take a value", "选项 {0} 后面不带值"),
        (r"Missing (?:argument|option|parameter)s? '(.*?)'", "缺少 {0}"),
        (r"Option '(.*?)' requires an argument", "选项 {0} 后面要有值"),
        (r"Invalid value for '?(.*?)'?: Input should be greater than or equal to (\S+)", "{0} 至少是 {1}"),
        (r"Invalid value for '?(.*?)'?: Input should be less than or equal to (\S+)", "{0} 最多是 {1}"),
        (r"Invalid value for '?(.*?)'?: Input should be a valid integer", "{0} 后面要是整数"),
        (r"Invalid value for '?(.*?)'?: (.*)", "{0} 的值不可用({1})"),
    )
)
_LINE_EVERY = 5.0  # seconds between progress lines where there is no terminal to draw a bar on


def run(
    arguments: Sequence[str], app: Callable[[list[str]], object], *, in_front: bool = False, unheard: bool = False
) -> NoReturn:
    """Run a command line to its end: an expected error is one line on stderr and its exit code.

    The command runs beside the main thread, which heeds signals; `in_front`: in it, with Ctrl-C as KeyboardInterrupt.
    Without a standard output it doesn't run, unless it is of use `unheard`.
    """
    running.end_at_once()
    running.somewhere()
    entry.in_utf8()
    mute = sys.stdout is None and not unheard
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # closed by whoever called us
    sys.stderr = sys.stderr or sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if mute:
        _fail(_text(Message("标准输出已关闭,结果无处可写", "standard output is closed; nothing can be told")), 1)
    try:
        code = _called(arguments, app, in_front=in_front)
        sys.stdout.flush()
    except KeyboardInterrupt:
        running.end(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, not even at exit.
        _silence()
        sys.exit(1)
    except (WenbaoError, OSError, MemoryError, ImportError, RuntimeError) as exc:
        _fail(*_told(exc))
    except Exception as exc:
        if not hasattr(exc, "format_message"):  # click's and typer's errors of usage
            raise
        _fail(_text(_usage(exc.format_message())) + " (--help)", USAGE)
    sys.exit(code if isinstance(code, int) else 0)


def _called(arguments: Sequence[str], app: Callable[[list[str]], object], *, in_front: bool) -> object:
    running.need(models=False)
    warn_of_misspelt()
    checked = entry.arguments(arguments)
    if not in_front:
        return running.interruptible(lambda: app(checked))
    running.by_keyboard()
    return app(checked)


def _told(exc: BaseException) -> tuple[str, int]:
    """The line for an error that has its cause in the machine or in what was asked for, and the exit code."""
    if isinstance(exc, WenbaoError):
        return exc.text(language()), exc.exit_code
    if isinstance(exc, OSError) and exc.errno == errno.ENOSPC:
        _silence()
        return _text(Message("无法写出结果:磁盘已满", "can't write the output: the disk is full")), 1
    if isinstance(exc, OSError):
        why, name = reason(exc), f" {exc.filename}" if exc.filename else ""
        return _text(Message(f"系统拒绝了操作{name}:{why.zh}", f"the system refused{name}: {why.en}")), 1
    if isinstance(exc, RuntimeError) and "thread" not in str(exc):
        raise exc
    what = str(exc).strip().split("\n")[0]
    return _text(Message(f"内存不足或安装不完整({what})", f"out of memory, or not fully installed ({what})")), 1


def _silence() -> None:
    """What is still to be written goes nowhere: it can't be, and Python would complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def warn_of_misspelt() -> None:
    """Name the settings that nobody reads or that mean nothing, on stderr."""
    from config.settings import remarks

    for remark in remarks():
        warn(_text(remark))


def _usage(english: str) -> Message:
    """The argument parser's own sentence, in Chinese too where it is one of the usual."""
    for pattern, chinese in _USAGES:
        if match := pattern.search(english):
            return Message(chinese.format(*match.groups()), english)
    return Message(english, english)


def _fail(line: str, code: int) -> NoReturn:
    warn(line)
    sys.exit(code)


def _text(message: Message) -> str:
    return message.text(language())


def say(text: str) -> None:
    """Lines for people, on stdout."""
    print(shown.lines(text), flush=True)


def say_verbatim(text: str) -> None:
    """A report's own text: as it is in a pipe or a file; on a terminal nothing of it can steer that."""
    print(shown.lines(text) if sys.stdout.isatty() else text, flush=True)


def paint(text: str) -> None:
    """Lines with colours of ours, in which everything else has been made harmless already."""
    print(text, flush=True)


def prompt(text: str) -> None:
    """What asks for a line, on stderr."""
    print(text, end="", file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """One line of wenbao's on stderr, without anything secret."""
    print(f"wenbao: {told(text)}", file=sys.stderr, flush=True)


def note(text: str) -> None:
    """A line about what is going on, on stderr."""
    print(told(text), file=sys.stderr, flush=True)


def told(text: str) -> str:
    """What is said to the operator: one line without anything secret."""
    from config.settings import without_secrets

    return shown.sentence(without_secrets(text))


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
    print_utf8(f"{shown.as_json(value)}\n")


def print_utf8(text: str) -> None:
    """What another program reads, in UTF-8, whatever the terminal's encoding, at once."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


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
        note(message.text(self._language))

    def embedding(self, done: int, total: int) -> None:
        running.keep_on()
        label = Message("向量化", "embedding").text(self._language)
        now = time.monotonic()
        if self._started is None or done <= 1:
            self._started = now
        if not sys.stderr.isatty():
            if done == total or now - self._last_line >= _LINE_EVERY:
                self._last_line = now
                pace = _pace(done, total, now - self._started).text(self._language)
                note(f"{label} {done}/{total}{pace}")
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

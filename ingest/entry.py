"""The one place where what people and programs hand in is checked: arguments, typed lines, rows of JSON.

Guarantees: what leaves here is text (no lone surrogates, no NUL), of bounded length where it is a row or a line; what
can't be is a UsageError that says which, or a row that is counted and skipped so that no other is lost.
"""

from __future__ import annotations

import codecs
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from config import files, shown
from config.errors import UsageError, reason

_LONGEST_ROW = 64 << 20  # bytes; far beyond any report
_LONGEST_LINE = 1 << 16  # bytes of a typed line
# What is no row of all that is read as rows: beyond either, it is another file, or one without an end (/dev/zero).
_MOST_UNUSABLE = 128 << 20  # bytes
_MOST_SKIPPED = 100_000  # rows
_ENCODINGS = ("utf-8", "gb18030")  # in this order: Chinese in GB18030 is hardly ever UTF-8 by chance
_SHOWN = 10  # of the skipped rows, in a message
_SURROGATES = range(0xD800, 0xE000)


def in_utf8() -> None:
    """Run in Python's UTF-8 mode, whatever the locale: file names, arguments and pipes read the same everywhere.

    Where Python was started otherwise the program is started again in its own place. What is printed stays in the
    terminal's own encoding where that can write Chinese.
    """
    if sys.flags.utf8_mode or codecs.lookup(sys.getfilesystemencoding()).name == "utf-8":
        return
    own = codecs.lookup(getattr(sys.stdout, "encoding", None) or "ascii").name
    if own != "ascii":
        os.environ.setdefault("PYTHONIOENCODING", f"{own}:backslashreplace")
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # ourselves


def arguments(given: Sequence[str]) -> list[str]:
    """The arguments as text; the name of a file that is there stays as it is. Raises UsageError."""
    return [word if _is_text(word) or os.path.lexists(word) else text(word) for word in given]


def text(given: str) -> str:
    """What was handed in as text, where its bytes are UTF-8 or GB18030. Raises UsageError."""
    if _is_text(given):
        return given
    read = decoded(given.encode("utf-8", "surrogateescape")) if _is_escaped(given) else None
    if read is None:
        name = shown.line(given.strip()[:40])
        raise UsageError(f"“{name}”不是 UTF-8 或 GB18030 文本", f"“{name}” is not text in UTF-8 or GB18030")
    return read


def decoded(data: bytes) -> str | None:
    """The bytes as text in the first encoding that fits, or None."""
    for encoding in _ENCODINGS:
        try:
            read = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return read if _is_text(read) else None
    return None


def typed() -> Iterator[str]:
    """The lines of stdin, for `text` to refuse where they are none; what is too long is cut."""
    if sys.stdin is None:
        return
    stream = sys.stdin.buffer
    while line := stream.readline(_LONGEST_LINE):
        yield decoded(line) or line.decode("utf-8", "surrogateescape")
        while not line.endswith(b"\n") and line:
            line = stream.readline(_LONGEST_LINE)


def may_write(path: Path, how: str, *, forced: bool) -> None:
    """Raises UsageError where a file is there, saying `how` to replace it, unless `forced`; and for what is none."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(
            f"{path} 不是普通文件(链接、目录、管道或设备),保持不变;请给出另一个文件名",
            f"{path} is a link, a folder, a pipe or a device and stays as it is; give another name",
        )
    if path.exists() and not forced:
        raise UsageError(f"{path} 已存在;用 {how} 覆盖", f"{path} exists; {how} replaces it")


def read_batch(path: str, required: str) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file, or of stdin for `-`: objects with an `id` and a text under `required`.

    Every usable row is yielded. Raises UsageError afterwards if there were others, and at once when
    the file can't be read or hardly holds any row.
    """
    bad: list[int] = []
    count = unusable = 0
    for number, line in enumerate(_lines(path), 1):
        row = _row(line, required) if line.strip() else None
        if row is not None:
            yield row
            continue
        unusable += len(line)
        if line.strip():
            count += 1
            bad += [number] if len(bad) < _SHOWN else []
        if unusable > _MOST_UNUSABLE or count > _MOST_SKIPPED:
            raise _endless(path, number)
    if bad:
        which = ", ".join(map(str, bad)) + (" …" if count > _SHOWN else "")
        raise UsageError(
            f"{path} 中有 {count} 行不是含 id 和 {required} 的 JSON 对象,已跳过(第 {which} 行)",
            f"{count} lines of {path} are not JSON objects with id and {required} and were skipped (lines {which})",
        )


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, object) of each line of a JSONL file but the empty ones. Raises UsageError naming the line."""
    for number, line in enumerate(_lines(str(path)), 1):
        if not line.strip():
            continue
        row = _json(line)
        if not isinstance(row, dict):
            raise UsageError(f"{path} 第 {number} 行不是 JSON 对象", f"{path}, line {number}: not a JSON object")
        yield number, row


def _endless(path: str, number: int) -> UsageError:
    return UsageError(
        f"{path} 不是 JSONL:有过长的行或过多无法使用的行;读到第 {number} 行为止",
        f"{path} is no JSONL: a line of it is too long or too many are unusable; it was read up to line {number}",
    )


def _row(line: bytes, required: str) -> dict[str, Any] | None:
    """A usable row, or None: an object with a plain id, a text, and earlier questions as texts."""
    row = _json(line)
    if not isinstance(row, dict) or "id" not in row:
        return None
    history = row.get("history") or []
    texts = [row.get(required), *history] if isinstance(history, list) else [None]
    plain = isinstance(row["id"], str | int | float | None)
    return row if plain and all(isinstance(each, str) for each in texts) else None


def _json(line: bytes) -> Any:
    """What a line of JSON in UTF-8 holds, without numbers that JSON has none of; None where it is no such line."""
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
        if b"\\ud" in line.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates are no text
    except (ValueError, RecursionError):
        return None
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise ValueError(written)
    return value


def _lines(path: str) -> Iterator[bytes]:
    try:
        if path == "-":
            if sys.stdin is None:
                raise UsageError("没有标准输入", "there is no standard input")
            # Not sys.stdin's own buffer: a thread that still waits for a line would hold its lock at exit.
            with open(sys.stdin.fileno(), "rb", closefd=False) as lines:
                yield from _bounded(lines, path)
        else:
            with files.opened(Path(path), piped=True) as file:
                yield from _bounded(file, path)
    except OSError as exc:
        raise UsageError(f"无法读取 {path}:{reason(exc).zh}", f"can't read {path}: {reason(exc).en}") from exc


def _bounded(lines: IO[bytes], path: str) -> Iterator[bytes]:
    """The lines without the mark that begins some files; of a line that is too long only a piece, which is no JSON.

    Raises UsageError where a line doesn't end.
    """
    line = lines.readline(_LONGEST_ROW).removeprefix(codecs.BOM_UTF8)
    number = 1
    while line:
        yield line
        unread = 0
        while len(line) >= _LONGEST_ROW - len(codecs.BOM_UTF8) and not line.endswith(b"\n"):
            unread += len(line)
            if unread > _MOST_UNUSABLE:
                raise _endless(path, number)
            line = lines.readline(_LONGEST_ROW)
        line = lines.readline(_LONGEST_ROW)
        number += 1


def _is_text(given: str) -> bool:
    return "\0" not in given and not _surrogate(given)


def _surrogate(given: str) -> bool:
    return any(ord(char) in _SURROGATES for char in given)


def _is_escaped(given: str) -> bool:
    """Whether all surrogates stand for single bytes, as Python escapes them."""
    return all("\udc80" <= char <= "\udcff" for char in given if ord(char) in _SURROGATES)

"""Take the text out of office files and web pages, each in a process of its own.

A parser may hang, crash or eat memory on a broken file; its process is given a time and memory limit,
and whatever happens to it becomes a ReportError for that one file. Run as `python -m ingest.formats.parsing
KIND`, this module is that process: the file's bytes on stdin, JSON on stdout, of pages read one by one a line each.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

from config.errors import Message, ReportError
from config.process import command
from ingest.formats.kinds import PICTURE, READERS, Kind

_MEMORY = 4 << 30  # bytes of address space
_LONGEST_REASON = 200  # characters


def extract(kind: Kind, data: bytes, seconds: float, *arguments: str) -> dict[str, Any]:
    """What the reader for `kind` found, and what it knows about the file: `title`, `date`, `publisher`.

    `text`; in `dropped` the spans of it that aren't the report's, each (reason, start, end); `paged` where form
    feeds part pages. `arguments` are handed to the reader. Of a web page instead what
    `ingest.formats.pages.read` gives. A reader that takes page by page gives `pages`; where it fails on one of them,
    those before, and in `error` why, in both languages.

    Raises ReportError when it refuses the file, fails, or takes longer than `seconds`, and no page was read before.
    """
    out, error = _run(kind, data, seconds, *arguments)
    *pages, last = out.split(b"\n")
    whole = b"" if error else last
    try:
        output = json.loads(whole)
    except ValueError:
        output = {"error": error or _unparsable(kind, "")}
    if pages:
        return {**output, "pages": [json.loads(page) for page in pages]}
    if "error" in output:
        raise ReportError(*output["error"])
    return dict(output)


def _run(kind: Kind, data: bytes, seconds: float, *arguments: str) -> tuple[bytes, Message | None]:
    """What the reader's process wrote, and why it didn't end where it didn't."""
    try:
        done = subprocess.run(  # noqa: S603  # ourselves
            command("ingest.formats.parsing", kind.name, *arguments),
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        setting = "WENBAO_RECOGNITION_SECONDS" if kind is PICTURE else "WENBAO_PARSE_SECONDS"
        return exc.stdout or b"", Message(
            f"解析超过 {seconds:.0f} 秒;可调整 {setting}", f"parsing took longer than {seconds:.0f} s; see {setting}"
        )
    if done.returncode:
        return done.stdout, _unparsable(kind, _last_words(done.stderr) or f"exit status {done.returncode}")
    return done.stdout, None


def _unparsable(kind: Kind, why: str) -> Message:
    return Message(f"无法解析这个 {kind.name} 文件:{why}", f"this {kind.name} file can't be parsed: {why}")


def _last_words(stderr: bytes) -> str:
    """The exception that ended the parser: the last line that it wrote."""
    lines = stderr.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_LONGEST_REASON]


def _child(kind: str, *arguments: str) -> None:
    import logging
    import resource
    import warnings

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        output = importlib.import_module(READERS[kind]).read(sys.stdin.buffer.read(), *arguments)
        for page in output.pop("each", ()):
            sys.stdout.buffer.write(json.dumps(page).encode("ascii") + b"\n")
            sys.stdout.buffer.flush()
    except ReportError as exc:
        output = {"error": list(exc.message)}
    except MemoryError:
        output = {"error": ["解析需要的内存过多", "parsing it needs too much memory"]}
    sys.stdout.buffer.write(json.dumps(output).encode("ascii"))


if __name__ == "__main__":
    _child(*sys.argv[1:])

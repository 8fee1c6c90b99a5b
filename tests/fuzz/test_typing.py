"""Whatever is typed, pasted or sent by a terminal into `wenbao chat`, and however that is resized: no traceback, no
hang, and the terminal is left as it was found."""

from __future__ import annotations

import contextlib
import os
import random
import re
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pexpect
import pytest
from bounds import bounded
from conftest import MODELS, ROOT, SMALL_REPORTS, Watcher
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from config.settings import Settings
from ingest.pipeline import ingest

PIECES = 50  # of input in one conversation
ENDS = 30.0  # seconds in which it must end when it is told to
# Ctrl-D ends a conversation, and Ctrl-\ asks for a crash: they don't come by chance.
KEYS = [chr(code) for code in range(1, 32) if code not in (4, 26, 28)] + ["\x7f", "\x80", "\x9b", "\x00"]
SEQUENCES = (
    *(f"\x1b[{final}" for final in "ABCDEFHZ"),
    *(f"\x1bO{final}" for final in "ABCDPQRS"),
    *(f"\x1b[{number}~" for number in (*range(1, 25), 200, 201, 999)),
    *(f"\x1b[1;{modifier}{final}" for modifier in (2, 3, 5, 6) for final in "ABCD"),
    *(f"\x1b{letter}" for letter in "bfdu.<>_\x7f\x1b[]P^"),
    "\x1b[M !!\x1b[M#!!",  # a mouse
    "\x1b[<0;10;10M\x1b[<0;10;10m",
    "\x1b[1;1R\x1b[999;999R\x1b[0;0R",  # where the cursor is
    "\x1b[?1;2c\x1b[>0;0;0c\x1b]11;rgb:0000/0000/0000\x07\x1bP>|x\x1b\\",  # what a terminal says of itself
    "\x1b[I\x1b[O",
    "\x1b[200~东山县\n举办讲座\x03\x04多少场?\r\n\x1b[201~",
    "\x1b[200~never closed",
    "\x18\x05\x18\x18\x12\x13",
)
WORDS = (
    *("东山县举办讲座多少场?", "那西河市呢?", "a" * 300, "👨‍👩‍👧‍👦🇨🇳é", "\u202e\u200b", "0", "?", "：１"),
    *(":help", ":1", ":9", ":raw 1", ":sources", ":only 西河市", ":all", ":save m.md", ":save! /", ":save ", ":", "::"),
    *("东山县", "的" * 500, "!ls", "$(id)", "\\", "'", '"', "%s%n", "~x", ":table 讲座", ":read a.txt"),
)
SIZES = ((50, 120), (24, 80), (1, 1), (2, 3), (5, 10), (200, 400), (24, 1), (1, 80))


def piece(draw: random.Random) -> bytes:
    """Something that comes in at once."""
    kind = draw.randrange(6)
    if kind == 0:
        return draw.choice(KEYS).encode("utf-8", "replace")
    if kind == 1:
        return draw.choice(SEQUENCES).encode()
    if kind == 2:
        return draw.choice(WORDS).encode("utf-8", "surrogatepass")
    if kind == 3:
        return draw.choice(WORDS).encode("utf-8", "surrogatepass") + b"\r"
    if kind == 4:
        cut = draw.choice((*WORDS, *SEQUENCES)).encode("utf-8", "surrogatepass")
        return cut[: draw.randint(0, len(cut))]
    return bytes(code for code in draw.randbytes(draw.randint(1, 12)) if code not in (4, 26, 28))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, embedder: Any) -> Settings:
    folder = tmp_path_factory.mktemp("talk")
    settings = Settings(reports_dir=folder / "reports", data_dir=folder / "data", models_dir=MODELS)
    settings.reports_dir.mkdir()
    for name, text in SMALL_REPORTS.items():
        (settings.reports_dir / name).write_text(text, encoding="utf-8")
    ingest(settings, [], Watcher(), embedder=embedder)
    return settings


def spawn(office: Settings, folder: Path) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WENBAO_", "LESS"))}
    env = kept | {
        "PYTHONPATH": str(ROOT),
        "WENBAO_DATA_DIR": str(office.data_dir),
        "WENBAO_MODELS_DIR": str(MODELS),
        "WENBAO_REPORTS_DIR": str(office.reports_dir),
        "WENBAO_CHAT_HISTORY": str(folder / "history"),
        "TERM": "xterm-256color",
        "PAGER": "cat",
        "LANG": "C.UTF-8",
    }
    arguments = ["-m", "rag", "chat"]
    return pexpect.spawn(sys.executable, arguments, env=env, cwd=str(folder), dimensions=(50, 120), timeout=60)


def heard(child: Any, seconds: float) -> bytes:
    """What it writes meanwhile; nobody who doesn't read may hold it up."""
    said, until = b"", time.monotonic() + seconds
    with contextlib.suppress(pexpect.EOF):
        while time.monotonic() < until:
            with contextlib.suppress(pexpect.TIMEOUT):
                said += child.read_nonblocking(1 << 16, timeout=0.02)
    return said


def ended(child: Any) -> tuple[bool, bytes]:
    """Whether it ends when it is told to by keys, and what it wrote until then."""
    said, until = b"", time.monotonic() + ENDS
    while child.isalive() and time.monotonic() < until:
        for keys in (b"\x1b[201~", b"\x07", b"\x03", b"\x15", b"\x04"):
            with contextlib.suppress(OSError):
                child.send(keys)
            said += heard(child, 0.2)
    return not child.isalive(), said + heard(child, 0.2)


@settings(bounded(3), phases=[Phase.generate])  # a smaller conversation would take as long to find
@given(st.integers(0, 2**32))
def test_keys_pastes_and_sizes(office, tmp_path_factory, seed):
    draw, folder = random.Random(seed), tmp_path_factory.mktemp("chat")
    child = spawn(office, folder)
    try:
        before = termios.tcgetattr(child.child_fd)[3]
        child.expect("问>".encode())
        said = b""
        for _ in range(PIECES):
            with contextlib.suppress(OSError):  # it may have ended
                if draw.random() < 0.15:
                    child.setwinsize(*draw.choice(SIZES))
                child.send(piece(draw))
            said += heard(child, draw.choice((0.0, 0.02, 0.1)))
        over, last = ended(child)
        said += last
        assert over, f"it hangs: {said[-500:]!r}"
        after = termios.tcgetattr(child.child_fd)[3]
    finally:
        child.close(force=True)
    assert b"Traceback" not in said, said[said.index(b"Traceback") - 200 :][:3000].decode("utf-8", "replace")
    # A Ctrl-C while Python itself ends is a signal's end, which a shell calls 130 too.
    code = 128 + child.signalstatus if child.signalstatus else child.exitstatus
    assert code in (0, 130), (code, said[-500:])
    echoes = termios.ECHO | termios.ICANON | termios.ISIG
    assert after & echoes == before & echoes
    assert re.findall(rb"\x1b\[\?2004([hl])", said)[-1:] in ([], [b"l"])
    assert re.findall(rb"\x1b\[\?25([hl])", said)[-1:] in ([], [b"h"])

"""The real program in processes of its own, for sweeps: run, signalled, and looked at afterwards."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 600.0  # seconds from which on a command hangs, on a machine whose processors have other work as well
MEMORY = Path("/dev/shm")
# An interrupt while Python itself starts, before any line of ours: it prints a traceback through its own module `site`.
STARTING: list[str] = []  # the commands that were met so
PYTHONS_OWN = re.compile(r"frozen site(?:(?!/rag/|/ingest/|/config/)[^\0])*KeyboardInterrupt\s*\Z")
HEEDED = 2.0  # seconds from a signal to the end, where each processor has one process to run


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    words: Sequence[str]
    code: int
    stdout: str
    stderr: str
    seconds: float
    hung: bool = False
    signalled: int | None = None
    heeded: float = 0.0


@dataclass
class Workplace:
    """Reports, data and temporary files of a sweep."""

    folder: Path
    models: Path
    longest: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in (self.reports, self.temporary, self.cwd):
            path.mkdir(parents=True, exist_ok=True)

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def cwd(self) -> Path:
        return self.folder / "cwd"

    def environment(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}
        ours = {"REPORTS_DIR": self.reports, "DATA_DIR": self.data, "MODELS_DIR": self.models, "LANGUAGE": "en"}
        return (
            plain
            | {f"WENBAO_{k}": str(v) for k, v in ours.items()}
            | {
                "PYTHONPATH": str(ROOT),
                "TMPDIR": str(self.temporary),
            }
        )

    def limit(self, command: str) -> float:
        """Seconds within which a signal is to come: as long as such a command takes here."""
        return self.longest.get(command, 4.0)

    def took(self, command: str, ended: Ended) -> None:
        if ended.code == 0:
            self.longest[command] = 0.8 * self.limit(command) + 0.2 * 1.05 * ended.seconds
        else:
            self.longest[command] = self.limit(command) * 1.01


def run(
    place: Workplace,
    words: Sequence[str],
    *,
    typed: str | bytes = "",
    env: Mapping[str, str | None] | None = None,
    signal_after: tuple[signal.Signals, float] | None = None,
    longest: float = LONGEST,
    shell: str = "",
    alone: bool = False,
) -> Ended:
    """`wenbao WORDS` to its end. `shell`: a line of bash that runs it as "$@"; `alone`: in mounts of its own."""
    environment = place.environment() | {k: v for k, v in (env or {}).items() if v is not None}
    for name in [name for name, value in (env or {}).items() if value is None]:
        environment.pop(name, None)
    command = [sys.executable, "-m", "rag", *words]
    if shell:
        command = ["bash", "-c", shell, "wenbao", *command]
    if alone:
        command = ["unshare", "--mount", *command]
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=place.cwd,
        start_new_session=True,
    )
    data = typed.encode() if isinstance(typed, str) else typed
    signalled, sent = None, 0.0
    if signal_after is not None:
        number, delay = signal_after
        if data:
            process.stdin.write(data)
            process.stdin.flush()
            data = b""
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            signalled, sent = int(number), time.monotonic()
            _wait(process, longest)
    hung = False
    try:
        out, err = process.communicate(data, timeout=longest)
    except subprocess.TimeoutExpired:
        hung = True
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
    ended = time.monotonic()
    return Ended(
        words,
        process.returncode,
        (out or b"").decode("utf-8", "replace"),
        (err or b"").decode("utf-8", "replace"),
        ended - began,
        hung,
        signalled,
        ended - sent if signalled is not None else 0.0,
    )


def _wait(process: subprocess.Popen[bytes], longest: float) -> None:
    try:
        process.wait(min(longest, 5.0))
    except subprocess.TimeoutExpired:
        return


def ended_well(ended: Ended, codes: Sequence[int]) -> Iterator[str]:
    """What is wrong with how a process ended."""
    said = ended.stderr + ended.stdout
    if PYTHONS_OWN.search(said) and ended.signalled == signal.SIGINT:
        STARTING.append(" ".join(ended.words))
        return
    if "Traceback" in said or "panicked" in said or "Fatal Python" in said:
        yield f"{ended.words} traceback: {ended.stderr[-800:]}"
    if ended.hung:
        yield f"{ended.words} hung"
    allowed = set(codes)
    if ended.signalled is not None:
        allowed |= {-ended.signalled, 128 + ended.signalled}
        load = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        if ended.heeded > HEEDED * load:
            yield f"{ended.words} heeded signal {ended.signalled} after {ended.heeded:.1f} s, load {load:.1f}"
    if ended.code not in allowed:
        yield f"{ended.words} ended with {ended.code}: {ended.stderr[-400:]}"


def leftovers(place: Workplace, bound: int = 1) -> Iterator[str]:
    """Temporary files that nobody holds, beyond those of the last one killed."""
    left = [path.name for path in place.temporary.iterdir() if not _held(path)]
    if len(left) > bound:
        yield f"temporary: {left}"
    if MEMORY.is_dir():
        ours = [path for path in MEMORY.glob(f"wenbao-{os.getuid()}-*") if not _held(path)]
        if len(ours) > bound:
            yield f"in memory: {[sorted(map(str, path.rglob('*'))) for path in ours]}"


def _held(folder: Path) -> bool:
    """Whether a process that lives holds a temporary folder."""
    try:
        descriptor = os.open(folder / ".held", os.O_RDWR)
    except OSError:
        return not folder.exists()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)

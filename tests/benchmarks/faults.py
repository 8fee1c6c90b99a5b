"""The faults of `make sweep PART=faults`: a machine, a caller or a folder that isn't as it should be, one a row.

Each is tried on a copy of a small index. A row says what is done to the copy, the words, in what shell and environment
they are run, and with which exit codes they may end; whatever happens there is no traceback, nothing hangs, an error is
one line, nothing temporary is left, and without the fault the index answers again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from programs import Ended, Workplace, ended_well, leftovers, run

ASKED = ["ask", "第3区科协举办讲座多少场?"]
SAID = "13场"
NEW = "新区科协工作总结\n新区科协举办讲座77场。\n"
ANSWERED, FAILED, MISUSED, SOME_FAILED = (0,), (1,), (2,), (4,)
ROOT_ONLY = os.geteuid() == 0
NO_RIGHTS = 'exec setpriv --bounding-set=-all --inh-caps=-all "$@"'  # root, but subject to permissions
CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long shift(void) {
    static long n; n++; const char *by = getenv("CLOCK_SHIFT"), *jumps = getenv("CLOCK_JUMPS");
    return (by ? atol(by) : 0) + (jumps && n % 2 ? atol(jumps) : 0);
}
int clock_gettime(clockid_t id, struct timespec *now) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(id, now);
    if (id == CLOCK_REALTIME) now->tv_sec += shift();
    return code;
}
int gettimeofday(struct timeval *now, void *zone) {
    int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
    int code = real(now, zone);
    now->tv_sec += shift();
    return code;
}
time_t time(time_t *out) {
    struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
"""


@dataclass(frozen=True)
class Fault:
    """What is done, what is run, and how it may end; `says` stands in what is printed."""

    words: Sequence[str]
    codes: Sequence[int]
    prepare: Callable[[Workplace], object] = lambda _: None
    shell: str = ""
    env: Mapping[str, str | None] = field(default_factory=dict)
    typed: str | bytes = ""
    says: str = ""
    alone: bool = False  # in mounts of its own, which only root may have
    undo: Callable[[Workplace], object] = lambda _: None
    heals: bool = True  # the index answers again as before


def tried(name: str, place: Workplace) -> Iterator[str]:
    """What is wrong with how a fault is borne."""
    with tempfile.TemporaryDirectory(prefix="fault-") as folder:
        own = Workplace(Path(folder), place.models)
        for part in ("reports", "data"):
            target = own.folder / part
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(place.folder / part, target)
        try:
            yield from _tried(FAULTS[name], own)
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", folder], check=False, capture_output=True)


def _tried(fault: Fault, place: Workplace) -> Iterator[str]:
    fault.prepare(place)
    env = {name: value and value.format(place=place.folder) for name, value in fault.env.items()}
    shell = fault.shell.format(place=place.folder, data=place.data)
    words = [word.format(place=place.folder) if "{place}" in word else word for word in fault.words]
    ended = run(place, words, typed=fault.typed, env=env, shell=shell, alone=fault.alone)
    yield from ended_well(ended, fault.codes)
    yield from _told_well(ended)
    if fault.says and fault.says not in ended.stdout + ended.stderr:
        yield f"doesn't say {fault.says}: {ended.stdout[-300:]} {ended.stderr[-300:]}"
    fault.undo(place)
    subprocess.run(["chmod", "-R", "u+rwX", str(place.folder)], check=False, capture_output=True)
    if fault.heals:
        again = run(place, [*ASKED, "--json"])
        yield from ended_well(again, ANSWERED)
        if SAID not in again.stdout:
            yield f"afterwards: {again.stdout[:200]} {again.stderr[-200:]}"
    yield from leftovers(place, 0)


def _told_well(ended: Ended) -> Iterator[str]:
    """An expected failure is one line of wenbao's, the last that is printed."""
    lines = ended.stderr.strip().split("\n")
    failed = [line for line in lines if line.startswith("wenbao: ") and "unknown setting" not in line]
    if ended.code in (1, 2) and ended.stderr and (not failed or lines[-1] != failed[-1]):
        yield f"{ended.words} isn't told in one line: {ended.stderr[-400:]}"


def _write(name: str, content: str | bytes) -> Callable[[Workplace], object]:
    data = content.encode() if isinstance(content, str) else content

    def write(place: Workplace) -> None:
        path = place.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return write


NEW_REPORT = _write("reports/new.txt", NEW)


def _link(name: str, target: str) -> Callable[[Workplace], object]:
    return lambda place: (place.reports / name).symlink_to(target.format(place=place.folder))


def _moved(part: str) -> Callable[[Workplace], object]:
    """A folder lies elsewhere, and a link stands in its place."""

    def move(place: Workplace) -> None:
        (place.folder / part).rename(place.folder / "elsewhere")
        (place.folder / part).symlink_to(place.folder / "elsewhere")

    return move


def _changed(mode: int, pattern: str) -> Callable[[Workplace], object]:
    def change(place: Workplace) -> None:
        for path in sorted(place.folder.glob(pattern), reverse=True):
            path.chmod(mode)

    return change


def _and(*steps: Callable[[Workplace], object]) -> Callable[[Workplace], object]:
    return lambda place: [step(place) for step in steps]


def _aged(seconds: float) -> Callable[[Workplace], object]:
    def age(place: Workplace) -> None:
        for path in place.reports.iterdir():
            os.utime(path, (seconds, seconds))

    return age


def _socket(place: Workplace) -> None:
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(place.reports):
        listening.bind("socket.txt")  # the whole name is too long for a socket's


def _deep(place: Workplace) -> None:
    with contextlib.chdir(place.reports):
        for _ in range(300):
            Path("深" * 20).mkdir()
            os.chdir("深" * 20)
        Path("x.txt").write_text(NEW, encoding="utf-8")


def _odd_names(place: Workplace) -> None:
    for name in (
        b"\xff\xfe.txt",
        "换\n行.txt".encode(),
        b"x" * 251 + b".txt",
        b"-rf.txt",
        b" .txt",
        "\u202etxt.x.txt".encode(),
    ):
        (Path(os.fsdecode(os.fsencode(place.reports) + b"/" + name))).write_bytes(NEW.encode())


def _clock(place: Workplace) -> None:
    (place.folder / "clock.c").write_text(CLOCK, encoding="utf-8")
    made = ["gcc", "-shared", "-fPIC", "-o", str(place.folder / "clock.so"), str(place.folder / "clock.c"), "-ldl"]
    subprocess.run(made, check=True, capture_output=True)


def _at(seconds: float, jumps: float = 0) -> dict[str, str | None]:
    return {"LD_PRELOAD": "{place}/clock.so", "CLOCK_SHIFT": str(int(seconds)), "CLOCK_JUMPS": str(int(jumps))}


def _small(data: str, size: str) -> str:
    """A disk of this size, with the index on it, filled up."""
    return (
        f"mkdir {{place}}/small; mount -t tmpfs -o size={size} x {{place}}/small; cp -r {{data}}/. {{place}}/small; "
        f'mount --bind {{place}}/small {{data}}; head -c {data} /dev/zero > {{data}}/filler; exec "$@"'
    )


YEAR = 365.25 * 86400
ASK_JSON = [*ASKED, "--json"]
INGEST = ["ingest"]
ANY = (0, 1, 2, 3, 4)

FAULTS: dict[str, Fault] = {
    # Disks
    "full data disk, asked": Fault(ASK_JSON, ANSWERED, shell=_small("20M", "20M"), alone=True, says=SAID),
    "full data disk, ingest": Fault(INGEST, FAILED, NEW_REPORT, _small("20M", "20M"), alone=True),
    "nearly full data disk, ingest": Fault(INGEST, (0, 1), NEW_REPORT, _small("3M", "6M"), alone=True, heals=False),
    "full temporary folders, asked": Fault(
        ASK_JSON,
        (0, 1),
        shell='mount -t tmpfs -o size=64k x /dev/shm; mount -t tmpfs -o size=64k x {place}/tmp; exec "$@"',
        alone=True,
    ),
    "no memory folder, asked": Fault(
        ASK_JSON, ANSWERED, shell='mount -t tmpfs -o ro x /dev/shm; exec "$@"', alone=True, says=SAID
    ),
    "no temporary folder at all, asked": Fault(
        ASK_JSON,
        (0, 1),
        shell="mount -t tmpfs -o ro x /dev/shm; for folder in /tmp /var/tmp; do mount --bind $folder $folder; "
        'mount -o remount,bind,ro $folder; done; exec "$@"',
        env={"TMPDIR": "/nowhere"},
        alone=True,
    ),
    **{
        f"files of {size} bytes at most, ingest": Fault(INGEST, (0, 1), NEW_REPORT, f'ulimit -f {size}; exec "$@"')
        for size in (0, 8, 64, 256, 1024)
    },
    "files of no bytes, asked": Fault(ASK_JSON, (0, 1), shell='ulimit -f 0; exec "$@"'),
    "read-only data disk, asked": Fault(
        ASK_JSON,
        ANSWERED,
        shell='mount --bind -o ro {data} {data}; mount -o remount,bind,ro {data}; exec "$@"',
        alone=True,
        says=SAID,
    ),
    "read-only data disk, ingest": Fault(
        INGEST, FAILED, NEW_REPORT, 'mount --bind {data} {data}; mount -o remount,bind,ro {data}; exec "$@"', alone=True
    ),
    "read-only data disk, doctor": Fault(
        ["doctor"], FAILED, shell='mount --bind {data} {data}; mount -o remount,bind,ro {data}; exec "$@"', alone=True
    ),
    "full standard output, ask": Fault(ASKED, FAILED, shell='exec "$@" > /dev/full'),
    "full standard output, ask as JSON": Fault(ASK_JSON, FAILED, shell='exec "$@" > /dev/full'),
    "full standard output, status": Fault(["status"], FAILED, shell='exec "$@" > /dev/full'),
    "full standard output, ingest": Fault([*INGEST, "--json"], FAILED, NEW_REPORT, 'exec "$@" > /dev/full', heals=True),
    "full standard output, clean": Fault(["clean", "{place}/reports/3.txt"], FAILED, shell='exec "$@" > /dev/full'),
    "full standard output, help": Fault(["--help"], FAILED, shell='exec "$@" > /dev/full'),
    "full standard error, ingest": Fault(INGEST, (0, 1), NEW_REPORT, 'exec "$@" 2> /dev/full'),
    "full standard error, a failure": Fault(["show", "nothing"], (1, 2), shell='exec "$@" 2> /dev/full'),
    # Permissions
    "index not readable": Fault(ASK_JSON, FAILED, _changed(0, "data/index"), NO_RIGHTS),
    "pointer not readable": Fault(ASK_JSON, FAILED, _changed(0, "data/index/current"), NO_RIGHTS),
    "catalog not readable": Fault(ASK_JSON, FAILED, _changed(0, "data/index/g*/catalog.db"), NO_RIGHTS),
    "vectors not readable": Fault(ASK_JSON, FAILED, _changed(0, "data/index/g*/chroma"), NO_RIGHTS),
    "words not readable": Fault(ASK_JSON, FAILED, _changed(0, "data/index/g*/lexical/*"), NO_RIGHTS),
    "data not writable, asked": Fault(ASK_JSON, ANSWERED, _changed(0o555, "data/**/*"), NO_RIGHTS, says=SAID),
    "data not writable, ingest": Fault(INGEST, FAILED, _and(NEW_REPORT, _changed(0o555, "data/**/")), NO_RIGHTS),
    "a report not readable": Fault(INGEST, SOME_FAILED, _changed(0, "reports/3.txt"), NO_RIGHTS, heals=False),
    "a folder of reports not readable": Fault(
        INGEST, (1, 4), _and(_write("reports/sub/x.txt", NEW), _changed(0, "reports/sub")), NO_RIGHTS
    ),
    "the reports directory not readable": Fault(INGEST, FAILED, _changed(0, "reports"), NO_RIGHTS),
    "lock not writable": Fault(
        INGEST, FAILED, _and(NEW_REPORT, _write("data/index/lock", ""), _changed(0o444, "data/index/lock")), NO_RIGHTS
    ),
    # Words and locales
    **{
        f"locale {name}": Fault(ASK_JSON, ANSWERED, env={"LC_ALL": name, "LANG": name, "PYTHONUTF8": None}, says=SAID)
        for name in ("C", "POSIX", "zh_CN.GBK", "xx_YY.nonsense", "")
    },
    "output in ASCII": Fault(ASKED, ANSWERED, env={"PYTHONIOENCODING": "ascii"}),
    "UTF-8 mode off in the C locale": Fault(
        ASK_JSON, ANSWERED, env={"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}, says=SAID
    ),
    "a question in GBK": Fault(
        ["ask", "--json"],
        ANSWERED,
        shell='exec "$@" "$(printf %s 第3区科协举办讲座多少场? | iconv -t gb18030)"',
        says=SAID,
    ),
    "a question of no encoding": Fault(["ask"], MISUSED, shell="exec \"$@\" $'\\xff\\xfe\\x80'"),
    "unknown language": Fault(ASKED, (1, 2), env={"WENBAO_LANGUAGE": "tlh"}),
    "a terminal of no kind": Fault(ASKED, ANSWERED, env={"TERM": "nonsense", "COLUMNS": "-3", "LINES": "x"}),
    # Streams
    "no standard output": Fault(ASKED, FAILED, shell='exec "$@" >&-'),
    "no standard error": Fault(ASKED, ANSWERED, shell='exec "$@" 2>&-'),
    "no standard streams": Fault(ASKED, FAILED, shell='exec "$@" <&- >&- 2>&-'),
    "no standard streams, ingest": Fault(INGEST, ANSWERED, NEW_REPORT, 'exec "$@" <&- >&- 2>&-'),
    "no standard input, batch": Fault(["ask", "--batch", "-"], MISUSED, shell='exec "$@" <&-'),
    "no standard input, chat": Fault(["chat"], (0, 1, 2), shell='exec "$@" <&-'),
    "standard input never ends, batch": Fault(
        ["ask", "--batch", "-"], (2,), shell='head -c 300000000 /dev/zero | "$@"'
    ),
    "standard input is noise, chat": Fault(["chat"], (0, 1, 2), shell='head -c 200000 /dev/urandom | "$@"'),
    "whoever reads has gone": Fault(["sources"], (0, 1), shell='"$@" | true; exit ${{PIPESTATUS[0]}}'),
    "whoever reads goes soon": Fault(
        ["ask", "--batch", "-"],
        (0, 1),
        shell='(for n in $(seq 30); do echo \'{{"id":1,"question":"第3区科协举办讲座多少场?"}}\'; done) | "$@" | '
        "head -c 10; exit ${{PIPESTATUS[1]}}",
    ),
    # Signals
    "terminal hung up under nohup": Fault(
        ASK_JSON, ANSWERED, shell='trap "" HUP; "$@" & sleep 1; kill -HUP $!; wait $!', says=SAID
    ),
    "signals ignored by the caller": Fault(
        ASK_JSON,
        ANSWERED,
        shell='trap "" INT TERM HUP; "$@" & sleep 1; kill -TERM $!; kill -INT $!; wait $!',
        says=SAID,
    ),
    "stopped and continued": Fault(
        ASK_JSON, ANSWERED, shell='"$@" & sleep 1; kill -STOP $!; sleep 1; kill -CONT $!; wait $!', says=SAID
    ),
    "stopped and continued, ingest": Fault(
        INGEST, ANSWERED, NEW_REPORT, '"$@" & sleep 2; kill -STOP $!; sleep 1; kill -CONT $!; wait $!'
    ),
    "signals in a row": Fault(
        INGEST, (130, 143, -2, -15), NEW_REPORT, '"$@" & sleep 2; kill -TERM $!; kill -TERM $!; kill -INT $!; wait $!'
    ),
    "a window that changes": Fault(
        ASK_JSON, ANSWERED, shell='"$@" & for n in 1 2 3 4 5; do sleep 0.3; kill -WINCH $!; done; wait $!', says=SAID
    ),
    # Clocks
    "clock in 2100, ingest": Fault(INGEST, ANSWERED, _and(_clock, NEW_REPORT), env=_at(74 * YEAR)),
    "clock in 2100, asked": Fault(ASK_JSON, ANSWERED, _clock, env=_at(74 * YEAR), says=SAID),
    "clock in 1970, ingest": Fault(INGEST, ANSWERED, _and(_clock, NEW_REPORT), env=_at(-56.9 * YEAR)),
    "clock in 1970, asked": Fault(ASK_JSON, ANSWERED, _clock, env=_at(-56.9 * YEAR), says=SAID),
    "clock that jumps by a day, ingest": Fault(INGEST, ANSWERED, _and(_clock, NEW_REPORT), env=_at(0, 86400)),
    "clock that jumps by a day, asked": Fault(ASK_JSON, ANSWERED, _clock, env=_at(0, 86400), says=SAID),
    "reports of 2100": Fault(INGEST, ANSWERED, _and(NEW_REPORT, _aged(4102444800.0))),
    "reports of 1901": Fault(INGEST, ANSWERED, _and(NEW_REPORT, _aged(-2147483648.0))),
    # Memory and other limits
    **{
        f"{size} MB of address space, {words[0]}": Fault(
            words, (0, 1), NEW_REPORT, f'ulimit -v {size << 10}; exec "$@"'
        )
        for size in (100, 300, 600, 900, 1300, 2000)
        for words in (ASK_JSON, INGEST)
    },
    **{
        f"{count} open files, {words[0]}": Fault(words, (0, 1), NEW_REPORT, f'ulimit -n {count}; exec "$@"')
        for count in (12, 24, 48)
        for words in (ASK_JSON, INGEST)
    },
    "a small stack": Fault(ASK_JSON, (0, 1), shell='ulimit -s 256; exec "$@"'),
    "a batch row of 70 MB": Fault(
        ["search", "--batch", "-"],
        MISUSED,
        shell='(printf \'{{"id":1,"question":"\'; head -c 70000000 /dev/zero | tr "\\0" a; echo \'"}}\') | "$@"',
    ),
    # Folders and links
    "a loop of links": Fault(INGEST, (0, 4), _link("loop", "{place}/reports/loop")),
    "a link to its own folder": Fault(INGEST, ANSWERED, _link("again", "{place}/reports")),
    "a link to a file outside": Fault(INGEST, (0, 4), _link("passwd.txt", "/etc/passwd")),
    "a link to a folder outside": Fault(INGEST, (0, 1, 4), _link("etc", "/etc")),
    "a link to what never ends": Fault(INGEST, (0, 4), _link("zero.txt", "/dev/zero")),
    "a link to nothing": Fault(INGEST, SOME_FAILED, _link("none.txt", "{place}/none")),
    "a pipe among the reports": Fault(INGEST, (0, 4), lambda place: os.mkfifo(place.reports / "pipe.txt")),
    "a socket among the reports": Fault(INGEST, (0, 4), _socket),
    "a device among the reports": Fault(
        INGEST, (0, 4), lambda place: os.mknod(place.reports / "device.txt", 0o20666, os.makedev(1, 5)), alone=True
    ),
    "the data directory is a link": Fault(ASK_JSON, ANSWERED, _moved("data"), says=SAID),
    "the data directory is a link, ingest": Fault(INGEST, ANSWERED, _and(_moved("data"), NEW_REPORT)),
    "the reports directory is a link": Fault(INGEST, ANSWERED, _and(_moved("reports"), NEW_REPORT)),
    "the data directory among the reports": Fault(
        INGEST, (0, 4), NEW_REPORT, env={"WENBAO_DATA_DIR": "{place}/reports/data"}
    ),
    "the pointer is a loop of links": Fault(
        ASK_JSON,
        FAILED,
        lambda place: [(place.data / "index/current").unlink(), (place.data / "index/current").symlink_to("current")],
        heals=False,
    ),
    "the lock is a folder": Fault(
        INGEST,
        FAILED,
        lambda place: [(place.data / "index/lock").unlink(missing_ok=True), (place.data / "index/lock").mkdir()],
    ),
    "folders 300 deep": Fault(INGEST, (0, 1, 4), _deep),
    "odd names": Fault(INGEST, (0, 4), _odd_names),
    "odd names, listed": Fault(["ingest", "--json"], (0, 4), _odd_names),
    "a report of one line of 19 MB": Fault(INGEST, (0, 4), _write("reports/long.txt", "科普工作" * 1_600_000 + "。")),
    "a report that is a folder": Fault(INGEST, ANSWERED, lambda place: (place.reports / "folder.txt").mkdir()),
    # Settings
    "settings of bytes": Fault(ASK_JSON, (1,), _write("cwd/.env", bytes(range(256)) * 9), heals=False),
    "settings in a folder": Fault(ASK_JSON, (0, 1, 2), lambda place: (place.cwd / ".env").mkdir()),
    "settings of one line of 10 MB": Fault(ASK_JSON, (0, 1, 2), _write("cwd/.env", "WENBAO_X=" + "x" * 10_000_000)),
    "a misspelt setting": Fault(ASK_JSON, ANSWERED, env={"WENBAO_REPORT_DIR": "x"}, says="WENBAO_REPORTS_DIR"),
    **{
        f"{name} = {value}": Fault(ASK_JSON, codes, env={f"WENBAO_{name}": value})
        for name, value, codes in (
            ("PARSE_SECONDS", "inf", (1, 2)),
            ("PARSE_SECONDS", "1e308", (1, 2)),
            ("CHUNK_SIZE", "-1", (1, 2)),
            ("CHUNK_SIZE", "9" * 400, (1, 2)),
            ("CHROMA_URL", "http://user:secret@127.0.0.1:9", (1,)),
            ("CHROMA_URL", "http://[", (1, 2)),
            ("EMBEDDING_MODEL", "/dev/null", (1, 2)),
            ("MODELS_DIR", "/dev/null", (1, 2)),
            ("DATA_DIR", "/dev/null", (1, 2)),
            ("DATA_DIR", "~nobody-there/x", (1, 2)),
        )
    },
    "reports are a file": Fault(INGEST, (1, 2), env={"WENBAO_REPORTS_DIR": "/etc/passwd"}),
    "reports are the root folder's devices": Fault(
        INGEST, (0, 1, 4), env={"WENBAO_REPORTS_DIR": "/dev/pts"}, heals=False
    ),
    # Surroundings
    "no home": Fault(ASK_JSON, ANSWERED, env={"HOME": None}, says=SAID),
    "a home that isn't there": Fault(ASK_JSON, ANSWERED, env={"HOME": "/nowhere"}, says=SAID),
    "working directory deleted": Fault(
        ASK_JSON, ANSWERED, shell='mkdir {place}/gone; cd {place}/gone; rmdir {place}/gone; exec "$@"', says=SAID
    ),
    "working directory deleted, ingest": Fault(
        INGEST, ANSWERED, NEW_REPORT, 'mkdir {place}/gone; cd {place}/gone; rmdir {place}/gone; exec "$@"'
    ),
    "working directory not readable": Fault(
        ASK_JSON, ANSWERED, shell=f"mkdir -m 0 {{place}}/shut; cd {{place}}/shut; {NO_RIGHTS}", says=SAID
    ),
    "an empty environment": Fault(
        ASK_JSON,
        ANSWERED,
        shell='exec env -i PYTHONPATH="$PYTHONPATH" WENBAO_DATA_DIR="$WENBAO_DATA_DIR" '
        'WENBAO_MODELS_DIR="$WENBAO_MODELS_DIR" "$@"',
        says=SAID,
    ),
    "a temporary folder that isn't there": Fault(ASK_JSON, ANSWERED, env={"TMPDIR": "/nowhere"}, says=SAID),
    "a temporary folder that is a file": Fault(ASK_JSON, ANSWERED, env={"TMPDIR": "/etc/passwd"}, says=SAID),
    "two ingests at once": Fault(
        INGEST,
        (0, 1),
        NEW_REPORT,
        '"$@" & "$@"; code=$?; wait $!; other=$?; [ $code = 0 ] || [ $other = 0 ] && exit $code; exit 99',
    ),
    "no index": Fault(ASK_JSON, FAILED, lambda place: shutil.rmtree(place.data), heals=False, says="wenbao ingest"),
    "reports gone while the index stays": Fault(INGEST, FAILED, lambda place: shutil.rmtree(place.reports)),
}
NAMES = [name for name, fault in FAULTS.items() if ROOT_ONLY or not (fault.alone or fault.shell.endswith(NO_RIGHTS))]

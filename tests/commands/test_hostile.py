"""A report that wants to steer the terminal: nothing of its text, title or name does, in any command."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pexpect
import pytest
from conftest import MODELS, ROOT, assert_one_line

from config.settings import Settings
from ingest.pipeline import ingest

HOSTILE = "\x1b]0;taken\x07\x1b[31m\x9b32m\x9d0;x\x9c\u202eabc\u2066\u200b\x08"
QUESTION = "东山县建成乡村科普馆多少个?"
FILLING = "全县科协系统认真学习贯彻上级会议精神,团结带领广大科技工作者,推动各项工作取得新进展。\n" * 30
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[0-9]*[KA]|\r")  # colours, and a line drawn again
COMMANDS = [
    ["ingest"],
    ["status"],
    ["sources"],
    ["sources", "--json"],
    ["clean", "NAME"],
    ["clean", "NAME", "--diff"],
    ["show", "东山县"],
    ["ask", QUESTION],
    ["ask", QUESTION, "--markdown"],
    ["search", QUESTION, "--plain"],
    ["show", HOSTILE],
    ["ask", QUESTION, HOSTILE],
    [HOSTILE],
]


@pytest.fixture(scope="module")
def office(tmp_path_factory, embedder) -> Settings:
    folder = tmp_path_factory.mktemp("hostile")
    text = f"东山县科协{HOSTILE}工作总结\n东山县科协建成乡村科普馆21个{HOSTILE}。\n{FILLING}"
    (folder / f"a{HOSTILE}\n=b.txt").write_text(text, encoding="utf-8")
    (folder / f"bad{HOSTILE}.xyz").write_bytes(b"x")
    settings = Settings(reports_dir=folder, data_dir=tmp_path_factory.mktemp("data"), models_dir=MODELS)
    ingest(settings, [], Quiet(), embedder=embedder)
    return settings


class Quiet:
    """An observer that says nothing."""

    def notify(self, message: object) -> None:
        pass

    def embedding(self, done: int, total: int) -> None:
        pass


def environment(settings: Settings) -> dict[str, str]:
    ours = {"REPORTS_DIR": settings.reports_dir, "DATA_DIR": settings.data_dir, "MODELS_DIR": MODELS}
    plain = {k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}
    return plain | {f"WENBAO_{k}": str(v) for k, v in ours.items()} | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}


@pytest.mark.parametrize(
    "words", COMMANDS, ids=lambda words: "-".join(words[:3])[:24].encode("unicode_escape").decode()
)
def test_nothing_steers_the_terminal(office, words):
    (name,) = (path.name for path in office.reports_dir.glob("*.txt"))
    arguments = ["-m", "rag", *(name if word == "NAME" else word for word in words)]
    env = environment(office) | {"PAGER": "cat"}
    shown, code = pexpect.run(
        " ".join(map(_quoted, [sys.executable, *arguments])),
        timeout=300,
        withexitstatus=True,
        env=env,
        cwd=str(office.reports_dir),
    )
    text = OURS.sub("", shown.decode("utf-8", "replace"))
    assert {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}} <= {"\n", "\t"}
    assert "Traceback" not in text
    assert code in (0, 1, 2, 4)


def _quoted(word: str) -> str:
    """A word as pexpect's own splitting of a command reads it."""
    return "'" + word.replace("'", "") + "'"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("words", [["ask", QUESTION], ["ingest"], ["chat"]])
def test_a_signal_ends_every_command_with_its_number_and_leaves_nothing(office, tmp_path, words, number):
    """Sent as soon as the models are being loaded, while native code is at work."""
    env = environment(office) | {"TMPDIR": str(tmp_path), "WENBAO_CHUNK_SIZE": "100"}
    command = [sys.executable, "-m", "rag", *words]
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        if words == ["chat"]:  # which opens the index at the first question
            run.stdin.write(f"{QUESTION}\n".encode())
            run.stdin.flush()
        until = time.monotonic() + 60
        while run.poll() is None and not _loads_natively(run.pid):
            assert time.monotonic() < until, "nothing is loaded"
            time.sleep(0.01)
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 128 + number
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def _loads_natively(pid: int) -> bool:
    """Whether the process has begun to load the libraries that do the work."""
    return "tantivy" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("limit", "setting"), [("-v 300000", "LimitAS"), ("-v 1300000", "LimitAS"), ("-n 24", "LimitNOFILE")]
)
@pytest.mark.parametrize("words", [["ask", QUESTION], ["ingest"]])
def test_what_a_process_may_not_use_is_said_before_native_code_dies_of_it(office, words, limit, setting):
    command = ["bash", "-c", f'ulimit {limit}; exec "$@"', "wenbao", sys.executable, "-m", "rag", *words]
    done = subprocess.run(command, env=environment(office), capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 1
    assert_one_line(done.stderr, setting)


PIPES = ("pipe", "/dev/zero")


@pytest.mark.parametrize("name", PIPES)
@pytest.mark.parametrize(
    "words",
    [("ask", "--batch"), ("search", "--batch"), ("clean", "--batch"), ("eval",), ("restore",)],
    ids=lambda words: " ".join(words),
)
def test_a_pipe_or_a_device_in_a_files_place_is_one_line_at_once(wenbao, office, tmp_path, words, name):
    os.mkfifo(tmp_path / "pipe")
    done = wenbao(*words, name, settings=office)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert_one_line(done.stderr, name, "不是普通文件")


@pytest.mark.parametrize("command", ["ask", "clean"])
def test_rows_without_end_are_one_line(office, tmp_path, command):
    words = [sys.executable, "-m", "rag", command, "--batch", "-"]
    with Path("/dev/zero").open("rb") as zeros:
        done = subprocess.run(
            words, stdin=zeros, cwd=tmp_path, env=environment(office), capture_output=True, text=True, timeout=100
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_line(done.stderr, "不是 JSONL")


@pytest.mark.parametrize("name", ["a.txt", "a.xlsx", "a.zip", "a.pdf"])
def test_a_pipe_among_the_reports_is_one_line(wenbao, settings, sync, name):
    os.mkfifo(settings.reports_dir / name) if name != "a.txt" else os.mkfifo(settings.reports_dir / "pipe.txt")
    assert len(sync().failed) == 1
    done = wenbao("ingest", settings=settings)
    assert done.returncode == 4
    assert len([line for line in done.stderr.splitlines() if line.startswith("! ")]) == 1


@pytest.mark.parametrize("target", PIPES)
def test_a_pipe_or_a_device_as_the_file_of_settings_is_one_line(wenbao, tmp_path, target):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / ".env").symlink_to(target)
    done = wenbao("status")
    assert (done.returncode, done.stdout) == (1, "")
    assert_one_line(done.stderr, ".env", "不是普通文件")


@pytest.mark.parametrize("made", ["folder", "null"])
def test_what_only_has_the_name_of_a_file_of_settings_is_none(wenbao, tmp_path, made):
    (tmp_path / ".env").mkdir() if made == "folder" else (tmp_path / ".env").symlink_to(os.devnull)
    assert_one_line(wenbao("status").stderr, "wenbao ingest")


def test_a_pipe_as_the_file_of_the_token_or_of_the_history_holds_nothing_up(wenbao, settings, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    done = wenbao("bot", settings=settings, env={"WENBAO_TELEGRAM_TOKEN_FILE": "pipe"})
    assert done.returncode == 1
    assert_one_line(done.stderr, "WENBAO_TELEGRAM_TOKEN_FILE")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('ask --batch <(echo \'{{"id": 1, "question": "{question}"}}\')', 0),
        ('ask --batch /dev/stdin <<<\'{{"id": 1, "question": "{question}"}}\'', 0),
        ("ask '{question}' >&-", 1),
        ("ask '火星上有水吗?' --json >&-", 1),
        ("status >&-", 1),
        ("status >&- 2>&-", 1),
        ("ingest >&-", 0),
        ("ingest <&- >&- 2>&-", 0),
    ],
)
def test_what_a_shell_hands_over_and_what_it_closes(office, tmp_path, line, code):
    script = f"{sys.executable} -m rag {line.format(question=QUESTION)}"
    env = environment(office) | {"WENBAO_DATA_DIR": str(tmp_path / "data")}
    shutil.copytree(office.data_dir, tmp_path / "data")
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    if line.startswith("ingest"):
        assert done.returncode in (0, 4)  # one of the office's files can't be read
        return
    assert done.returncode == code, done.stderr
    if code and "2>&-" not in line:
        assert_one_line(done.stderr, "标准输出")
    elif not code:
        assert '"id": 1' in done.stdout

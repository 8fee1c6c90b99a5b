"""Every command in the documentation and in the help pages runs, as written, in a fresh checkout with an index."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MODELS, ROOT
from typer.main import get_command

from rag.commands import manual
from rag.commands.cli import app
from rag.telegram.state import backups
from rag.telegram.state.stores import Stores

PAGES = [ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in ("staff", "operators", "developers"))]
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^\$ (.+)$", re.MULTILINE)
_TRANSCRIPT = re.compile(r"^```console\n\$ (.+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CRON = re.compile(r"^```cron\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What would change the machine or this checkout, or run these tests again, is looked at and not done.
_LOOKED_AT = {
    "git": 'test "$*" = pull',
    "sudo": 'for word; do case "$word" in deploy/*) test -f "$word" || exit 9;; esac; done',
    "make": f'exec {shutil.which("make")} --no-print-directory -n -C "{ROOT}" "$@" >/dev/null',
}
_SLOW = re.compile(r"python -m pytest.*|wenbao doctor")  # run by tests of their own


@pytest.fixture(scope="module")
def checkout(seeded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory like a checkout, with commands on the PATH."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("seeds", "deploy", "docs/screens"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / ".env.example", folder)
    shutil.copytree(seeded.data_dir / "index", folder / ".wenbao" / "index")
    state = folder / ".wenbao" / "telegram" / "700001.db"
    Stores.open(state).close()
    backups.save(state, 700001, folder / "wenbao-state.db")
    commands = folder / "bin"
    commands.mkdir()
    scripts = {"wenbao": f'exec {sys.executable} -m rag "$@"', "python": f'exec {sys.executable} "$@"', **_LOOKED_AT}
    for name, body in scripts.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    return folder


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}
    environment |= {
        "PATH": f"{folder / 'bin'}:{environment['PATH']}",
        "PYTHONPATH": str(ROOT),
        "WENBAO_MODELS_DIR": str(MODELS),
    }
    return subprocess.run(
        ["/bin/bash", "-e", "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=folder,
        timeout=300,
        check=False,
    )


def blocks() -> list[tuple[str, str]]:
    """(page, script) of each block of commands; one that stands in several places runs once."""
    found: dict[str, str] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for script in (*_SHELL.findall(text), *_CONSOLE.findall(text)):
            lines = [line for line in script.splitlines() if not _SLOW.fullmatch(line)]
            new = [line for line in lines if line.startswith("tar ") or not any(line in known for known in found)]
            if new:
                found["\n".join(new)] = page.name
    return [(page, script) for script, page in found.items()]


@pytest.mark.parametrize(("page", "script"), blocks(), ids=lambda value: value.split("\n")[0][:40])
def test_a_block_of_commands_runs_as_written(checkout, page, script):
    done = run(script, checkout)
    assert done.returncode == 0, f"{page}: {done.stderr}"


def transcripts() -> list[tuple[str, str]]:
    """(command, what the README shows of its output)."""
    return _TRANSCRIPT.findall((ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("command", "shown"), transcripts(), ids=lambda value: value[:30])
def test_a_command_prints_what_the_readme_shows(checkout, command, shown):
    """In order, but for what the README leaves out at each … and for how lines are broken."""
    printed = " ".join(run(command, checkout).stdout.split())
    at = 0
    for piece in (" ".join(piece.split()) for piece in shown.split("…")):
        at = printed.find(piece, at)
        assert at >= 0, piece
        at += len(piece)


def test_a_backup_restored_elsewhere_answers_without_another_ingest(checkout, tmp_path):
    assert run("tar -czf wenbao-backup.tar.gz seeds .wenbao/index", checkout).returncode == 0
    shutil.copytree(checkout / "bin", tmp_path / "bin")
    shutil.copy(checkout / "wenbao-backup.tar.gz", tmp_path)
    done = run('tar -xzf wenbao-backup.tar.gz\nwenbao ask "巴州有多少个乡村科普馆?"', tmp_path)
    assert done.returncode == 0, done.stderr
    assert "117个" in done.stdout


def test_the_scheduled_commands_are_those_that_exist():
    operators = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    (line,) = _CRON.findall(operators)
    assert re.fullmatch(r"(\S+ ){5}cd /opt/wenbao && \.venv/bin/wenbao ingest >>\S+ 2>&1\n", line)
    service, timer = (configparser.ConfigParser(interpolation=None, strict=False) for _ in range(2))
    for parser in (service, timer):
        parser.optionxform = str
    assert service.read(ROOT / "deploy" / "wenbao-ingest.service", encoding="utf-8")
    assert timer.read(ROOT / "deploy" / "wenbao-ingest.timer", encoding="utf-8")
    assert service["Service"]["ExecStart"].endswith(".venv/bin/wenbao ingest")
    assert timer["Timer"]["OnCalendar"] == "*:0/15"


def test_no_message_sends_who_installed_a_wheel_to_a_makefile():
    for path in (path for house in ("config", "ingest", "rag") for path in (ROOT / house).rglob("*.py")):
        if path.parent.name != "training":
            assert not re.search(r"(?:\brun |运行 ?)[`“]?make\b", path.read_text(encoding="utf-8")), path


def test_every_setting_that_the_docs_name_exists():
    settings = (ROOT / ".env.example").read_text(encoding="utf-8")
    for page in PAGES:
        for name in re.findall(r"WENBAO_[A-Z_]+", page.read_text(encoding="utf-8")):
            assert f"#{name}=" in settings, f"{page.name}: {name}"


EXAMPLES = sorted({example.line for examples in manual.EXAMPLES.values() for example in examples})
IN_DOCS = "\n".join(script for _, script in blocks())


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line not in IN_DOCS])
def test_an_example_of_the_help_runs_as_written(checkout, line):
    done = run(line, checkout)
    assert done.returncode in ((0, 3) if re.search(" (?:ask|table) ", line) else (0,)), done.stderr


def commands() -> dict[str, object]:
    root = get_command(app)
    return {"": root, **root.commands}


@pytest.mark.parametrize("name", commands())
def test_every_help_text_is_there_in_both_languages(name):
    command = commands()[name]
    for text in (command.help, *(parameter.help for parameter in command.params)):
        assert text, name
        assert text.strip() in manual.ENGLISH or text.strip() in manual.ENGLISH.values(), text


def test_help_speaks_the_readers_language_and_fits_a_narrow_terminal(wenbao):
    from rich.cells import cell_len

    chinese = wenbao("ask", "--help", env={"COLUMNS": "60"})
    english = wenbao("ask", "-h", env={"COLUMNS": "60", "WENBAO_LANGUAGE": "en"})
    assert (chinese.returncode, english.returncode) == (0, 0)
    assert chinese.stdout.startswith("用法: wenbao ask")
    assert english.stdout.startswith("Usage: wenbao ask")
    assert not re.search(r"[\u4e00-\u9fff]", english.stdout.split("Examples")[0])
    options = chinese.stdout.split("例\n")[0]
    assert all(cell_len(line) <= 60 for line in options.splitlines())
    assert "…" not in options  # nothing is cut off


def test_the_shell_completes_report_names(checkout):
    done = run('_WENBAO_COMPLETE=complete_bash COMP_WORDS="wenbao show 00" COMP_CWORD=2 wenbao', checkout)
    assert len(done.stdout.split()) == 5
    assert run("wenbao --show-completion", checkout).stdout.count("_WENBAO_COMPLETE") >= 1

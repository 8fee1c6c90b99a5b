"""What is advised to add the extra works for the way in which the program was installed."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

from ingest.formats import extra

PACKAGES = shlex.join(extra.PACKAGES)
PYTHON = "/opt/app/bin/python"
WAYS = {
    "pip": ((), True, f"{PYTHON} -m pip install {PACKAGES}"),
    "make setup, without pip": ((), False, f"python3 -m pip --python {PYTHON} install {PACKAGES}"),
    "pipx": (("pipx_metadata.json",), True, f"pipx inject wenbao {PACKAGES}"),
    "uv": (("uv-receipt.toml",), False, f"uv pip install --python {PYTHON} {PACKAGES}"),
}


@pytest.mark.parametrize(("files", "has_pip", "command"), WAYS.values(), ids=WAYS)
def test_each_way_of_installing_has_its_command(files, has_pip, command, monkeypatch, tmp_path):
    prefix = tmp_path / "wenbao"
    prefix.mkdir()
    for name in files:
        (prefix / name).touch()
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setattr(sys, "executable", PYTHON)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object() if has_pip else None)
    assert extra.command() == command


@pytest.mark.parametrize(
    ("executable", "shown"),
    [(".venv/bin/python", ".venv/bin/python"), ("my env/bin/python", "'my env/bin/python'"), ("/usr/bin/python3", "")],
)
def test_a_path_is_seen_from_here_and_quoted(executable, shown, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / executable))
    assert (shown or executable) in shlex.split(extra.command()) or shown in extra.command()


def test_it_names_what_the_extra_brings():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = dict(map(_parted, extra.PACKAGES))
    told = dict(map(_parted, project["optional-dependencies"]["ocr"]))
    assert {name: bound.split(",")[-1] for name, bound in told.items()} == bounds
    assert bounds.keys() <= set(project["optional-dependencies"]["dev"])


def _parted(requirement: str) -> tuple[str, str]:
    """(a package's name, what bounds its version)."""
    name = re.match(r"[\w-]+", requirement)[0]
    return name, requirement.removeprefix(name)


def test_the_command_runs_here():
    """Where both packages are installed already it asks no index."""
    command = [*shlex.split(extra.command()), "--dry-run", "--no-index", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr

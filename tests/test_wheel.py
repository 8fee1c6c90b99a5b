"""What is installed is whole: every file that the program opens is in the wheel."""

from __future__ import annotations

import ensurepip
import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGES = ("config", "ingest", "rag")
ASKS = """
from pathlib import Path
import rag
from ingest.language import english
from rag.evidence.pointing import weights
from rag.judge.judge import judge
from rag.reader.adapter import ADAPTER
print(Path(rag.__file__).parents[1], len(judge().weights), len(weights()), len(english.terms()), ADAPTER.exists())
"""
_ONLY_HERE = ("rag/training/",)  # what the reader is taught by


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with what a wheel holds."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source / file)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("*.whl")  # stays beside what it holds
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def test_every_file_of_the_program_is_installed(installed):
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    missing = {name for name in wanted if not (installed / name).is_file() and not name.startswith(_ONLY_HERE)}
    assert missing == set()


def test_what_is_installed_finds_its_tables_and_weights(installed, tmp_path):
    env = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", ASKS], cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=120
    )
    folder, *counts, adapter = done.stdout.split()
    assert folder == str(installed)
    assert all(int(count) > 5 for count in counts)
    assert adapter == "True"


def test_what_it_needs_is_bounded_and_the_bounds_hold_what_was_tested(installed):
    tested = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        tested[canonicalize_name(name)] = version
    (metadata,) = installed.glob("*.dist-info/METADATA")
    needed = [Requirement(text) for text in message_from_bytes(metadata.read_bytes()).get_all("Requires-Dist")]
    needed = [each for each in needed if each.marker is None or "dev" not in str(each.marker)]
    assert len(needed) > 20
    for each in needed:
        assert {bound.operator for bound in each.specifier} == {">=", "<"}, each
        assert each.specifier.contains(tested[canonicalize_name(each.name)]), each


def test_pip_installs_it_into_an_empty_environment_and_its_command_runs(installed, tmp_path):
    """Without a network: what it needs is lent by the environment of the tests. `make wheel` installs everything."""
    venv = [sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"]
    subprocess.run(venv, check=True, timeout=120)
    python = tmp_path / "env" / "bin" / "python"
    (wheel,) = installed.glob("*.whl")
    bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    if not bundled:
        pytest.skip("this Python brings no pip")
    install = [python, bundled[-1] / "pip", "install", "-q", "--no-index", "--no-deps", "--no-compile", wheel]
    subprocess.run(install, check=True, timeout=120, capture_output=True)
    (own,) = (tmp_path / "env").glob("lib/*/site-packages")
    (own / "lent.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    command = [tmp_path / "env" / "bin" / "wenbao", "--version"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wenbao ")
    where = [python, "-c", "import rag; print(rag.__file__)"]
    done = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.startswith(str(own))

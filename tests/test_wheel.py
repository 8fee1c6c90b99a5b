"""What is installed is whole: every file that the program opens is in the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT

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
    (wheel,) = folder.glob("*.whl")
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

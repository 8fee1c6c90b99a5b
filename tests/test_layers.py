"""Imports point one way only: bot.py → rag → ingest → config, and downward from room to room inside them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest
from conftest import MODELS, ROOT

LAYERS = ("config", "ingest", "rag", "bot")
# The rooms, from the ground up: a module imports its own room and those below it.
ROOMS = (
    "config",
    "ingest.offsets",
    "ingest.language",
    "ingest.records",
    "ingest.durable",
    "ingest.scratch",
    "ingest.running",
    "ingest.entry",
    "ingest.console",
    "ingest.formats",
    "ingest.cleaning",
    "ingest.chunk",
    "ingest.embedding",
    "ingest.index",
    "ingest.diff",
    "ingest.pipeline",
    "ingest.cli",
    "ingest.__main__",
    "rag.records",
    "rag.reader",
    "rag.question",
    "rag.search",
    "rag.evidence",
    "rag.judge",
    "rag.answers",
    "rag.generation",
    "rag.engine",
    "rag.show",
    "rag.telegram",
    "rag.commands",
    "rag.__main__",
    "rag.training",
    "bot",
)
HEAVY_AT_START = ("torch", "sentence_transformers", "chromadb", "langchain_text_splitters", "onnxruntime", "pydantic")


def _imported(path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            names.add((node.module or "").split(".")[0])
    return names & set(LAYERS)


MODULES = [p for layer in LAYERS[:3] for p in sorted((ROOT / layer).rglob("*.py"))] + [ROOT / "bot.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_its_own_layer_and_those_below(path):
    layer = LAYERS.index(path.relative_to(ROOT).parts[0].removesuffix(".py"))
    assert {LAYERS.index(name) for name in _imported(path)} <= set(range(layer + 1))


def _room(module: str) -> str | None:
    """The room a module of ours is in; None for the two houses themselves and for what isn't ours."""
    return next((room for room in ROOMS if module == room or module.startswith(f"{room}.")), None)


def _rooms_imported(path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {room for name in names if (room := _room(name))}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_its_own_room_and_those_below(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    room = _room(name)
    assert room or name in LAYERS, f"{name} stands in no room"
    above = ROOMS[ROOMS.index(room) + 1 :] if room else ()
    assert not _rooms_imported(path) & set(above)


@pytest.mark.parametrize(
    "package",
    ["chromadb", "tantivy", "onnxruntime", "langchain_text_splitters", "opencc", "pypinyin", "prompt_toolkit"],
)
def test_one_module_knows_each_foreign_library(package):
    knowing = {
        str(path.relative_to(ROOT))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(a.name.split(".")[0] == package for a in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package)
    }
    assert len(knowing) == 1


def test_the_command_line_loads_nothing_heavy_to_show_its_help():
    code = f"import sys, rag.commands.cli; print([m for m in {HEAVY_AT_START!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_a_process_that_asks_loads_none_of_what_only_preparing_and_ingesting_need(seeded):
    unwanted = ("torch", "sentence_transformers", "transformers", "langchain_text_splitters", "onnx", "jieba", "lxml")
    code = (
        "import sys; from rag.commands.cli import main\n"
        "try: main(['ask', '科普'])\n"
        f"finally: print('loaded', [m for m in {unwanted!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ
        | {"WENBAO_DATA_DIR": str(seeded.data_dir), "WENBAO_MODELS_DIR": str(MODELS), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    assert done.stdout.splitlines()[-1] == "loaded []"

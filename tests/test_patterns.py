"""No pattern of the product runs for ever, whatever it is given."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

from conftest import ROOT

HOUSES = ("config", "ingest", "rag")
UNREAD = ("rag.training", "rag.__main__", "ingest.__main__")
# Runs of what patterns repeat, and what once made one of them run for ever.
PIECES = (
    *'1一日年、,。:?-*()【<"《|·\t\n嗯族有的a A_',
    *("A'", "<!---->", "关于我们|a", "1.", "1,", "一、", "共有", "是的", "和", "比", "<p>", "&#1;", "第一"),
)
LENGTH = 200  # a pattern with nested repetition would take 2 to the power of it
SECONDS = 120  # for all of them; a few are enough

CHILD = """
import importlib, json, re, sys
modules, pieces, length = json.loads(sys.argv[1])
for module in modules:
    for name, pattern in sorted(vars(importlib.import_module(module)).items()):
        if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
            for piece in pieces:
                print(module, name, repr(piece), flush=True)
                text = (piece * length)[:length] + chr(0)
                for call in (pattern.search, pattern.match, pattern.fullmatch):
                    call(text)
"""


def test_every_pattern_comes_to_an_end():
    modules = [
        module.name
        for house in HOUSES
        for module in pkgutil.walk_packages([str(ROOT / house)], f"{house}.")
        if not module.ispkg and not module.name.startswith(UNREAD)
    ]
    command = [sys.executable, "-c", CHILD, json.dumps([modules, PIECES, LENGTH])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            tried, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            tried, _ = process.communicate()
    assert process.returncode == 0, tried.splitlines()[-1:]
    assert len({line.rsplit(" ", 1)[0] for line in tried.splitlines()}) > 100

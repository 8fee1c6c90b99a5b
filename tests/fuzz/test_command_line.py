"""Any arguments, rows and settings end in a result or in one line, never in a traceback."""

from __future__ import annotations

import contextlib
import json
import os
from unittest import mock

from bounds import bounded
from hypothesis import given
from hypothesis import strategies as st

from config.errors import SettingsError, UsageError, WenbaoError
from config.settings import Settings, load_settings, unknown
from ingest import entry
from rag.commands import manual
from rag.commands.cli import app
from rag.commands.evaluate import read_gold

# What an operating system can hand over.
plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
OPTIONS = ("--json", "--plain", "--markdown", "--diff", "--report", "--place", "--since", "--until", "-k", "--batch")
COMMANDS = ("ask", "search", "sources", "show", "status", "clean", "eval", "help", "--version")
word = plain | st.sampled_from((*OPTIONS, "--history", "--", "-", "1", "2023", "a/b", "~x", "seeds", "/", "."))

value = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("\ud800")
json_value = st.recursive(
    value, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=6
)
row = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "question", "history", "answers", "docs", "type"), json_value)
)
setting = plain | st.sampled_from(
    ("", "1", "-1", "1e999", "nan", "http://[", "https://h:99999", "x" * 5000, "~", "/dev/full")
)


@bounded(60)
@given(st.sampled_from(COMMANDS), st.lists(word, max_size=6))
def test_arguments(tmp_path, command, words):
    arguments = entry.arguments([command, *(each for each in words if "help" not in each)])
    with (
        mock.patch.dict(os.environ, {"WENBAO_DATA_DIR": str(tmp_path / "none")}),
        mock.patch("sys.stdin", None),
        contextlib.redirect_stdout(mock.MagicMock()),
    ):
        try:
            manual.command(app, arguments)(arguments, prog_name="wenbao", standalone_mode=False)
        except Exception as exc:
            expected = isinstance(exc, WenbaoError) or hasattr(exc, "format_message")
            if not expected and type(exc).__name__ not in ("Exit", "Abort"):
                raise


@bounded(60)
@given(rows=st.lists(row.map(json.dumps).map(str.encode) | st.binary(max_size=30), max_size=5))
def test_rows(tmp_path, rows):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\n".join(rows))
    with contextlib.suppress(UsageError):
        for each in entry.read_batch(str(path), "question"):
            assert isinstance(each["question"], str)
            json.dumps(each["id"], allow_nan=False)
    with contextlib.suppress(UsageError):
        for gold in read_gold(path):
            assert all(isinstance(question, str) for question in (gold.question, *gold.history))


@bounded(60)
@given(st.dictionaries(st.sampled_from([*Settings.model_fields, "alowed_users", "x"]), setting, max_size=4))
def test_settings(chosen):
    with mock.patch.dict(os.environ, {f"WENBAO_{name.upper()}": text for name, text in chosen.items()}):
        unknown()
        with contextlib.suppress(SettingsError):
            assert isinstance(load_settings().secrets, tuple)

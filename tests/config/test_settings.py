"""A setting can be used as it is, or one line names it and never shows what it says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from config.errors import SettingsError
from config.settings import Settings, load_settings, unknown, without_password, without_secrets


def loaded_or_refused() -> Settings | SettingsError:
    try:
        return load_settings()
    except SettingsError as exc:
        return exc


NUMBERS = [name for name, field in Settings.model_fields.items() if field.annotation in (int, float)]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["1e9", "inf", "-inf", "nan", "-1", "", "x", "9" * 5000, "１２", "0x10"])
def test_every_number_has_its_bounds(monkeypatch, name, value):
    monkeypatch.setenv(f"WENBAO_{name.upper()}", value)
    loaded = loaded_or_refused()
    if isinstance(loaded, Settings):
        assert math.isfinite(getattr(loaded, name))
        assert 0 <= getattr(loaded, name) < 1e7
    else:
        assert f"WENBAO_{name.upper()}" in loaded.text("zh")


@pytest.mark.parametrize("name", [*Settings.model_fields])
@pytest.mark.parametrize(
    "value", ["\x1b]0;geheim\x07", "geheim\nx", "geheim\udcff" * 3, "http://[geheim", "geheim" * 999]
)
def test_no_value_is_shown_and_none_is_a_traceback(monkeypatch, name, value):
    monkeypatch.setenv(f"WENBAO_{name.upper()}", value)
    loaded = loaded_or_refused()
    if isinstance(loaded, SettingsError):
        assert "geheim" not in loaded.text("zh") + loaded.text("en")
        assert name.upper() in loaded.text("en")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"WENBAO_LANGUAGE=\x00", b"=\n'\n\"", b"\x00" * 99, b"WENBAO_LANGUAGE", b"A=${A}\n" * 9]
)
def test_a_broken_env_file_is_one_line_at_most(content):
    Path(".env").write_bytes(content)
    assert isinstance(loaded_or_refused(), Settings | SettingsError)
    unknown()


def test_a_misspelt_setting_is_named_with_the_likely_one(monkeypatch):
    monkeypatch.setenv("WENBAO_ALOWED_USERS", "1")
    Path(".env").write_text(
        "WENBAO_DATADIR=x\nWENBAO_LANGUAGE=en\nexport WENBAO_QUITE_ANOTHER=1\nOTHER=1\n??? x\n", "utf-8"
    )
    assert dict(unknown()) == {
        "WENBAO_ALOWED_USERS": "WENBAO_ALLOWED_USERS",
        "WENBAO_DATADIR": "WENBAO_DATA_DIR",
        "WENBAO_QUITE_ANOTHER": None,
        ".env:5": None,
    }


@pytest.mark.parametrize("command", ["status", "bot", "restore"])
def test_every_command_says_so(wenbao, tmp_path, command):
    arguments = (command, "none") if command == "restore" else (command,)
    done = wenbao(*arguments, env={"WENBAO_ADMIN_USER": "1", "WENBAO_DATA_DIR": str(tmp_path / "none")})
    assert done.stdout == ""
    assert "WENBAO_ADMIN_USERS" in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("token", ["a b", "a\nb", "密码", "a\tb"])
def test_a_token_that_no_header_may_hold_is_refused_unseen(monkeypatch, token):
    monkeypatch.setenv("WENBAO_CHROMA_TOKEN", token)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert token not in caught.value.text("en")


def test_secrets_are_taken_out_of_whatever_is_said(monkeypatch):
    monkeypatch.setenv("WENBAO_CHROMA_URL", "http://name:pass%20word@127.0.0.1:8000")
    monkeypatch.setenv("WENBAO_CHROMA_TOKEN", "t0ken")
    said = without_secrets("refused: http://name:pass%20word@127.0.0.1 (pass word), Bearer t0ken")
    assert said == "refused: http://name:***@127.0.0.1 (***), Bearer ***"
    assert without_password("http://name:pass%20word@127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert without_password("embedded") == "embedded"


def test_a_prefix_keeps_its_last_space(monkeypatch):
    monkeypatch.setenv("WENBAO_QUERY_PREFIX", "query: ")
    assert load_settings().query_prefix == "query: "

"""A setting can be used as it is, or one line names it and never shows what it says."""

from __future__ import annotations

import contextlib
import math
import re
from pathlib import Path

import httpx
import pytest

from config.errors import SettingsError
from config.settings import Settings, load_settings, remarks, unknown, without_password, without_secrets
from rag.telegram.logs import redact


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


EXPORTED = [  # a variable of the environment, and what is likely meant; "" where it is none of ours
    ("WENBOA_CHROMA_HOST", "WENBAO_CHROMA_"),
    ("WENABO_DATA_DIR", "WENBAO_DATA_DIR"),
    ("WEBAO_LANGUAGE", "WENBAO_LANGUAGE"),
    ("WENBAO-DATA-DIR", "WENBAO_DATA_DIR"),
    ("WENBAO.LOG.LEVEL", "WENBAO_LOG_LEVEL"),
    ("wenbao_alowed_users", "WENBAO_ALLOWED_USERS"),
    ("ＷＥＮＢＡＯ_LANGUAGE", "WENBAO_LANGUAGE"),
    ("WENBAOLANGUAGE", "WENBAO_LANGUAGE"),
    ("WENBAO-X", None),
    ("WENBAO_QUITE_ANOTHER", None),
    ("wenbao_language", ""),  # is read
    ("ALLOWED_USERS", ""),
    ("LANGUAGE", ""),
    ("LOG_LEVEL", ""),
    ("CHROMA_URL", ""),
    ("WINDOWID", ""),
    ("WEIBO_TOKEN", ""),
    ("HOME", ""),
]


@pytest.mark.parametrize(("name", "likely"), EXPORTED)
def test_a_variable_that_is_nearly_ours_is_named_and_no_other(monkeypatch, name, likely):
    before = dict(unknown())
    monkeypatch.setenv(name, "en")
    found = {each: meant for each, meant in unknown() if each not in before}
    if likely == "":
        assert found == {}
    else:
        assert list(found) == [name]
        assert found[name] == likely or (likely and found[name].startswith(likely))
        assert any(name in remark.zh and (likely or "文档") in remark.zh for remark in remarks())


IN_FILE = [  # lines of `.env`, and what is said of them, each once
    ("ALLOWED_USERS=1", ["WENBAO_ALLOWED_USERS"]),
    ("ALOWED_USERS=1\nchroma_url=x", ["WENBAO_ALLOWED_USERS", "WENBAO_CHROMA_URL"]),
    ("OTHER=1\nPOSTGRES_URL=x\nPATH=/\nUSERS=2", []),
    ("# WENBAO_X\n\nexport WENBAO_LANGUAGE=en", []),
    ("WENBAO_LANGUAGE=en\n\nWENBAO_LANGUAGE", ["line 3 of .env sets nothing"]),
    ("nonsense\nWENBAO_ADMIN_USERS -5", ["line 1 of .env", "line 2 of .env"]),
    ("WENBAO_LANGUAGE=zh\nwenbao_language=en", ["WENBAO_LANGUAGE more than once (lines 1, 2); the last one counts"]),
    ("\ufeffWENBAO_LANGUAGE=zh\nX=1\nX=2\nWENBAO_LANGUAGE=en", ["more than once (lines 1, 4)"]),
    ("WENBAO_ALLOWED_USERS=5,-100", ["-100 in WENBAO_ALLOWED_USERS is the id of a group"]),
    ("WENBAO_ADMIN_USERS=-7", ["-7 in WENBAO_ADMIN_USERS"]),
    ("WENBAO_ALLOWED_CHATS=12 -1001", ["12 in WENBAO_ALLOWED_CHATS is the id of a person"]),
    ("WENBAO_LANGUAGE=tlh\nWENBAO_ALLOWED_CHATS=12", []),  # what can't be used is said where it is needed
]


@pytest.mark.parametrize(("content", "said"), IN_FILE)
def test_what_a_line_of_the_file_of_settings_does_not_do_is_said(content, said):
    Path(".env").write_text(content, encoding="utf-8")
    found = [remark.en for remark in remarks()]
    assert len(found) == len(said), found
    assert all(part in remark for part, remark in zip(said, found, strict=True)), found
    if "the last one counts" in str(said):
        assert load_settings().language == "en"


@pytest.mark.parametrize("command", ["status", "bot", "restore"])
def test_an_id_of_the_wrong_kind_is_said_by_every_command(wenbao, command):
    arguments = (command, "none") if command == "restore" else (command,)
    done = wenbao(*arguments, env={"WENBAO_ALLOWED_USERS": "-1001234567890"})
    first, second = done.stderr.splitlines()
    assert "WENBAO_ALLOWED_CHATS" in first
    assert second.startswith("wenbao: ")


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


# What stands in front of the host, and whether an address may be written so. Every run of letters in it is a part of
# the password but `name`.
CREDENTIALS = [
    ("name:geheim@", True),
    ("geheim@", True),
    (":geheim@", True),
    ("name:ge:heim:wort@", True),
    ("name:ge%40heim%2Fwort@", True),
    ("name:geheim+$wort~&=!*'()@", True),
    ("name:gehäim@", True),
    ("name:ge%heim@", True),
    ("name:geheim/wort@", False),
    ("name:80/geheim@", False),
    ("name:geheim?wort@", False),
    ("name:geheim#wort@", False),
    ("name:geheim@wort@", False),
    ("name:geheim\\wort@", False),
    ("name:[geheim]@", False),
    ("name:geheim wort@", False),
]
ADDRESSES = [name for name in Settings.model_fields if name.endswith("_url")]


@pytest.mark.parametrize(("credentials", "taken"), CREDENTIALS)
@pytest.mark.parametrize("name", ADDRESSES)
def test_no_part_of_a_password_in_an_address_is_shown(monkeypatch, name, credentials, taken):
    url = f"http://{credentials}127.0.0.1:9/path"
    monkeypatch.setenv(f"WENBAO_{name.upper()}", url)
    loaded = loaded_or_refused()
    assert isinstance(loaded, Settings) == taken
    if isinstance(loaded, SettingsError):
        assert "%40" in loaded.text("zh")
        said = loaded.text("zh") + loaded.text("en")
    else:
        said = without_password(url) + redact(as_libraries_quote(url), "1:x", loaded.secrets)
    said += without_password(url)
    for part in re.findall(r"[a-zäöü]{2,}", credentials.replace("name", "")):
        assert part not in said.replace("path", "")


# A setting, a value that it can't have, and why it can't, in Chinese alone.
UNUSABLE = [
    ("language", "tlh", "只能是以下之一:'zh'、'en'"),
    ("chunk_size", "x", "要是整数"),
    ("chunk_size", "1.5", "要是整数"),
    ("chunk_size", "9" * 5000, "数字过大"),
    ("chunk_size", "1", "至少是 50"),
    ("telegram_workers", "999", "最多是 64"),
    ("parse_seconds", "0", "要大于 0"),
    ("parse_seconds", "nan", "最多是"),
    ("min_evidence", "much", "要是数字"),
    ("reader", "perhaps", "要是 on 或 off"),
    ("embedding_model", "\n", "不能为空"),
    ("allowed_users", "1,x", "要是整数"),
    ("chroma_token", "a b", "可见的 ASCII 字符"),
    ("chroma_url", "nowhere", "http://host:8000"),
    ("telegram_webhook_url", "nowhere", "https://host/path"),
    ("telegram_api_url", "a\x1bb", "控制字符"),
]


@pytest.mark.parametrize(("name", "value", "why"), UNUSABLE)
def test_why_a_value_cannot_be_used_is_said_in_one_language(monkeypatch, name, value, why):
    monkeypatch.setenv(f"WENBAO_{name.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    said = caught.value.text("zh")
    assert why in said
    plain = re.sub(r"WENBAO_\w+|\.env\.example|https?://\S+|'\w+'|ASCII|on 或 off|%\w\w", "", said)
    assert not re.search(r"[A-Za-z]", plain), said
    assert not re.search(r"[\u4e00-\u9fff]", caught.value.text("en"))


@pytest.mark.parametrize("credentials", [credentials for credentials, _ in CREDENTIALS if credentials.isascii()])
def test_even_where_no_setting_holds_it(credentials):
    if " " not in credentials and credentials != "geheim@":  # which a name may be
        said = without_secrets(f"无法连接 http://{credentials}127.0.0.1:9/path;请看 https://host/x 和 a@b")
        assert said in (
            f"无法连接 http://{name}***@127.0.0.1:9/path;请看 https://host/x 和 a@b" for name in ("name:", "", ":")
        )


def as_libraries_quote(url: str) -> str:
    quoted = [f"refused: {url} failed"]
    with contextlib.suppress(ValueError, httpx.InvalidURL):
        quoted.append(f"for url '{httpx.URL(url)}', {httpx.Request('GET', url).url!r}")
    return " ".join(quoted)


@pytest.mark.parametrize("query", ["?token=geheimwort", "#geheimwort", "?a=1&geheimwort"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_parameter_of_an_address_may_be_a_token(monkeypatch, name, query):
    monkeypatch.setenv(f"WENBAO_{name.upper()}", f"http://127.0.0.1:9/{query}")
    loaded = loaded_or_refused()
    assert isinstance(loaded, Settings) == (name == "telegram_webhook_url")
    said = loaded.text("zh") + loaded.text("en") if isinstance(loaded, SettingsError) else ""
    assert "geheimwort" not in said + without_password(f"http://127.0.0.1:9/{query}")
    if query.startswith("?token") and isinstance(loaded, Settings):
        assert redact("POST /?token=geheimwort", "1:x", loaded.secrets) == "POST /?token=***"


@pytest.mark.parametrize("command", [("ask", "?"), ("ingest",), ("status",), ("doctor",), ("bot",)])
@pytest.mark.parametrize("name", ["CHROMA_URL", "TELEGRAM_API_URL"])
def test_no_command_shows_it(wenbao, settings, sync, name, command):
    sync()
    env = {
        f"WENBAO_{name}": "http://name:geh%2Feim@127.0.0.1:9",
        "WENBAO_TELEGRAM_TOKEN": "123:x",
        "WENBAO_TELEGRAM_STALL_SECONDS": "5",
        "WENBAO_LOG_LEVEL": "DEBUG",
        "WENBAO_TELEGRAM_API_URL": "http://name:geh%2Feim@127.0.0.1:9",
    }
    done = wenbao(*command, settings=settings, env=env)
    said = done.stdout + done.stderr
    assert said
    assert not any(part in said for part in ("geh", "eim", "%2F"))
    assert "Traceback" not in said


def test_a_prefix_keeps_its_last_space(monkeypatch):
    monkeypatch.setenv("WENBAO_QUERY_PREFIX", "query: ")
    assert load_settings().query_prefix == "query: "

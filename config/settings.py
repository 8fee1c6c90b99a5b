"""Every setting, read and checked when a command starts and never at import.

Guarantees: what leaves here can be used as it is (numbers in their ranges, texts without control characters, addresses
with a host); a setting that can't be is a SettingsError that names it and never shows its value.
"""

from __future__ import annotations

import base64
import contextlib
import difflib
import io
import logging
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config import files
from config.errors import Language, Message, SettingsError, reason

if TYPE_CHECKING:
    from dotenv.parser import Binding
    from pydantic_core import ErrorDetails

_PREFIX = "WENBAO_"
_ENV_FILE = ".env"
_DAY, _YEAR = 86_400.0, 366.0  # seconds, days
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HEADER = re.compile(r"[!-~]*")  # what may stand in a header of HTTP
# How alike two names are, 0-1, so that one may be meant by the other: anywhere, behind our prefix, without it.
_LIKELY, _PERHAPS, _SURELY = 0.8, 0.65, 0.9
_BETWEEN = re.compile(r"[^A-Z0-9]+")
# What pydantic finds wrong, by the beginning of its own name for it, and what belongs there.
_WRONG = {
    "int_parsing_size": "数字过大",
    "int": "要是整数",
    "float": "要是数字",
    "finite": "要是数字",
    "bool": "要是 on 或 off",
    "greater_than_equal": "至少是 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "最多是 {le}",
    "less_than": "要小于 {lt}",
    "string_too_short": "不能为空",
    "literal": "只能是以下之一:{expected}",
}
_HIDDEN = "***"
_TOKENS_FROM = 6  # characters from which on a parameter of an address may be a token
# The password of an address that a library quotes: up to the last @ before a space.
_IN_ADDRESS = re.compile(r"(?<=://)([!-.0-9;-?A-~]{0,99}:)?[!-?A-~]{0,999}@(?:[!-?A-~]{0,999}@)*+")
_ADDRESS = re.compile(r"https?://(?:[^\s@/?#\\\[\]]*@)?[^\s@\\]*", re.IGNORECASE)
_AS_CODES = Message(
    "名称和密码中的 / ? # @ [ ] \\ 写成 %2F %3F %23 %40 %5B %5D %5C",
    "in a name or password write / ? # @ [ ] \\ as %2F %3F %23 %40 %5B %5D %5C",
)

Ids = Annotated[tuple[Annotated[int, Field(gt=-(2**62), lt=2**62)], ...], NoDecode]
"""Numeric Telegram ids, written with commas or spaces between them."""


class Settings(BaseSettings):
    """`WENBAO_…` from the environment, then from `.env` in the working directory, then the default."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=_ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    reports_dir: Path = Path("seeds")
    data_dir: Path = Path(".wenbao")
    models_dir: Path | None = None
    language: Language = "zh"
    embedding_model: Annotated[str, Field(min_length=1)] = "bundled"
    query_prefix: str | None = None
    passage_prefix: str | None = None
    reader: bool = True
    chunk_size: Annotated[int, Field(ge=50, le=2000)] = 280
    max_file_mb: Annotated[int, Field(ge=1, le=1024)] = 20
    parse_seconds: Annotated[float, Field(gt=0, le=_DAY)] = 60
    recognition_seconds: Annotated[float, Field(gt=0, le=_DAY)] = 600
    min_evidence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    chat_history: Path | None = None
    chroma_url: str = ""
    chroma_token: SecretStr = SecretStr("")
    chroma_tenant: Annotated[str, Field(min_length=1)] = "default_tenant"
    chroma_database: Annotated[str, Field(min_length=1)] = "default_database"
    telegram_token: SecretStr = SecretStr("")
    telegram_token_file: Path | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_timeout: Annotated[float, Field(gt=0, le=300)] = 20
    telegram_stall_seconds: Annotated[float, Field(ge=5, le=_DAY)] = 120
    telegram_stop_seconds: Annotated[float, Field(ge=1, le=_DAY)] = 25
    telegram_slow_seconds: Annotated[float, Field(gt=0, le=_DAY)] = 2.5
    telegram_backlog_minutes: Annotated[float, Field(gt=0, le=_DAY)] = 15
    telegram_retention_days: Annotated[float, Field(gt=0, le=100 * _YEAR)] = 30
    telegram_workers: Annotated[int, Field(ge=1, le=64)] = 2
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_webhook_listen: str = "127.0.0.1"
    telegram_webhook_port: Annotated[int, Field(ge=1, le=65535)] = 8443
    allowed_users: Ids = ()
    allowed_chats: Ids = ()
    admin_users: Ids = ()
    log_format: Literal["lines", "json"] = "lines"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("*", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        plain = value.strip("\r\n")  # what a file's last line ends with
        if _CONTROLS.search(plain):
            raise _Unusable("不能含有控制字符", "must not hold control characters")
        return plain

    @field_validator("chroma_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        plain = value.get_secret_value().strip()
        if not _HEADER.fullmatch(plain):
            raise _Unusable("只能是可见的 ASCII 字符,不含空格", "must be visible ASCII characters without spaces")
        return SecretStr(plain)

    @field_validator("allowed_users", "allowed_chats", "admin_users", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        return value.replace("\uff0c", ",").replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("telegram_webhook_url")
    @classmethod
    def _called(cls, value: str) -> str:
        if value and not _is_web_address(value):
            raise _Unusable(
                f"应写成 https://host/path;{_AS_CODES.zh}", f"must look like https://host/path; {_AS_CODES.en}"
            )
        return value.rstrip("/")

    @field_validator("telegram_api_url", "chroma_url")
    @classmethod
    def _base(cls, value: str) -> str:
        if value and (not _is_web_address(value) or "?" in value or "#" in value):
            raise _Unusable(
                f"应写成 http://host:8000,不含 ? 和 #;{_AS_CODES.zh}",
                f"must look like http://host:8000, without ? or #; {_AS_CODES.en}",
            )
        return value.rstrip("/")

    @property
    def models_path(self) -> Path:
        """Where prepared models live; several data directories may share one."""
        return self.models_dir or self.data_dir / "models"

    @property
    def chat_history_path(self) -> Path | None:
        """Where `wenbao chat` keeps the questions typed into it: each person's own; None for who has no home."""
        home = Path(os.path.expanduser("~"))  # noqa: PTH111  # Path's raises where nobody has that name
        state = os.environ.get("XDG_STATE_HOME") or (home / ".local" / "state" if home.is_absolute() else None)
        return self.chat_history or (Path(state, "wenbao", "chat-history") if state else None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        tokens = self.chroma_token, self.telegram_token, self.telegram_webhook_secret
        found = {token.get_secret_value() for token in tokens}
        for url in (self.chroma_url, self.telegram_api_url, self.telegram_webhook_url):
            found.update(_secrets_in(url))
        return tuple(sorted(filter(None, found), key=len, reverse=True))


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError naming the variable that can't be used."""
    logging.getLogger("dotenv.main").disabled = True  # says what `unknown` says, at every reading
    try:
        _check_file(Path(_ENV_FILE))
        return Settings()
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        name, why = _PREFIX + str(first["loc"][0]).upper(), _why(first)
        raise SettingsError(
            f"设置 {name} 的值无法使用({why.zh});可用的值见 .env.example",
            f"the value of {name} can't be used ({why.en}); see .env.example",
        ) from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{_ENV_FILE} 不是 UTF-8 文本", f"{_ENV_FILE} is not UTF-8 text") from exc
    except (OSError, ValueError) as exc:
        why = reason(exc) if isinstance(exc, OSError) else Message("内容不可用", "its content can't be used")
        raise SettingsError(f"无法读取 {_ENV_FILE}:{why.zh}", f"can't read {_ENV_FILE}: {why.en}") from exc


class _Unusable(ValueError):
    """Why a value can't be used, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Message(zh, en)


def _why(error: ErrorDetails) -> Message:
    """What is wrong with a value, without the value."""
    context = error.get("ctx", {})
    own = context.get("error")
    if isinstance(own, _Unusable):
        return own.message
    chinese = next((zh for kind, zh in _WRONG.items() if error["type"].startswith(kind)), "内容不可用")
    expected = str(context.get("expected")).replace(" or ", "、")
    return Message(chinese.format(**(context | {"expected": expected})), error["msg"])


def _check_file(path: Path) -> None:
    """Raises OSError for a pipe or a device; a folder of that name is another program's, and /dev/null says nothing."""
    if path.exists() and not path.is_dir() and not path.samefile(os.devnull):
        files.opened(path).close()


def remarks() -> list[Message]:
    """What is said of settings that nobody reads, that stand twice in `.env`, or that let nobody in."""
    said = [_of_line(name) or misspelt(name, likely) for name, likely in unknown()]
    lines: dict[str, list[int]] = {}
    for binding in _bindings():
        if binding.key and binding.value is not None:
            lines.setdefault(binding.key.upper(), []).append(_line(binding))
    for name in [name for name in _known() if len(lines.get(name, ())) > 1]:
        numbers = ", ".join(map(str, lines[name]))
        said.append(
            Message(
                f"{_ENV_FILE} 多次设置了 {name}(第 {numbers} 行);以最后一次为准",
                f"{_ENV_FILE} sets {name} more than once (lines {numbers}); the last one counts",
            )
        )
    with contextlib.suppress(SettingsError):  # which is said where they are needed
        said.extend(_strangers(load_settings()))
    return said


def unknown() -> list[tuple[str, str | None]]:
    """(name, the setting that is likely meant) of each that nobody reads and that is ours, or nearly so.

    From the environment those that begin as ours do, or nearly; from `.env` also a setting's name without its
    beginning. A line of `.env` that sets nothing stands there by its number.
    """
    bindings = _bindings()
    lines = [f"{_ENV_FILE}:{_line(each)}" for each in bindings if each.error or (each.key and each.value is None)]
    keys = [each.key for each in bindings if each.key and each.value is not None]
    ours = [name for name in (*os.environ, *keys) if name.upper() not in _known() and _behind_prefix(name)]
    bare = [name for name in keys if _behind_prefix(name) is None and _bare(name)]
    found = dict.fromkeys((*ours, *lines, *bare))
    return [(name, _likely(name)) for name in found]


def misspelt(name: str, likely: str | None) -> Message:
    """What is said of a setting that nobody reads."""
    if likely is None:
        return Message(f"没有设置 {name};可用的设置见文档", f"there is no setting {name}; see the documentation")
    return Message(f"没有设置 {name};是不是 {likely}?", f"there is no setting {name}; is {likely} meant?")


def _of_line(name: str) -> Message | None:
    """What is said of a line of `.env` that sets nothing."""
    file, _, number = name.rpartition(":")
    if file != _ENV_FILE:
        return None
    return Message(
        f"{_ENV_FILE} 第 {number} 行没有设置任何值;应写成 名称=值",
        f"line {number} of {_ENV_FILE} sets nothing; write it as NAME=value",
    )


def _strangers(settings: Settings) -> Iterator[Message]:
    """Ids that let nobody in, because people are looked for among groups or the other way round."""
    for name, people in (("allowed_users", True), ("admin_users", True), ("allowed_chats", False)):
        for id_ in getattr(settings, name):
            if id_ and (id_ > 0) is not people:
                wrong = Message("群(负数)", "a group") if people else Message("人(正数)", "a person")
                right = _PREFIX + ("ALLOWED_CHATS" if people else "ALLOWED_USERS")
                yield Message(
                    f"{_PREFIX}{name.upper()} 中的 {id_} 是{wrong.zh}的编号,不起作用;应写在 {right} 中",
                    f"{id_} in {_PREFIX}{name.upper()} is the id of {wrong.en} and lets nobody in; "
                    f"it belongs in {right}",
                )


def _known() -> list[str]:
    return [_PREFIX + field.upper() for field in Settings.model_fields]


def _plain(name: str) -> str:
    """The name as a setting's is written."""
    return _BETWEEN.sub("_", unicodedata.normalize("NFKC", name).upper()).strip("_")


def _behind_prefix(name: str) -> str | None:
    """What stands behind our prefix, or behind what may be it misspelt; None where that isn't there."""
    head, _, rest = _plain(name).partition("_")
    ours = _PREFIX.strip("_")
    if head.startswith(ours):
        return f"{head[len(ours) :]}_{rest}".strip("_")
    near = difflib.SequenceMatcher(None, head, ours, autojunk=False).ratio() >= _LIKELY
    return rest if near else None


def _bare(name: str) -> str | None:
    """The setting whose name that is without its prefix, or nearly."""
    known = [each.removeprefix(_PREFIX) for each in _known()]
    found = difflib.get_close_matches(_plain(name), known, 1, _SURELY)
    return _PREFIX + found[0] if found else None


def _likely(name: str) -> str | None:
    rest = _behind_prefix(name)
    if rest is None:
        return _bare(name)
    if whole := difflib.get_close_matches(_PREFIX + rest, _known(), 1, _LIKELY):
        return whole[0]
    behind = difflib.get_close_matches(rest, [each.removeprefix(_PREFIX) for each in _known()], 1, _PERHAPS)
    return _PREFIX + behind[0] if behind else None


def _line(binding: Binding) -> int:
    """Its line in `.env`; the empty ones before it are counted to it there."""
    written = binding.original.string
    return binding.original.line + written[: len(written) - len(written.lstrip())].count("\n")


def _bindings() -> list[Binding]:
    """What the lines of `.env` say."""
    from dotenv.parser import parse_stream

    try:
        return list(parse_stream(io.StringIO(files.read_text(Path(_ENV_FILE)))))
    except (OSError, ValueError):  # there is none, or reading the settings says why not
        return []


def without_secrets(text: str, settings: Settings | None = None) -> str:
    """The text without anything that these settings, or those of the process, keep secret."""
    try:
        secrets = (settings or load_settings()).secrets
    except SettingsError:  # which never shows a value
        secrets = ()
    return hidden(text, secrets)


def hidden(text: str, secrets: Sequence[str]) -> str:
    """The text without these secrets, and without the passwords of whatever addresses stand in it."""
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return _IN_ADDRESS.sub(lambda match: f"{match[1] or ''}{_HIDDEN}@", text)


def without_password(url: str) -> str:
    """An address as it may be shown: without name and password, and without parameters, which may be a token."""
    scheme, mark, rest = url.partition("://")
    return scheme + mark + re.split(r"[?#]", rest.rpartition("@")[2], maxsplit=1)[0]


def _is_web_address(value: str) -> bool:
    """Whether it is an address of the web with a host and, where it has one, a port.

    One in which a password could be taken for anything else, here or by a library, is none.
    """
    try:
        parts = urlsplit(value)
        return bool(_ADDRESS.fullmatch(value)) and bool(parts.hostname) and parts.port != 0
    except ValueError:  # whose words quote what stands where a port should
        return False


def _secrets_in(url: str) -> Iterator[str]:
    """What of an address must not be shown, however a library writes it: its password, or a name alone; parameters."""
    parts = urlsplit(url)
    name, password = parts.username or "", parts.password or ""
    kept = [password or name, *(value for _, value in parse_qsl(parts.query) if len(value) >= _TOKENS_FROM)]
    for secret in kept:
        plain = unquote(secret)
        yield from (secret, plain, quote(plain), quote(plain, safe=""), quote(secret, safe="%!$&'()*+,;=:~"))
    if name or password:
        pair = f"{unquote(name)}:{unquote(password)}"
        yield base64.b64encode(pair.encode("utf-8", "replace")).decode("ascii")  # as a header of HTTP holds them

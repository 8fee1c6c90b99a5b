"""Every setting, read when a command starts and never at import."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.errors import Language, SettingsError

Ids = Annotated[tuple[int, ...], NoDecode]
"""Numeric Telegram ids, written with commas or spaces between them."""


class Settings(BaseSettings):
    """`WENBAO_…` from the environment, then from `.env` in the working directory, then the default."""

    model_config = SettingsConfigDict(
        env_prefix="WENBAO_",
        env_file=".env",
        env_file_encoding="utf-8",
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
    parse_seconds: Annotated[float, Field(gt=0)] = 60
    recognition_seconds: Annotated[float, Field(gt=0)] = 600
    min_evidence: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    chat_history: Path | None = None
    chroma_url: str = ""
    chroma_token: SecretStr = SecretStr("")
    chroma_tenant: Annotated[str, Field(min_length=1)] = "default_tenant"
    chroma_database: Annotated[str, Field(min_length=1)] = "default_database"
    telegram_token: SecretStr = SecretStr("")
    telegram_token_file: Path | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_timeout: Annotated[float, Field(gt=0, le=300)] = 20
    telegram_stall_seconds: Annotated[float, Field(ge=5)] = 120
    telegram_stop_seconds: Annotated[float, Field(ge=1)] = 25
    telegram_slow_seconds: Annotated[float, Field(gt=0)] = 2.5
    telegram_backlog_minutes: Annotated[float, Field(gt=0)] = 15
    telegram_retention_days: Annotated[float, Field(gt=0)] = 30
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

    @field_validator("allowed_users", "allowed_chats", "admin_users", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        return value.replace("\uff0c", ",").replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value.rstrip("/")

    @field_validator("chroma_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must be empty or look like http://host:8000")
        return value.rstrip("/")

    @property
    def models_path(self) -> Path:
        """Where prepared models live; several data directories may share one."""
        return self.models_dir or self.data_dir / "models"

    @property
    def chat_history_path(self) -> Path:
        """Where `wenbao chat` keeps the questions typed into it: each person's own."""
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        return self.chat_history or Path(state) / "wenbao" / "chat-history"


def load_settings() -> Settings:
    """Read the settings. Raises SettingsError naming the variable that can't be used."""
    try:
        return Settings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "WENBAO_" + str(first["loc"][0]).upper()
        raise SettingsError(
            f"设置 {name} 的值无法使用({first['msg']});可用的值见 .env.example",
            f"the value of {name} can't be used ({first['msg']}); see .env.example",
        ) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"无法读取 .env:{exc}", f"can't read .env: {exc}") from exc

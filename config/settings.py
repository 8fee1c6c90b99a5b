"""Every setting, read when a command starts and never at import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import Language, SettingsError


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
    chunk_size: Annotated[int, Field(ge=50, le=2000)] = 280
    max_file_mb: Annotated[int, Field(ge=1, le=1024)] = 20
    parse_seconds: Annotated[float, Field(gt=0)] = 60
    min_evidence: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    chroma_url: str = ""
    chroma_token: SecretStr = SecretStr("")
    chroma_tenant: Annotated[str, Field(min_length=1)] = "default_tenant"
    chroma_database: Annotated[str, Field(min_length=1)] = "default_database"
    telegram_token: SecretStr = SecretStr("")
    telegram_token_file: Path | None = None

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

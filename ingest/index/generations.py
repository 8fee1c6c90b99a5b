"""What lies in the data directory: the generations of the index, and which of them is published.

index/current                  {"generation", "catalog_sha256"}; replaced by one atomic rename
index/<generation>/catalog.db  reports and chunks
index/<generation>/chroma/     their vectors, unless they are on a Chroma server
index/<generation>/lexical/    their words
index/last-ingest.json         what the last ingest did
index/last-run.json            how the last `wenbao ingest` ended (ingest/index/runs.py)
index/id                       the name by which a Chroma server knows this index
index/lock                     held by the one ingest that may write
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from pathlib import Path
from typing import Any

from config.errors import IndexDamaged, IndexMissing, StorageError, reason
from config.settings import Settings
from ingest.durable import digest, storing, write_atomically
from ingest.index.catalog import Catalog
from ingest.index.vectors import Home, vector_home
from ingest.records import Failure

FORMAT = "4"  # of a generation's files; one of another format is rebuilt
POINTER = "current"
SUMMARY = "last-ingest.json"
CATALOG = "catalog.db"
VECTORS = "chroma"
LEXICAL = "lexical"
_ID = "id"
_NAME = re.compile(r"g\d{6,9}-[0-9a-f]+")


def read_pointer(settings: Settings) -> dict[str, str]:
    """What is published. Raises IndexMissing, IndexDamaged or StorageError."""
    path = root_of(settings) / POINTER
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
        published = {"generation": str(pointer["generation"]), "catalog_sha256": str(pointer["catalog_sha256"])}
    except (FileNotFoundError, NotADirectoryError) as exc:
        if any(map(_complete, generations(root_of(settings)))):
            raise damaged(settings, f"no {path}") from exc
        raise IndexMissing(
            f"{settings.data_dir} 中还没有索引;请先运行 wenbao ingest,或设置 WENBAO_DATA_DIR",
            f"there is no index in {settings.data_dir} yet; run `wenbao ingest` first or set WENBAO_DATA_DIR",
        ) from exc
    except OSError as exc:
        raise StorageError(f"无法读取 {path}:{reason(exc).zh}", f"can't read {path}: {reason(exc).en}") from exc
    except (ValueError, RecursionError, KeyError, TypeError) as exc:
        raise damaged(settings, f"{path}: {exc}") from exc
    if not _NAME.fullmatch(published["generation"]):
        raise damaged(settings, path)
    return published


def is_published(settings: Settings) -> bool:
    """Whether there ever was an index."""
    return (root_of(settings) / POINTER).exists()


def open_catalog(settings: Settings) -> tuple[str, Catalog]:
    """The current generation's name and catalog, verified. Needs neither Chroma nor a model.

    Raises IndexMissing, IndexDamaged or StorageError.
    """
    for attempt in range(3):
        pointer = read_pointer(settings)
        path = root_of(settings) / pointer["generation"] / CATALOG
        try:
            checksum = digest(path)
        except FileNotFoundError as exc:
            if attempt < 2:  # a newer generation may just have replaced it
                continue
            raise damaged(settings, f"no {path}") from exc
        except OSError as exc:
            raise StorageError(f"无法读取 {path}:{reason(exc).zh}", f"can't read {path}: {reason(exc).en}") from exc
        if checksum != pointer["catalog_sha256"]:
            raise damaged(settings, f"{path}: checksum")
        return pointer["generation"], Catalog.open(path)
    raise AssertionError("unreachable")


def read_summary(settings: Settings) -> dict[str, Any] | None:
    """What the last ingest did, or None when nobody knows."""
    try:
        summary = json.loads((root_of(settings) / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return summary if isinstance(summary, dict) else None


def read_failures(summary: dict[str, Any] | None, what: str = "failed") -> list[Failure]:
    """The failures in a stored summary, or what else it has of that form; what isn't one is left out."""
    entries = (summary or {}).get(what)
    fields = {"source", "error"}
    return [
        Failure(str(entry["source"]), str(entry["error"]))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and fields <= entry.keys()
    ]


def index_bytes(settings: Settings, generation: str) -> int:
    """The size of a generation on disk."""
    return sum(path.stat().st_size for path in (root_of(settings) / generation).rglob("*") if path.is_file())


def root_of(settings: Settings) -> Path:
    """The folder that all of it lies in."""
    return settings.data_dir / "index"


def home_of(settings: Settings) -> Home:
    """Where the vectors are. On a server, the index is known by a name of its own, made once."""
    path = root_of(settings) / _ID
    index_id = ""
    if settings.chroma_url:
        with storing(path):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, secrets.token_hex(8))
            index_id = path.read_text(encoding="utf-8")
    return vector_home(settings, root_of(settings), index_id)


def generations(root: Path) -> list[Path]:
    """The folders of all generations, oldest first, published or not."""
    return sorted(path for path in root.glob("g*") if _NAME.fullmatch(path.name) and path.is_dir())


def under(part: str, sealed: dict[str, str]) -> dict[str, str]:
    """The seals of one part, by path in the generation."""
    return {f"{part}/{name}": seal for name, seal in sealed.items()}


def inside(part: str, sealed: dict[str, str]) -> dict[str, str]:
    """The seals of one part of a generation, by file name."""
    return {name.removeprefix(f"{part}/"): seal for name, seal in sealed.items() if name.startswith(f"{part}/")}


def damaged(settings: Settings, reason: object) -> IndexDamaged:
    """The error that says so and what to do."""
    return IndexDamaged(
        f"索引已损坏({root_of(settings)}:{reason});请运行 wenbao ingest 重建",
        f"the index is damaged ({root_of(settings)}: {reason}); run `wenbao ingest` to rebuild it",
    )


def _complete(folder: Path) -> bool:
    """Whether a generation was written to its end; an interrupted first ingest leaves one that wasn't."""
    try:
        with contextlib.closing(Catalog.open(folder / CATALOG)) as catalog:
            return "format" in catalog.meta()
    except IndexDamaged:
        return (folder / CATALOG).exists()

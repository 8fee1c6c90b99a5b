"""The reports and chunks of one generation, in a SQLite file.

Guarantees: a chunk's text is never stored apart from its report's, it is the slice
`report.text[start:end]`; every write happens in one transaction. A published catalog is opened
read-only and never changes again.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from config.errors import IndexDamaged, Message, StorageError, why
from ingest.cleaning.anomalies import Anomaly, Reading, anomalies
from ingest.offsets import MappedText
from ingest.records import Chunk, CleanReport, Recognised

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seals (file TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reports (
    source TEXT PRIMARY KEY, sha256 TEXT NOT NULL, title TEXT, date TEXT,
    publisher TEXT, issuer TEXT, regions TEXT NOT NULL, anomalies TEXT NOT NULL, paged INTEGER NOT NULL,
    recognised TEXT NOT NULL, raw TEXT NOT NULL, text TEXT NOT NULL, offsets BLOB NOT NULL
);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES reports (source),
    "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, section TEXT, input TEXT NOT NULL
);
CREATE INDEX chunks_by_place ON chunks (source, "start");
"""
_TEXTS = 64  # reports whose texts are kept in memory


_Found = TypeVar("_Found")
_NOT_TOLD = Reading()


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A report as lists show it; sizes in characters."""

    source: str
    sha256: str
    title: str | None
    date: str | None
    length: int
    chunks: int
    publisher: str | None = None
    issuer: str | None = None
    regions: tuple[str, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    reading: Reading = _NOT_TOLD


class Catalog:
    """One open catalog file. Raises IndexDamaged when reading and StorageError when writing fails."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self._path = path
        self._text = functools.lru_cache(maxsize=_TEXTS)(self._read_text)

    @classmethod
    def open(cls, path: Path) -> Catalog:
        """A published catalog, read-only; any thread may read."""
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            return cls(sqlite3.connect(uri, uri=True, check_same_thread=False), path)
        except sqlite3.Error as exc:
            raise _damaged(path, exc) from exc

    @classmethod
    def draft(cls, path: Path) -> Catalog:
        """A catalog to write: the existing file, or a new one."""
        new = not path.exists()
        try:
            connection = sqlite3.connect(path)
            if new:
                connection.executescript(_SCHEMA)
            return cls(connection, path)
        except sqlite3.Error as exc:
            raise _unwritable(path, exc) from exc

    def close(self) -> None:
        self._db.close()

    def meta(self) -> dict[str, str]:
        """What the generation was built with."""
        return dict(self._rows("SELECT key, value FROM meta"))

    def seals(self) -> dict[str, str]:
        """The SHA-256 of each file of the vectors that doesn't change any more."""
        return dict(self._rows("SELECT file, sha256 FROM seals"))

    def entries(self) -> list[ReportEntry]:
        """Every report, by source."""
        query = (
            "SELECT r.source, r.sha256, r.title, r.date, length(r.text), count(c.id), r.publisher, r.issuer, r.regions,"
            " r.anomalies FROM reports r LEFT JOIN chunks c ON c.source = r.source GROUP BY r.source ORDER BY r.source"
        )
        return [_entry(row) for row in self._rows(query)]

    def naming(self, name: str) -> set[str]:
        """The sources of the reports in whose title or text a name occurs, in small letters or capitals.

        `name` is in Simplified script.
        """
        # SQLite's `lower` changes the letters of ASCII alone.
        held = "instr(lower(text), lower(?)) OR instr(lower(coalesce(title, '')), lower(?))"
        query = f"SELECT source FROM reports WHERE {held}"  # noqa: S608
        return {row[0] for row in self._rows(query, (name, name))}

    def regions(self) -> set[str]:
        """Every region that a report names with its rank."""
        return {
            region for (names,) in self._rows("SELECT regions FROM reports") for region in names.split("\t") if region
        }

    def report(self, source: str) -> CleanReport:
        """The report as it was cleaned. Raises IndexDamaged when it isn't there."""
        columns = "sha256, title, date, publisher, issuer, regions, paged, recognised, raw, text, offsets"
        rows = self._rows(f"SELECT {columns} FROM reports WHERE source = ?", (source,))  # noqa: S608
        if not rows:
            raise _damaged(self._path, f"no report {source}")
        digest, title, date, publisher, issuer, regions, paged, recognised, raw, text, offsets = rows[0]
        try:
            mapped = MappedText.unpack(text, offsets)
        except (ValueError, zlib.error) as exc:
            raise _damaged(self._path, exc) from exc
        return CleanReport(
            source=source,
            sha256=digest,
            raw=raw,
            mapped=mapped,
            title=title,
            date=date,
            publisher=publisher,
            issuer=issuer,
            regions=_parts(regions),
            paged=bool(paged),
            recognised=tuple(Recognised.of(*line) for line in json.loads(recognised)),
        )

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in this order. Raises IndexDamaged when one isn't there."""
        marks = ",".join("?" * len(ids))
        rows = self._rows(f'SELECT id, source, "start", "end", section FROM chunks WHERE id IN ({marks})', ids)  # noqa: S608
        return self._in_order(
            ids,
            {
                id_: Chunk(id_, source, start, end, self._text(source)[start:end], section)
                for id_, source, start, end, section in rows
            },
        )

    def sources(self, ids: Sequence[str]) -> dict[str, str]:
        """The report that each of these chunks is of; what isn't there is left out."""
        marks = ",".join("?" * len(ids))
        return dict(self._rows(f"SELECT id, source FROM chunks WHERE id IN ({marks})", ids))  # noqa: S608

    def chunk_ids(self, source: str) -> list[str]:
        return [row[0] for row in self._rows('SELECT id FROM chunks WHERE source = ? ORDER BY "start"', (source,))]

    def chunk_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM chunks")[0][0])

    def set_meta(self, values: dict[str, str]) -> None:
        self._write([("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))])

    def set_seals(self, seals: dict[str, str]) -> None:
        self._write([("DELETE FROM seals", [()]), ("INSERT INTO seals VALUES (?, ?)", list(seals.items()))])

    def embedded(self) -> dict[str, str]:
        """For each text that was embedded, by its digest, a chunk that has its vector."""
        return dict(self._rows("SELECT input, id FROM chunks"))

    def put(self, report: CleanReport, chunks: Sequence[Chunk], inputs: Sequence[str]) -> None:
        """Store a report with its chunks, replacing an earlier version. `inputs`: the digest of what each embeds."""
        row = (
            *(report.source, report.sha256, report.title, report.date, report.publisher, report.issuer),
            *("\t".join(report.regions), _kept(report), report.paged),
            *(json.dumps(report.recognised), report.raw, report.text, report.mapped.packed()),
        )
        self._write(
            [
                ("DELETE FROM chunks WHERE source = ?", [(report.source,)]),
                ("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [row]),
                (
                    "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (c.id, c.source, c.start, c.end, c.section, input_)
                        for c, input_ in zip(chunks, inputs, strict=True)
                    ],
                ),
            ]
        )

    def remove(self, source: str) -> None:
        self._write([(f"DELETE FROM {table} WHERE source = ?", [(source,)]) for table in ("chunks", "reports")])  # noqa: S608

    def _read_text(self, source: str) -> str:
        rows = self._rows("SELECT text FROM reports WHERE source = ?", (source,))
        if not rows:
            raise _damaged(self._path, f"no report {source}")
        return str(rows[0][0])

    def _in_order(self, ids: Sequence[str], by_id: dict[str, _Found]) -> list[_Found]:
        missing = [id_ for id_ in ids if id_ not in by_id]
        if missing:
            raise _damaged(self._path, Message(f"缺少片段 {missing[0]}", f"no chunk {missing[0]}"))
        return [by_id[id_] for id_ in ids]

    def _rows(self, query: str, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as exc:
            raise _damaged(self._path, exc) from exc

    def _write(self, statements: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> None:
        try:
            with self._db:
                for statement, rows in statements:
                    self._db.executemany(statement, rows)
        except sqlite3.Error as exc:
            raise _unwritable(self._path, exc) from exc


def _kept(report: CleanReport) -> str:
    """What a report suffers from, and how it was read."""
    counts = [(anomaly.kind, anomaly.count) for anomaly in anomalies(report)]
    return json.dumps({"anomalies": counts, "reading": asdict(Reading.of(report))})


def _found(kept: str) -> dict[str, Any]:
    fields = json.loads(kept)
    return fields if isinstance(fields, dict) else {"anomalies": fields}  # as it was kept before 2026-12


def _entry(row: tuple[Any, ...]) -> ReportEntry:
    fields = _found(row[-1])
    return replace(
        ReportEntry(*row[:-2]),
        regions=_parts(row[-2]),
        anomalies=tuple(Anomaly(kind, count) for kind, count in fields["anomalies"]),
        reading=_reading(fields),
    )


def _reading(fields: dict[str, Any]) -> Reading:
    reading = dict(fields.get("reading", {}))
    return Reading(**reading | {"left_out": tuple((reason, count) for reason, count in reading.get("left_out", ()))})


def _parts(stored: str) -> tuple[str, ...]:
    return tuple(stored.split("\t")) if stored else ()


def _damaged(path: Path, problem: object) -> IndexDamaged:
    reason = why(problem)
    return IndexDamaged(
        f"索引已损坏({path}:{reason.zh});请运行 wenbao ingest 重建",
        f"the index is damaged ({path}: {reason.en}); run `wenbao ingest` to rebuild it",
    )


def _unwritable(path: Path, problem: object) -> StorageError:
    reason = why(problem)
    return StorageError(
        f"无法写入 {path}:{reason.zh};请检查磁盘空间和权限,或设置 WENBAO_DATA_DIR",
        f"can't write {path}: {reason.en}; check disk space and permissions, or set WENBAO_DATA_DIR",
    )

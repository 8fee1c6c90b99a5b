"""Mirror a folder of reports into the index. The whole story, from files to a published generation:

find → compare by content → read → normalize → chunk → embed → write a draft → publish.

Guarantees: a report whose bytes didn't change costs nothing, unless pages of it can be read now that couldn't; a file
that can't be read becomes an entry in `failed` and no part of it is indexed; whatever interrupts a run, the last
published generation keeps answering.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from config.errors import (
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    Message,
    NeedsRecognition,
    ReportError,
    StorageError,
    UnreadableReport,
)
from config.settings import Settings, without_password
from ingest.chunk import chunk, embedding_input
from ingest.cleaning.normalize import RECIPE, normalize
from ingest.embedding.embed import Embedder
from ingest.formats import sources, unread
from ingest.formats.kinds import RECIPE as FORMATS
from ingest.formats.sources import ReportFiles
from ingest.index.catalog import Catalog, ReportEntry
from ingest.index.draft import Draft, Writer, digest_of, writing
from ingest.index.generations import FORMAT, open_catalog
from ingest.index.lexical import RECIPE as LEXICAL_RECIPE
from ingest.index.published import Index, earlier_vectors
from ingest.index.vectors import EMBEDDED
from ingest.index.vectors import RECIPE as VECTOR_RECIPE
from ingest.records import Chunk, CleanReport, Failure, IngestSummary

if TYPE_CHECKING:
    from ingest.embedding.session import Vectors


class Observer(Protocol):
    """Whoever watches an ingest."""

    def notify(self, message: Message) -> None:
        """Something the operator should know."""

    def embedding(self, done: int, total: int) -> None:
        """So many chunks of so many have their vectors."""


@dataclasses.dataclass(frozen=True, slots=True)
class _State:
    """What is published: each source's entry, and what the generation was built with.

    `embedded` leads from a text's digest to a chunk with its vector, which `vectors` gives.
    """

    generation: str
    entries: dict[str, ReportEntry]
    meta: dict[str, str]
    chunks: int
    embedded: dict[str, str]
    vectors: Callable[[Sequence[str]], Vectors] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    """What a run has to do."""

    fresh: bool
    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[Failure, ...]
    incomplete: tuple[Failure, ...]
    again: tuple[str, ...]
    """What is read once more though it didn't change, since pages of it gave no text."""
    reports: tuple[CleanReport, ...]
    chunks: tuple[tuple[Chunk, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    """What the chunks of each report embed."""
    kept_chunks: int
    reusable: dict[str, str]

    @property
    def unseen(self) -> list[str]:
        """The texts that no published chunk embeds, each once."""
        texts = dict.fromkeys(itertools.chain.from_iterable(self.texts))
        return [text for text in texts if digest_of(text) not in self.reusable]

    @property
    def chunk_total(self) -> int:
        return self.kept_chunks + sum(map(len, self.chunks))

    @property
    def empty(self) -> bool:
        return not (self.fresh or self.added or self.updated or self.removed)


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    observer: Observer,
    *,
    dry_run: bool = False,
    embedder: Embedder | None = None,
    writer: Writer | None = None,
) -> IngestSummary:
    """Mirror the reports directory, or add and update only `paths`.

    `embedder` is the settings' model where the caller has it open already, `writer` the right to write where the
    caller holds it. Raises UsageError, StorageError, ModelError or an IndexUnavailable; what was published before
    then stays.
    """
    started = time.monotonic()
    mirror = not paths
    listed = sources.find_reports(settings.reports_dir, paths)
    if not listed.files and mirror:
        raise StorageError(
            f"报告目录 {settings.reports_dir} 里没有报告,索引保持不变;请设置 WENBAO_REPORTS_DIR",
            f"there are no reports in {settings.reports_dir}, the index stays as it is; set WENBAO_REPORTS_DIR",
        )
    if writer is None and not dry_run:  # looked for once more then: a writer may have been changing the folder
        with writing(settings) as held:
            return ingest(settings, paths, observer, embedder=embedder, writer=held)
    if writer is None:
        with _published(settings, observer, mirror=mirror) as state:
            plan = _plan(settings, listed, state, mirror=mirror, model=None)
            return _summary(plan, "", plan.chunk_total, len(plan.unseen), started)
    with _published(settings, observer, mirror=mirror) as state:
        embedder = embedder or Embedder.open(settings, observer.notify)
        plan = _plan(settings, listed, state, mirror=mirror, model=embedder.fingerprint)
        for source in plan.again:
            observer.notify(
                Message(f"{source}:再次读取没有读出文字的页", f"{source}: reading again its pages without text")
            )
        if plan.empty and state is not None:
            summary = _summary(plan, state.generation, state.chunks, 0, started)
        else:
            summary = _build(settings, plan, state, writer, embedder, observer, started)
        # Files that failed before and weren't looked at now are still failing.
        seen = {file.source for file in listed.files}
        earlier = [] if mirror else [f for f in writer.earlier_failures() if f.source not in seen]
        known = {} if mirror or state is None else state.entries
        without = _incomplete({s: _reasons(entry) for s, entry in known.items() if s not in seen}, {}, settings)
        record = dataclasses.replace(
            summary, failed=(*earlier, *summary.failed), incomplete=(*without, *summary.incomplete)
        )
        writer.save_summary(dataclasses.asdict(record) | {"finished": time.strftime("%Y-%m-%dT%H:%M:%S%z")})
        return summary


def build_settings(settings: Settings, model_fingerprint: str) -> dict[str, str]:
    """What a generation is rebuilt for: model, recipes of reading, cleaning and words, chunk size, kind of vectors."""
    return {
        "format": FORMAT,
        "formats": FORMATS,
        "recipe": RECIPE,
        "lexical": LEXICAL_RECIPE,
        "vectors": without_password(settings.chroma_url) or EMBEDDED,
        "graph": VECTOR_RECIPE,
        "chunk_size": str(settings.chunk_size),
        "setting": settings.embedding_model,
        "model_fingerprint": model_fingerprint,
    }


@contextlib.contextmanager
def _published(settings: Settings, observer: Observer, *, mirror: bool) -> Iterator[_State | None]:
    """The published state, or None when there is none that can be built upon."""
    try:
        index = Index.open(settings)
    except IndexMissing:
        yield None
        return
    except IndexMismatch:  # another version's, or with its vectors elsewhere; the catalog still tells what it held
        generation, catalog = open_catalog(settings)
        with contextlib.closing(catalog), _earlier(settings, generation, catalog, observer) as state:
            yield state
        return
    except IndexDamaged as exc:
        if not mirror:  # the named files alone would replace everything else
            raise
        observer.notify(Message(f"{exc.message.zh}:现在重建", f"{exc.message.en}: rebuilding it now"))
        yield None
        return
    with contextlib.closing(index):
        catalog = index.catalog
        entries = {entry.source: entry for entry in catalog.entries()}
        embedded = catalog.embedded()
        yield _State(index.generation, entries, catalog.meta(), catalog.chunk_count(), embedded, index.vectors)


@contextlib.contextmanager
def _earlier(settings: Settings, generation: str, catalog: Catalog, observer: Observer) -> Iterator[_State]:
    """The state of an index that can't be asked any more, with its vectors where they can still be had."""
    entries = {entry.source: entry for entry in catalog.entries()}
    meta = catalog.meta()
    try:
        store = earlier_vectors(settings, generation, catalog)
    except (IndexDamaged, StorageError) as exc:
        observer.notify(Message(f"原有向量无法读取,重新计算:{exc.message.zh}", f"embedding again: {exc.message.en}"))
        yield _State(generation, entries, meta, catalog.chunk_count(), {})
        return
    with contextlib.closing(store):
        yield _State(generation, entries, meta, catalog.chunk_count(), catalog.embedded(), store.get)


def _plan(settings: Settings, listed: ReportFiles, state: _State | None, *, mirror: bool, model: str | None) -> _Plan:
    known = state.entries if state else {}
    wanted = build_settings(settings, model or (state.meta.get("model_fingerprint", "") if state else ""))
    fresh = state is None or any(state.meta.get(key) != value for key, value in wanted.items())
    if fresh and state is not None and not mirror:
        raise IndexMismatch(
            "模型、片段长度、清理方法或向量的存储方式已改变,整个索引需要重建;请先运行不带 PATH 的 wenbao ingest",
            "model, chunk size, cleaning or the place of the vectors have changed and the whole index must be rebuilt; "
            "run `wenbao ingest` without PATH first",
        )
    files = {file.source: file for file in listed.files}
    added: list[str] = []
    updated: list[str] = []
    unchanged: list[str] = []
    again: list[str] = []
    failed = [Failure(folder, error.text(settings.language)) for folder, error in listed.unreadable.items()]
    reports: list[CleanReport] = []
    hidden = {source for source in known if any(source.startswith(f"{folder}/") for folder in listed.unreadable)}
    gone = known.keys() - files.keys() - (set() if fresh else hidden) if mirror else set()
    for source, file in sorted(files.items()):
        anew = False
        try:
            data = sources.read_bytes(file.path, settings.max_file_mb << 20, settings.reports_dir, file.member)
            same = source in known and known[source].sha256 == sources.sha256(data)
            anew = same and not fresh and unread.worth_another_try(_reasons(known[source]), asked_for=not mirror)
            if fresh or anew or not same:
                report = sources.parse(source, data, settings.parse_seconds, settings.recognition_seconds)
                reports.append(normalize(report))
            if anew:
                again.append(source)
            (unchanged if same and not anew else updated if source in known else added).append(source)
        except ReportError as exc:
            failed.append(Failure(source, exc.text(settings.language), _needs(exc)))
            if anew:  # it says what it said
                continue
            # What a file said before it became unreadable as a report is no longer what it says; only a
            # file that the system doesn't hand out right now keeps its earlier version.
            if source in known and (fresh or (mirror and not isinstance(exc, UnreadableReport))):
                gone.add(source)
    reasons = {source: _reasons(known[source]) for source in unchanged if source in known}
    reasons |= {report.source: Counter(span.reason for span in report.dropped) for report in reports}
    replaced = gone.union(updated, unchanged if fresh else ())
    chunks = tuple(tuple(chunk(report, settings.chunk_size)) for report in reports)
    return _Plan(
        fresh=fresh,
        added=tuple(added),
        updated=tuple(updated),
        removed=tuple(sorted(gone)),
        unchanged=len(unchanged),
        failed=tuple(failed),
        incomplete=_incomplete(reasons, {report.source: report for report in reports}, settings),
        again=tuple(again),
        reports=tuple(reports),
        chunks=chunks,
        texts=tuple(
            tuple(embedding_input(report, piece) for piece in pieces)
            for report, pieces in zip(reports, chunks, strict=True)
        ),
        kept_chunks=sum(entry.chunks for source, entry in known.items() if source not in replaced),
        reusable=state.embedded if state and _same_model(state.meta, wanted) else {},
    )


def _reasons(entry: ReportEntry) -> dict[str, int]:
    """What of a report isn't indexed, counted by reason."""
    return dict(entry.reading.left_out)


def _incomplete(
    reasons: Mapping[str, Mapping[str, int]], reports: Mapping[str, CleanReport], settings: Settings
) -> tuple[Failure, ...]:
    """Those of the sources, each with what isn't indexed of it, of which pages gave no text; which, where just read."""
    failures = []
    for source, counts in sorted(reasons.items()):
        pages = unread.pages(reports[source].raw, reports[source].dropped) if source in reports else []
        if message := unread.told(counts, pages):
            failures.append(Failure(source, message.text(settings.language), unread.needs(counts)))
    return tuple(failures)


def _needs(exc: ReportError) -> str | None:
    return "ocr" if isinstance(exc, NeedsRecognition) else None


def _same_model(meta: dict[str, str], wanted: dict[str, str]) -> bool:
    return meta.get("model_fingerprint") == wanted["model_fingerprint"]


def _build(
    settings: Settings,
    plan: _Plan,
    state: _State | None,
    writer: Writer,
    embedder: Embedder,
    observer: Observer,
    started: float,
) -> IngestSummary:
    unseen = plan.unseen
    draft = writer.draft(fresh=plan.fresh)  # first, so that a disk or server that refuses it costs no embedding
    try:
        vectors = dict(zip(map(digest_of, unseen), embedder.passages(unseen, observer.embedding), strict=True))
        vectors |= _reused(plan, state)
        _fill(draft, plan, vectors, embedder.dim)
        total = draft.catalog.chunk_count()
        meta = build_settings(settings, embedder.fingerprint) | {"model": embedder.name}
        draft.publish(meta)
    except BaseException:
        draft.discard()
        raise
    return _summary(plan, draft.generation, total, len(unseen), started)


def _reused(plan: _Plan, state: _State | None) -> dict[str, Vectors]:
    """The vectors of the texts that published chunks embed already, by digest."""
    inputs = {digest_of(text) for text in itertools.chain.from_iterable(plan.texts)}
    wanted = {input_: plan.reusable[input_] for input_ in sorted(inputs & plan.reusable.keys())}
    if not wanted or state is None or state.vectors is None:
        return {}
    return dict(zip(wanted, state.vectors(list(wanted.values())), strict=True))


def _fill(draft: Draft, plan: _Plan, vectors: dict[str, Vectors], dim: int) -> None:
    import numpy as np

    if not plan.fresh:
        for source in plan.removed:
            draft.remove(source)
    for report, pieces, texts in zip(plan.reports, plan.chunks, plan.texts, strict=True):
        rows = [vectors[digest_of(text)] for text in texts]
        draft.put(report, pieces, np.stack(rows) if rows else np.empty((0, dim), np.float32))


def _summary(plan: _Plan, generation: str, chunks: int, embedded: int, started: float) -> IngestSummary:
    return IngestSummary(
        added=plan.added,
        updated=plan.updated,
        removed=plan.removed,
        unchanged=plan.unchanged,
        failed=plan.failed,
        incomplete=plan.incomplete,
        chunks=chunks,
        embedded=embedded,
        generation=generation,
        seconds=round(time.monotonic() - started, 3),
    )

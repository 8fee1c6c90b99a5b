"""One published generation of the index, open for reading.

Guarantees: readers see a whole generation or an error that says what to do; a damaged catalog or word index is
noticed by its checksum, damaged vectors when opened; a search that could see only one of vectors and words never
happens.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pydantic import SecretStr

from config.errors import IndexDamaged, IndexMismatch
from config.settings import Settings, without_password
from ingest.cleaning.normalize import RECIPE
from ingest.index.catalog import Catalog, ReportEntry
from ingest.index.generations import (
    FORMAT,
    LEXICAL,
    VECTORS,
    damaged,
    home_of,
    inside,
    open_catalog,
    read_pointer,
    root_of,
)
from ingest.index.lexical import RECIPE as LEXICAL_RECIPE
from ingest.index.lexical import Lexical
from ingest.index.vectors import EMBEDDED, VectorStore
from ingest.records import Chunk, CleanReport

if TYPE_CHECKING:
    from ingest.embedding.session import Vectors


class Index:
    """One published generation, open for reading."""

    def __init__(self, generation: str, catalog: Catalog, vectors: VectorStore, lexical: Lexical) -> None:
        self.generation = generation
        self.catalog = catalog
        self._vectors, self._lexical = vectors, lexical

    @classmethod
    def open(cls, settings: Settings) -> Index:
        """The current generation. Raises IndexMissing, IndexDamaged, IndexMismatch or StorageError."""
        while True:
            generation, catalog = open_catalog(settings)
            try:
                return cls._open(settings, generation, catalog)
            except IndexDamaged:
                catalog.close()
                if read_pointer(settings)["generation"] == generation:
                    raise
                # It was removed because a newer one was published meanwhile.
            except BaseException:
                catalog.close()
                raise

    @classmethod
    def _open(cls, settings: Settings, generation: str, catalog: Catalog) -> Index:
        meta = catalog.meta()
        if (meta.get("format"), meta.get("lexical")) != (FORMAT, LEXICAL_RECIPE):
            raise _another_version()
        home = home_of(settings)
        place = without_password(meta.get("vectors", ""))  # an earlier version kept it in there
        if place != home.name:
            raise IndexMismatch(
                f"索引的向量在 {place},不在 {home.name};请运行 wenbao ingest,或改回 WENBAO_CHROMA_URL",
                f"the index has its vectors in {place}, not in {home.name}; run `wenbao ingest` or set "
                "WENBAO_CHROMA_URL back",
            )
        folder, sealed = root_of(settings) / generation, catalog.seals()
        lexical = Lexical.open(folder / LEXICAL, inside(LEXICAL, sealed))
        if lexical.count() != catalog.chunk_count():
            raise damaged(settings, f"{lexical.count()} chunks with words of {catalog.chunk_count()}")
        vectors = home.open(generation, inside(VECTORS, sealed))
        try:
            if vectors.count() != catalog.chunk_count():
                raise damaged(settings, f"{vectors.count()} vectors for {catalog.chunk_count()} chunks")
            if catalog.chunk_count() and not vectors.answers():
                raise damaged(settings, "the vectors find nothing")
        except BaseException:
            vectors.close()
            raise
        return cls(generation, catalog, vectors, lexical)

    def close(self) -> None:
        self.catalog.close()
        self._vectors.close()

    def require_model(self, setting: str, fingerprint: str | None = None) -> None:
        """Raises IndexMismatch when the index holds the vectors of another model.

        The setting alone can be checked before a model is loaded, the fingerprint after.
        """
        meta = self.catalog.meta()
        if meta.get("recipe") != RECIPE:
            raise _another_version()
        if meta.get("setting") != setting:
            raise IndexMismatch(
                f"索引由模型 {meta.get('setting')} 建立,与当前的 {setting} 不同;"
                "请运行 wenbao ingest,或改回 WENBAO_EMBEDDING_MODEL",
                f"the index was built with the model {meta.get('setting')}, not with the current {setting}; "
                "run `wenbao ingest` or set WENBAO_EMBEDDING_MODEL back",
            )
        if fingerprint not in (None, meta.get("model_fingerprint")):
            raise IndexMismatch(
                f"模型 {setting} 的文件或前缀在建立索引之后改变了;"
                "请运行 wenbao ingest,或改回 WENBAO_QUERY_PREFIX 和 WENBAO_PASSAGE_PREFIX",
                f"the files or prefixes of the model {setting} have changed since the index was built; "
                "run `wenbao ingest` or set WENBAO_QUERY_PREFIX and WENBAO_PASSAGE_PREFIX back",
            )

    def reports(self) -> list[ReportEntry]:
        return self.catalog.entries()

    def report(self, source: str) -> CleanReport:
        return self.catalog.report(source)

    def nearest(self, vectors: Vectors, k: int, within: Collection[str] | None = None) -> list[list[tuple[str, float]]]:
        """For each of the vectors (n, dim), the k nearest chunks as (chunk id, cosine similarity), best first.

        `within` are the sources of the reports to look in; None means all.
        """
        return self._vectors.search(vectors, min(k, max(1, self.catalog.chunk_count())), within)

    def matching(self, text: str, k: int, within: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The k chunks that carry most of a text's words, as (chunk id, share in [0, 1)), best first.

        `within` are the sources of the reports to look in; None means all.
        """
        return self._lexical.search(text, k, within)

    def frequency(self, term: str, within: Collection[str] | None = None) -> int:
        """How many chunks hold a character, a pair of Han characters, or a Latin word or figure."""
        return self._lexical.frequency(term, within)

    def held(self, words: Collection[str]) -> set[str]:
        """Those of some Han words that may occur: chunks hold every pair of their characters."""
        return self._lexical.held(words)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in this order."""
        return self.catalog.chunks(ids)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of these chunks, (len(ids), dim)."""
        return self._vectors.get(ids)

    def searchable(self) -> tuple[set[str], set[str]]:
        """The ids of the chunks that have a vector, and of those that are found by their words."""
        return self._vectors.ids(), self._lexical.ids()


def earlier_vectors(settings: Settings, generation: str, catalog: Catalog) -> VectorStore:
    """The vectors of a generation that another version wrote or whose vectors are elsewhere: they are still worth
    reusing. Raises IndexDamaged or StorageError where they can't be had any more.
    """
    name = without_password(catalog.meta().get("vectors", ""))
    there = settings
    if name == EMBEDDED:
        there = settings.model_copy(update={"chroma_url": ""})
    elif name != without_password(settings.chroma_url):  # a token beside another address is that server's
        token = SecretStr("") if settings.chroma_url else settings.chroma_token
        there = settings.model_copy(update={"chroma_url": name, "chroma_token": token})
    vectors = home_of(there).open(generation, inside(VECTORS, catalog.seals()))
    try:
        if vectors.count() != catalog.chunk_count():
            raise damaged(settings, "chunks without vectors")
    except BaseException:
        vectors.close()
        raise
    return vectors


def _another_version() -> IndexMismatch:
    return IndexMismatch(
        "索引由另一个版本的 wenbao 建立;请运行 wenbao ingest",
        "the index was built by another version of wenbao; run `wenbao ingest`",
    )

"""The words of one generation's chunks, in a Tantivy index: BM25 over Chinese. The only module that knows Tantivy.

A chunk is found by its terms: each Han character and each pair of neighbours, Latin words and figures
whole, all folded in width, case and script. Terms go to the engine one by one and never through a query
language, so no character of a question acts as an operator. `RECIPE` names this way of reading: an
index made by another one is rebuilt.

Guarantees: a published index is verified file by file when it is opened and never written to again, not
even by locks, so that it may lie on a read-only disk; any thread may search.
"""

from __future__ import annotations

import functools
import math
import re
import shutil
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import IndexDamaged, StorageError, reason, why
from ingest.durable import digest, storing
from ingest.language.script import to_simplified
from ingest.scratch import Scratch

if TYPE_CHECKING:
    import tantivy

RECIPE = "2"

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"\d+(?:\.\d+)?%?|[a-z]+|[{_HAN}]+|(?:(?![\da-z{_HAN}_])\w)+")
_FIRST_HAN = "\u3007"
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_K1 = 1.2  # Tantivy's, which are those of Lucene
_HEAP = 30_000_000  # bytes; Tantivy wants 15 million at least
_ID, _SOURCE, _TERMS = "id", "source", "terms"
_META = "meta.json"
_LOCKS = shutil.ignore_patterns("*.lock")


class Lexical:
    """One published lexical index, open for reading."""

    def __init__(self, folder: Path, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._folder, self._schema, self._searcher = folder, schema, searcher

    @classmethod
    def open(cls, folder: Path, sealed: Mapping[str, str]) -> Lexical:
        """An existing index whose files are those of its `seals`. Raises IndexDamaged otherwise."""
        import tantivy

        with _reading(folder):
            for name in _META, *sealed:
                path = folder / name
                if name not in sealed or not path.is_file() or digest(path) != sealed[name]:
                    raise _damaged(folder, f"{name}: checksum")
        # Tantivy leaves a lock file beside what it opens: it gets a folder of links, needed only until
        # the searcher has mapped the files.
        with Scratch() as links:
            with storing(links, "TMPDIR"):
                for name in sealed:
                    (links / name).symlink_to(folder.absolute() / name)
            with _reading(folder):
                index = tantivy.Index.open(str(links))
                index.config_reader(reload_policy="manual")  # else a thread goes on watching the links
                return cls(folder, index.schema, index.searcher())

    def count(self) -> int:
        """How many chunks can be found."""
        return self._searcher.num_docs

    def frequency(self, term: str, within: Collection[str] | None = None) -> int:
        """How many chunks hold one of the terms that `terms` makes; `within` are the sources to look in."""
        import tantivy

        with _reading(self._folder):
            held = self._searcher.doc_freq(_TERMS, term)
            if not held or within is None:
                return held
            holding = tantivy.Query.term_query(self._schema, _TERMS, term, index_option="basic")
            return self._searcher.search(self._among(holding, within), 1, count=True).count or 0  # type: ignore[attr-defined]

    def held(self, words: Iterable[str]) -> set[str]:
        """Those of some Han words whose every pair of neighbours some chunk holds: what may occur."""
        with _reading(self._folder):
            count = functools.cache(functools.partial(self._searcher.doc_freq, _TERMS))
            return {
                word
                for word in words
                if (all(count(word[at : at + 2]) for at in range(len(word) - 1)) if len(word) > 1 else count(word))
            }

    def ids(self) -> set[str]:
        """The ids of all chunks that can be found."""
        import tantivy

        with _reading(self._folder):
            hits = self._searcher.search(tantivy.Query.all_query(), max(1, self.count())).hits
            return {self._id(address) for _, address in hits}

    def search(self, text: str, k: int, within: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The k chunks that carry most of a text's terms, as (chunk id, share), best first; equal shares by id.

        The share in [0, 1) is the chunk's BM25 score over the highest that any chunk could reach for the
        text (Robertson's BM25: every term's idf times k1 + 1), so that it compares across questions.
        `within` are the sources to look in; None means all.
        """
        import tantivy

        query_terms = list(dict.fromkeys(terms(text)))
        if not query_terms:
            return []
        with _reading(self._folder):
            highest = sum(map(self._idf, query_terms)) * (_K1 + 1)
            one_each = [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, _TERMS, term, index_option="freq"))
                for term in query_terms
            ]
            query = tantivy.Query.boolean_query(one_each)
            if within is not None:
                query = self._among(query, within)
            hits = self._searcher.search(query, k, count=False).hits
            scored = [(self._id(address), score / highest) for score, address in hits]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))

    def _among(self, query: tantivy.Query, within: Collection[str]) -> tantivy.Query:
        """The query, of these sources only."""
        import tantivy

        among = tantivy.Query.term_set_query(self._schema, _SOURCE, list(within))
        unscored = tantivy.Query.const_score_query(among, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)])

    def _idf(self, term: str) -> float:
        frequency = self._searcher.doc_freq(_TERMS, term)
        return math.log(1 + (max(0, self.count() - frequency) + 0.5) / (frequency + 0.5))

    def _id(self, address: tantivy.DocAddress) -> str:
        return str(self._searcher.doc(address)[_ID][0])


class LexicalDraft:
    """A lexical index to write: the existing one, or a new one. Nothing is in it before `commit`."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._folder = folder
        with _writing(folder):
            folder.mkdir(exist_ok=True)
            schema = tantivy.SchemaBuilder()
            schema.add_text_field(_ID, stored=True, tokenizer_name="raw", index_option="basic")
            schema.add_text_field(_SOURCE, tokenizer_name="raw", index_option="basic")
            schema.add_text_field(_TERMS, tokenizer_name="whitespace", index_option="freq")
            index = tantivy.Index(schema.build(), path=str(folder))
            self._writer: tantivy.IndexWriter | None = index.writer(_HEAP, 1)

    def add(self, ids: Sequence[str], texts: Sequence[str], sources: Sequence[str]) -> None:
        import tantivy

        with _writing(self._folder):
            for id_, text, source in zip(ids, texts, sources, strict=True):
                document = tantivy.Document(**{_ID: id_, _SOURCE: source, _TERMS: " ".join(terms(text))})
                self._open_writer().add_document(document)

    def remove(self, ids: Sequence[str]) -> None:
        with _writing(self._folder):
            for id_ in ids:
                self._open_writer().delete_documents_by_term(_ID, id_)

    def commit(self) -> None:
        """Write everything to the folder, which then changes no more."""
        with _writing(self._folder):
            writer = self._open_writer()
            writer.commit()
            writer.wait_merging_threads()
            readable = self._folder.stat().st_mode & 0o666  # Tantivy keeps some of its files to their owner
            for path in self._folder.iterdir():
                path.chmod(readable)
        self._writer = None

    def close(self) -> None:
        """Stop writing; what isn't committed is dropped."""
        self._writer = None

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise RuntimeError("the draft is closed")
        return self._writer


def terms(text: str) -> list[str]:
    """What a text is found by, in its order: characters and pairs of Han, Latin words and figures whole."""
    folded = _THOUSANDS.sub("", to_simplified(unicodedata.normalize("NFKC", text)).lower())
    pieces: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] < _FIRST_HAN or len(run) == 1:
            pieces.append(run)
        else:
            pieces += run
            pieces += (run[at : at + 2] for at in range(len(run) - 1))
    return pieces


def copy_lexical(old: Path, new: Path) -> None:
    """Copy a published index. Raises StorageError."""
    with _writing(new):
        shutil.copytree(old, new, ignore=_LOCKS)


def seals(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a committed index."""
    return {path.name: digest(path) for path in sorted(folder.iterdir()) if path.suffix != ".lock"}


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StorageError(f"无法读取 {folder}:{reason(exc).zh}", f"can't read {folder}: {reason(exc).en}") from exc
    except ValueError as exc:  # all that Tantivy raises
        raise _damaged(folder, exc) from exc


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, shutil.Error) as exc:
        raise StorageError(
            f"无法写入 {folder}:{why(exc).zh};请检查磁盘空间和权限,或设置 WENBAO_DATA_DIR",
            f"can't write {folder}: {why(exc).en}; check disk space and permissions, or set WENBAO_DATA_DIR",
        ) from exc


def _damaged(folder: Path, reason: object) -> IndexDamaged:
    return IndexDamaged(
        f"索引已损坏({folder}:{reason});请运行 wenbao ingest 重建",
        f"the index is damaged ({folder}: {reason}); run `wenbao ingest` to rebuild it",
    )

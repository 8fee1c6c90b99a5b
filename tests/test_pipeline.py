"""Ingest mirrors the folder: what changed is indexed, what is gone is gone, and nothing is half-done."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from conftest import SEEDS, SMALL_REPORTS, Watcher

from config.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexMissing, StorageError, UsageError
from config.settings import Settings
from ingest.chunk import embedding_input
from ingest.index.draft import writing
from ingest.index.generations import open_catalog, read_failures, read_pointer, read_summary
from ingest.index.published import Index
from ingest.offsets import MappedText
from ingest.pipeline import build_settings, ingest
from ingest.records import Chunk, CleanReport
from rag.engine import Engine

ALL = tuple(SMALL_REPORTS)


def state(settings: Settings):
    """What a reader sees: the generation, and each report with its chunks and their nearest neighbours."""
    index = Index.open(settings)
    try:
        return index.generation, [(entry.source, entry.sha256, entry.chunks) for entry in index.reports()]
    finally:
        index.close()


def generations(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.data_dir / "index").glob("g*") if path.is_dir())


def test_ingesting_twice_changes_nothing(sync, settings):
    first = sync()
    assert (first.added, first.failed, first.embedded) == (ALL, (), first.chunks)
    before = state(settings)
    second = sync()
    assert (second.added, second.updated, second.removed, second.unchanged) == ((), (), (), len(ALL))
    assert (second.embedded, second.chunks, second.generation) == (0, first.chunks, first.generation)
    assert state(settings) == before


def test_every_chunk_is_a_slice_of_its_report_and_finds_itself(seeded, embedder):
    index = Index.open(seeded)
    for entry in index.reports():
        report = index.report(entry.source)
        assert report.raw == (SEEDS / entry.source).read_text(encoding="utf-8")
        for chunk in index.catalog.chunks(index.catalog.chunk_ids(entry.source)):
            assert report.text[chunk.start : chunk.end] == chunk.text
            (hits,) = index.nearest(embedder.passages([chunk.text]), 5)
            assert chunk.id in [id_ for id_, _ in hits]
            assert all(-1 <= score <= 1.0001 for _, score in hits)
    index.close()


def test_the_folder_is_mirrored(sync, settings, reports, embedder):
    sync()
    (reports / ALL[0]).unlink()
    (reports / ALL[1]).write_text("全区共有科普教育基地99处。", encoding="utf-8")
    (reports / "sub").mkdir()
    (reports / "sub" / "new.txt").write_text("县科协举办讲座七场。", encoding="utf-8")
    summary = sync()
    assert (summary.added, summary.updated, summary.removed) == (("sub/new.txt",), (ALL[1],), (ALL[0],))
    assert summary.unchanged == 3
    assert summary.embedded == 2
    _, entries = state(settings)
    assert [source for source, _, _ in entries] == [*ALL[1:], "sub/new.txt"]
    engine = Engine(settings, Watcher().notify, embedder)
    assert ALL[0] not in {passage.chunk.source for passage in engine.search("东山县乡村科普馆", 100)}
    assert any("99处" in passage.chunk.text for passage in engine.search("科普教育基地有多少处", 100))
    engine.close()


def test_named_paths_are_added_or_updated_and_nothing_is_removed(sync, settings, reports):
    summary = sync(reports / ALL[2])
    assert (summary.added, summary.unchanged) == ((ALL[2],), 0)
    (reports / ALL[2]).unlink()
    summary = sync(reports / ALL[3])
    assert (summary.added, summary.removed) == ((ALL[3],), ())
    assert [source for source, _, _ in state(settings)[1]] == [ALL[2], ALL[3]]


def test_a_dry_run_writes_nothing(sync, settings):
    summary = sync(dry_run=True)
    assert summary.added == ALL
    assert summary.embedded == summary.chunks > 0
    assert not settings.data_dir.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("binary.txt", bytes(range(256)) * 9),
        ("empty.txt", b""),
        ("blank.txt", b" \n\t\n"),
        ("nul.txt", "科普\0工作".encode()),
        ("marks.txt", "。。。!!".encode()),
        ("report.docx", b"PK\x03\x04"),
        ("archive.zip", b"PK\x03\x04"),
    ],
)
def test_a_file_that_is_no_report_fails_alone(sync, settings, reports, name, content):
    (reports / name).write_bytes(content)
    summary = sync()
    assert [failure.source for failure in summary.failed] == [name]
    assert summary.failed[0].error
    assert summary.added == ALL
    assert name not in [source for source, _, _ in state(settings)[1]]


def test_a_file_that_is_too_large_fails_alone(settings, reports, embedder):
    (reports / "large.txt").write_text("科普。" * 400_000, encoding="utf-8")
    summary = ingest(settings.model_copy(update={"max_file_mb": 1}), [], Watcher(), embedder=embedder)
    assert [failure.source for failure in summary.failed] == ["large.txt"]
    assert "WENBAO_MAX_FILE_MB" in summary.failed[0].error


def test_a_report_that_turns_into_garbage_no_longer_answers(sync, settings, reports):
    sync()
    (reports / ALL[0]).write_bytes(bytes(range(128, 256)) * 3)
    summary = sync()
    assert summary.removed == (ALL[0],)
    assert [failure.source for failure in summary.failed] == [ALL[0]]
    assert ALL[0] not in [source for source, _, _ in state(settings)[1]]


def test_a_dangling_link_keeps_the_earlier_version_of_nothing_and_fails_alone(sync, reports):
    (reports / "link.txt").symlink_to(reports / "nowhere.txt")
    summary = sync()
    assert [failure.source for failure in summary.failed] == ["link.txt"]
    assert summary.added == ALL


def test_hidden_files_are_no_reports(sync, reports):
    (reports / ".draft.txt").write_text("草稿。", encoding="utf-8")
    (reports / ".git").mkdir()
    (reports / ".git" / "x.txt").write_text("内部。", encoding="utf-8")
    assert sync().added == ALL


@pytest.mark.parametrize("problem", ["empty", "missing", "file"])
def test_without_reports_the_index_stays_as_it_is(sync, settings, reports, problem):
    sync()
    before = state(settings)
    shutil.rmtree(reports)
    if problem == "empty":
        reports.mkdir()
    elif problem == "file":
        reports.write_text("not a folder", encoding="utf-8")
    with pytest.raises(StorageError, match="WENBAO_REPORTS_DIR"):
        sync()
    assert state(settings) == before


def test_paths_outside_the_reports_directory_are_refused(sync, settings, tmp_path):
    (tmp_path / "elsewhere.txt").write_text("别处的报告。", encoding="utf-8")
    with pytest.raises(UsageError, match="WENBAO_REPORTS_DIR"):
        sync(tmp_path / "elsewhere.txt")
    with pytest.raises(UsageError, match="does not exist"):
        sync(settings.reports_dir / "nothing.txt")
    assert not settings.data_dir.exists()


def test_a_failure_while_writing_leaves_the_published_generation(sync, settings, reports, monkeypatch):
    from ingest.index.draft import Draft

    sync()
    before = state(settings), generations(settings)
    (reports / "new.txt").write_text("新的报告。", encoding="utf-8")

    def full(*_: object) -> None:
        raise StorageError("磁盘已满", "disk full")

    monkeypatch.setattr(Draft, "publish", full)
    with pytest.raises(StorageError):
        sync()
    assert (state(settings), generations(settings)) == before


def test_a_data_directory_that_cannot_be_written_is_one_error(settings):
    settings.data_dir.parent.mkdir(exist_ok=True)
    settings.data_dir.write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="WENBAO_DATA_DIR"):
        ingest(settings, [], Watcher())


def test_old_generations_are_removed_and_leftovers_too(sync, settings, reports):
    for n in range(4):
        (reports / "new.txt").write_text(f"第{n}版报告。", encoding="utf-8")
        sync()
    assert len(generations(settings)) == 2
    leftover = settings.data_dir / "index" / "g999999-dead00"
    leftover.mkdir()
    sync()
    assert not leftover.exists()


def test_one_ingest_at_a_time(settings):
    with writing(settings), pytest.raises(IndexBusy, match=str(os.getpid())), writing(settings):
        pass
    with writing(settings):
        pass


def test_another_chunk_size_rebuilds_the_index(sync, settings, embedder):
    first = sync()
    smaller = settings.model_copy(update={"chunk_size": 50})
    second = ingest(smaller, [], Watcher(), embedder=embedder)
    assert second.unchanged == len(ALL)
    assert 0 < second.embedded < second.chunks > first.chunks  # what the chunks still say is not embedded again
    assert second.generation != first.generation


DAMAGES = {
    "pointer": lambda root, _: (root / "current").write_text("{"),
    "pointer gone": lambda root, _: (root / "current").unlink(),
    "generation gone": lambda root, gen: shutil.rmtree(root / gen),
    "catalog cut": lambda root, gen: os.truncate(root / gen / "catalog.db", 5000),
    "catalog changed": lambda root, gen: _overwrite(root / gen / "catalog.db", 20_000),
    "catalog gone": lambda root, gen: (root / gen / "catalog.db").unlink(),
    "vectors cut": lambda root, gen: os.truncate(root / gen / "chroma" / "chroma.sqlite3", 50_000),
    "vectors empty": lambda root, gen: os.truncate(root / gen / "chroma" / "chroma.sqlite3", 0),
    "vectors scrambled": lambda root, gen: _overwrite(root / gen / "chroma" / "chroma.sqlite3", 30_000, 60_000),
    "vectors gone": lambda root, gen: shutil.rmtree(root / gen / "chroma"),
    "words gone": lambda root, gen: shutil.rmtree(root / gen / "lexical"),
    "words cut": lambda root, gen: os.truncate(next((root / gen / "lexical").glob("*.term")), 10),
    "words changed": lambda root, gen: _overwrite(next((root / gen / "lexical").glob("*.idx")), 20, 5),
    "words unlisted": lambda root, gen: (root / gen / "lexical" / "meta.json").unlink(),
}


def _overwrite(path, at, count=100):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(os.urandom(count))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_is_said_and_rebuilt(sync, settings, embedder, damage, capfd):
    generation = sync().generation
    damage(settings.data_dir / "index", generation)
    with pytest.raises((IndexDamaged, IndexMissing), match="wenbao ingest"):
        Engine(settings, Watcher().notify, embedder)
    summary = sync()
    assert summary.generation != generation
    assert [source for source, _, _ in state(settings)[1]] == list(ALL)
    assert "panicked" not in capfd.readouterr().err


@pytest.mark.parametrize("damage", ["pointer gone", "catalog cut", "vectors gone"])
def test_named_paths_never_replace_a_damaged_index(sync, settings, reports, damage):
    generation = sync().generation
    DAMAGES[damage](settings.data_dir / "index", generation)
    with pytest.raises(IndexDamaged):
        sync(reports / ALL[0])
    sync()
    assert [source for source, _, _ in state(settings)[1]] == list(ALL)


def test_named_paths_do_not_rebuild_what_other_settings_built(sync, settings, reports, embedder):
    sync()
    changed = settings.model_copy(update={"chunk_size": 50})
    with pytest.raises(IndexMismatch, match="without PATH"):
        ingest(changed, [reports / ALL[0]], Watcher(), embedder=embedder)


def test_damaged_graphs_of_a_large_index_are_noticed_before_chroma_reads_them(settings, reports):
    lines = "".join(f"第{n}项工作已经完成，成效明显。\n" for n in range(5000))
    for n in range(2):
        (reports / f"long{n}.txt").write_text(lines, encoding="utf-8")
    small = settings.model_copy(update={"chunk_size": 50})
    ingest(small, [], Watcher(), embedder=_Random())
    index = Index.open(small)
    (graph,) = (settings.data_dir / "index" / index.generation / "chroma").glob("*/data_level0.bin")
    index.close()
    state(small)  # opening and reading changes nothing that is sealed
    _overwrite(graph, 50_000)
    with pytest.raises(IndexDamaged, match="checksum"):
        Index.open(small)


class _Random:
    """Vectors without a model, for tests of the store alone."""

    name, dim, fingerprint = "random", 8, "random"

    def passages(self, texts, _progress=None):
        return np.random.default_rng(0).normal(size=(len(texts), self.dim)).astype(np.float32)


def test_vectors_that_find_nothing_are_damage(sync, settings):
    generation = sync().generation
    database = settings.data_dir / "index" / generation / "chroma" / "chroma.sqlite3"
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM embeddings_queue")
    with pytest.raises(IndexDamaged):
        Index.open(settings)


def test_folders_are_followed_through_links_once(sync, reports):
    (reports / "sub").mkdir()
    (reports / "sub" / "new.txt").write_text("县科协举办讲座七场。", encoding="utf-8")
    (reports / "sub" / "circle").symlink_to(reports)
    (reports / "again").symlink_to(reports / "sub")
    summary = sync()
    assert summary.failed == ()
    assert len(summary.added) == len(ALL) + 1


def test_failures_are_remembered_until_the_file_is_looked_at_again(sync, settings, reports):
    (reports / "bad.txt").write_bytes(bytes(range(128, 256)) * 3)
    sync()
    sync(reports / ALL[0])
    assert [failure.source for failure in read_failures(read_summary(settings))] == ["bad.txt"]
    (reports / "bad.txt").unlink()
    sync()
    assert read_failures(read_summary(settings)) == []


def test_a_deleted_report_is_found_neither_by_meaning_nor_by_words(sync, settings, reports):
    sync()
    index = Index.open(settings)
    gone = set(index.catalog.chunk_ids(ALL[0]))
    assert {id_ for id_, _ in index.matching("东山县乡村科普馆", 1)} <= gone
    index.close()
    (reports / ALL[0]).unlink()
    sync()
    index = Index.open(settings)
    kept = {id_ for source in ALL[1:] for id_ in index.catalog.chunk_ids(source)}
    assert index.searchable() == (kept, kept)
    assert {id_ for id_, _ in index.matching("东山县乡村科普馆", 100)} <= kept
    index.close()


def test_only_what_changed_is_read_into_words_again(sync, reports, monkeypatch):
    from ingest.index import lexical

    sync()
    read: list[str] = []
    terms = lexical.terms
    monkeypatch.setattr(lexical, "terms", lambda text: read.append(text) or terms(text))
    (reports / "new.txt").write_text("县科协举办讲座七场。", encoding="utf-8")
    sync()
    assert read == ["县科协举办讲座七场。"]


def test_an_index_with_words_of_another_recipe_is_refused_and_rebuilt(sync, settings, reports, embedder, monkeypatch):
    from ingest import pipeline
    from ingest.index import published as index

    with monkeypatch.context() as earlier:
        earlier.setattr(index, "LEXICAL_RECIPE", "0")
        earlier.setattr(pipeline, "LEXICAL_RECIPE", "0")
        sync()
    with pytest.raises(IndexMismatch, match="wenbao ingest"):
        Engine(settings, Watcher().notify, embedder)
    with pytest.raises(IndexMismatch, match="without PATH"):
        sync(reports / ALL[0])
    assert sync().unchanged == len(ALL)
    Engine(settings, Watcher().notify, embedder).close()


def test_an_index_with_another_vector_graph_answers_until_it_is_rebuilt_without_embedding(
    sync, settings, reports, embedder, monkeypatch
):
    from ingest import pipeline

    with monkeypatch.context() as earlier:
        earlier.setattr(pipeline, "VECTOR_RECIPE", "0")
        first = sync()
    Engine(settings, Watcher().notify, embedder).close()
    with pytest.raises(IndexMismatch, match="without PATH"):
        sync(reports / ALL[0])
    second = sync()
    assert (second.unchanged, second.embedded) == (len(ALL), 0)
    assert second.generation != first.generation
    assert sync().generation == second.generation


def test_the_nearest_vectors_are_exactly_those_at_every_opening(settings):
    """More chunks than Chroma keeps unsorted, fewer than it writes at once, and near to one another as texts are."""
    rng = np.random.default_rng(7)
    centres = rng.standard_normal((40, 384))
    vectors = centres[rng.integers(0, 40, 1600)] + 0.8 * rng.standard_normal((1600, 384))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    text = "".join(f"第{n:04d}句。" for n in range(1600))
    chunks = [Chunk(f"{n:032d}", "a.txt", 7 * n, 7 * n + 7, text[7 * n : 7 * n + 7], None) for n in range(1600)]
    report = CleanReport("a.txt", "0" * 64, text, MappedText.of(text), None, None)
    with writing(settings) as writer:
        draft = writer.draft(fresh=True)
        draft.put(report, chunks, vectors)
        draft.publish(build_settings(settings, "synthetic"))
    asked = vectors[::80] + 0.02
    expected = np.argsort(-(asked @ vectors.T), axis=1)[:, :100]
    for _ in range(2):
        with contextlib.closing(Index.open(settings)) as index:
            found = [[int(id_) for id_, _ in hits] for hits in index.nearest(asked, 100)]
        same = [len(set(row) & set(right)) for row, right in zip(found, expected.tolist(), strict=True)]
        assert sum(same) >= 0.999 * expected.size


def test_search_scores_fall_and_stay_between_0_and_1(seeded, embedder):
    engine = Engine(seeded, Watcher().notify, embedder)
    for question in ("科普基地有多少个", '"科普" NEAR(基地 -大学) OR title:*', "館", "What is it?"):
        scores = [passage.score for passage in engine.search(question, 10)]
        assert len(scores) == 10
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
    engine.close()


def test_status_needs_only_the_catalog(sync, settings):
    generation = sync().generation
    shutil.rmtree(settings.data_dir / "index" / generation / "chroma")
    found, catalog = open_catalog(settings)
    assert found == generation
    assert [entry.source for entry in catalog.entries()] == list(ALL)
    catalog.close()


def test_a_renamed_report_keeps_its_vectors(sync, settings, reports, embedder):
    sync()
    (reports / "a.txt").rename(reports / "renamed.txt")
    summary = sync()
    assert (summary.added, summary.removed, summary.embedded) == (("renamed.txt",), ("a.txt",), 0)
    with contextlib.closing(Index.open(settings)) as index:
        for report in index.reports():
            for id_ in index.catalog.chunk_ids(report.source):
                (found,) = index.chunks([id_])
                vectors = embedder.passages([embedding_input(index.report(report.source), found)])
                assert index.nearest(vectors, 1)[0][0][1] == pytest.approx(1, abs=1e-3)


def test_only_the_changed_chunks_of_a_report_are_embedded_again(sync, reports):
    paragraphs = [
        f"第{n}段。" + f"南岭区第{n}小学举办科普讲座{n}场，参加学生{n}00人，受到欢迎。" * 6 for n in range(1, 9)
    ]
    (reports / "long.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    first = sync()
    paragraphs[4] = paragraphs[4].replace("欢迎", "好评")
    (reports / "long.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    second = sync()
    assert second.updated == ("long.txt",)
    assert 0 < second.embedded <= 3 < first.embedded - len(SMALL_REPORTS)


def test_equal_texts_are_embedded_once(sync, reports):
    sync()
    for name in ("copy.txt", "again.txt"):
        (reports / name).write_text("远山县科协举办展览12场。", encoding="utf-8")
    summary = sync()
    assert (len(summary.added), summary.embedded) == (2, 1)


def test_an_interrupt_right_after_publishing_keeps_what_was_published(sync, settings, reports, monkeypatch):
    sync()
    (reports / "new.txt").write_text("新区科协举办讲座18场。", encoding="utf-8")
    sync()
    (reports / "more.txt").write_text("新区科协举办展览19场。", encoding="utf-8")

    remove = shutil.rmtree

    def interrupted(folder, *arguments, **options):
        if Path(folder).name.startswith("g0"):  # the generation before the last, after the switch
            raise KeyboardInterrupt
        remove(folder, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sync()
    assert "more.txt" in [source for source, _, _ in state(settings)[1]]
    assert sync().embedded == 0


def test_a_first_ingest_that_never_ended_is_no_damage(sync, settings):
    root = settings.data_dir / "index"
    (root / "g000001-abcdef").mkdir(parents=True)
    sqlite3.connect(root / "g000001-abcdef" / "catalog.db").execute("CREATE TABLE meta (key, value)").close()
    with pytest.raises(IndexMissing):
        Index.open(settings)
    sync()
    assert "g000001-abcdef" not in generations(settings)


def test_what_killed_ingests_left_is_dropped_by_the_next_even_if_it_changes_nothing(sync, settings, reports):
    sync()
    (reports / "a.txt").write_text("东山县建成乡村科普馆22个。", encoding="utf-8")
    sync()
    root = settings.data_dir / "index"
    kept = {path.name for path in root.glob("g*")}
    for left in ("g000000-0a", "g000001-ffffff", "g000009-0b"):  # older than what is kept, and never published
        shutil.copytree(root / read_pointer(settings)["generation"], root / left, dirs_exist_ok=True)
    sync()
    left = {path.name for path in root.glob("g*")}
    assert len(left) == 2
    assert read_pointer(settings)["generation"] in left & kept

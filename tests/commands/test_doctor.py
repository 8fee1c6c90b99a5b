"""doctor finds what is wrong, says what to do, and is content with a sound index."""

from __future__ import annotations

import json
import sqlite3

from config.settings import Settings
from ingest.index.generations import read_pointer
from rag.commands.doctor import examine


def verdicts(settings: Settings) -> dict[str, str]:
    return {finding.check.en: finding.verdict for finding in examine(settings, print)}


def test_a_sound_index_is_fine(sync, settings, wenbao):
    sync()
    done = wenbao("doctor", "--json", settings=settings)
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"]) == (0, True)
    assert {finding["verdict"] for finding in report["findings"]} == {"ok"}
    assert len(report["findings"]) == 9


def test_without_an_index_it_says_what_to_run(settings, wenbao):
    done = wenbao("doctor", settings=settings)
    assert done.returncode == 1
    assert "wenbao ingest" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_changed_report_and_a_failed_file_are_warnings(sync, settings, reports):
    (reports / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    sync()
    (reports / "a.txt").write_text("东山县科协举办讲座8场。", encoding="utf-8")
    found = verdicts(settings)
    assert (found["up to date"], found["failed files"]) == ("warning", "warning")
    assert "wrong" not in found.values()


def test_a_chunk_that_only_one_side_finds_is_wrong(sync, settings):
    sync()
    store = settings.data_dir / "index" / read_pointer(settings)["generation"] / "chroma" / "chroma.sqlite3"
    with sqlite3.connect(store) as database:  # as if Chroma held another chunk in place of ours
        database.execute(
            "UPDATE embeddings_queue SET id = 'strange' WHERE seq_id = (SELECT min(seq_id) FROM embeddings_queue)"
        )
        database.execute("UPDATE embeddings SET embedding_id = 'strange' WHERE id = (SELECT min(id) FROM embeddings)")
    assert "wrong" in verdicts(settings).values()


def test_a_missing_reports_directory_is_wrong(sync, settings):
    sync()
    assert (
        verdicts(settings.model_copy(update={"reports_dir": settings.data_dir / "no"}))["reports directory"] == "wrong"
    )


def test_nothing_is_wrong_with_the_reports_that_come_along(seeded):
    found = examine(seeded, print)
    assert [finding for finding in found if finding.verdict == "wrong"] == []

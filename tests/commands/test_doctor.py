"""doctor finds what is wrong, says what to do, and is content with a sound index."""

from __future__ import annotations

import itertools
import json
import sqlite3

from config.settings import Settings
from ingest.index.generations import read_pointer
from rag.commands.doctor import Finding, examine
from rag.telegram.state import backups
from rag.telegram.state.home import state_of
from rag.telegram.state.stores import Stores


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


def test_the_bots_state_and_its_last_backup_are_told(settings, tmp_path):
    (settings.data_dir / "telegram").mkdir(parents=True)
    state = state_of(settings, 700001)

    def told() -> Finding:
        (found,) = (each for each in itertools.islice(examine(settings, print), 3) if "700001" in each.check.en)
        return found

    Stores.open(state).close()
    assert (told().verdict, "never" in told().detail.en) == ("warning", True)
    backups.save(state, 700001, tmp_path / "b.db")
    assert told().verdict == "ok"
    with sqlite3.connect(state) as db:
        db.execute("UPDATE meta SET value = '2020-01-01T00:00:00Z'")
    assert (told().verdict, "2020-01-01" in told().detail.zh) == ("warning", True)
    state.write_bytes(b"x" * 5000)
    assert (told().verdict, "wenbao restore" in told().detail.en) == ("wrong", True)
    state.unlink()
    state.mkdir()  # as unreadable as another user's
    assert (told().verdict, "the user that runs the bot" in told().detail.en) == ("warning", True)


def test_a_misspelt_setting_is_a_warning(settings, monkeypatch):
    monkeypatch.setenv("WENBAO_ALOWED_USERS", "1")
    found = next(iter(examine(settings, print)))
    assert (found.verdict, "WENBAO_ALLOWED_USERS" in found.detail.zh) == ("warning", True)


def test_nothing_is_wrong_with_the_reports_that_come_along(seeded):
    found = examine(seeded, print)
    assert [finding for finding in found if finding.verdict == "wrong"] == []


def test_a_first_ingest_that_failed_is_said(wenbao, settings):
    for path in settings.reports_dir.iterdir():
        path.unlink()
    assert wenbao("ingest", settings=settings).returncode == 1
    done = wenbao("doctor", "--json", settings=settings)
    found = {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert found["上次导入"]["verdict"] == "warning"
    assert "WENBAO_REPORTS_DIR" in found["上次导入"]["detail"]

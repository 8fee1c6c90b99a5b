"""With CHROMA_URL, the same index: vectors on a real Chroma server that several processes share."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import SMALL_REPORTS, Watcher, assert_one_line
from pydantic import SecretStr

from config.errors import IndexDamaged, IndexMismatch, StorageError
from config.settings import Settings
from ingest.index.catalog import Catalog
from ingest.index.published import Index, earlier_vectors
from ingest.pipeline import ingest
from rag.engine import Engine

QUESTION = "东山县建成多少个乡村科普馆?"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`chroma run` on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma")
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    with subprocess.Popen([*map(str, command), "--port", str(port)], stdout=subprocess.DEVNULL, cwd=folder) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/api/v2/heartbeat"):
                break
            time.sleep(0.1)
        yield url
        process.terminate()


@pytest.fixture
def remote(settings, server) -> Settings:
    return settings.model_copy(update={"chroma_url": server})


def collections(url: str) -> set[str]:
    path = f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    with urllib.request.urlopen(path) as answer:
        return {collection["name"] for collection in json.load(answer)}


def test_a_server_holds_the_same_index(remote, reports, embedder, reader):
    here = ingest(remote, [], Watcher(), embedder=embedder)
    assert (len(here.added), here.embedded) == (len(SMALL_REPORTS), here.chunks)
    again = ingest(remote, [], Watcher(), embedder=embedder)
    assert (again.unchanged, again.embedded, again.generation) == (len(SMALL_REPORTS), 0, here.generation)
    with contextlib.closing(Engine(remote, print, embedder, reader)) as engine:
        assert engine.ask(QUESTION).short_answer == "21个"
        (reports / "a.txt").rename(reports / "z.txt")
        (reports / "b.txt").unlink()
        moved = ingest(remote, [], Watcher(), embedder=embedder)
        assert (moved.added, moved.removed, moved.embedded) == (("z.txt",), ("a.txt", "b.txt"), 0)
        assert engine.ask(QUESTION).citations[0].source == "z.txt"
        assert {passage.chunk.source for passage in engine.search("西河市科普教育基地", 100)} == {
            *("c.txt", "d.txt", "e.txt", "z.txt")
        }
    with contextlib.closing(Index.open(remote)) as index:
        dense, lexical = index.searchable()
        assert dense == lexical == {id_ for r in index.reports() for id_ in index.catalog.chunk_ids(r.source)}


def test_old_collections_are_dropped_and_other_peoples_are_not(remote, reports, embedder, tmp_path, server):
    other = remote.model_copy(update={"data_dir": tmp_path / "other"})
    theirs = ingest(other, [], Watcher(), embedder=embedder).generation
    mine = []
    for n in range(4):
        (reports / "new.txt").write_text(f"第{n}次科普活动。", encoding="utf-8")
        mine.append(ingest(remote, [], Watcher(), embedder=embedder).generation)
    left = collections(server)
    assert {f"wenbao-{theirs}", f"wenbao-{mine[-1]}", f"wenbao-{mine[-2]}"} <= left
    assert not {f"wenbao-{mine[0]}", f"wenbao-{mine[1]}"} & left


def test_another_process_asks_the_server_too(remote, embedder, wenbao):
    ingest(remote, [], Watcher(), embedder=embedder)
    only = ("--report", "a.txt")
    done = wenbao("ask", "--json", QUESTION, *only, settings=remote, env={"WENBAO_CHROMA_URL": remote.chroma_url})
    assert json.loads(done.stdout)["short_answer"] == "21个"


def test_moving_to_a_server_and_back_embeds_nothing(settings, remote, embedder, reader):
    first = ingest(settings, [], Watcher(), embedder=embedder)
    with pytest.raises(IndexMismatch, match="CHROMA_URL"):
        Engine(remote, print, embedder, reader)
    there = ingest(remote, [], Watcher(), embedder=embedder)
    assert (there.unchanged, there.embedded, there.chunks) == (len(SMALL_REPORTS), 0, first.chunks)
    with contextlib.closing(Engine(remote, print, embedder, reader)) as engine:
        assert engine.ask(QUESTION).short_answer == "21个"
    with pytest.raises(IndexMismatch, match="CHROMA_URL"):
        Engine(settings, print, embedder, reader)
    back = ingest(settings, [], Watcher(), embedder=embedder)
    assert (back.unchanged, back.embedded) == (len(SMALL_REPORTS), 0)
    with contextlib.closing(Engine(settings, print, embedder, reader)) as engine:
        assert engine.ask(QUESTION).short_answer == "21个"


def test_moving_away_from_a_server_that_is_gone_embeds_again_and_says_so(settings, remote, embedder, server):
    first = ingest(remote, [], Watcher(), embedder=embedder)
    path = f"{server}/api/v2/tenants/default_tenant/databases/default_database/collections/wenbao-{first.generation}"
    urllib.request.urlopen(urllib.request.Request(path, method="DELETE")).close()
    watcher = Watcher()
    back = ingest(settings, [], watcher, embedder=embedder)
    assert (back.unchanged, back.embedded) == (len(SMALL_REPORTS), first.chunks)
    assert any("again" in message.en for message in watcher.messages)


def test_a_collection_that_is_gone_is_damage_and_rebuilt(remote, embedder, server, reader):
    first = ingest(remote, [], Watcher(), embedder=embedder)
    path = f"{server}/api/v2/tenants/default_tenant/databases/default_database/collections/wenbao-{first.generation}"
    urllib.request.urlopen(urllib.request.Request(path, method="DELETE")).close()
    with pytest.raises(IndexDamaged, match="wenbao ingest"):
        Engine(remote, print, embedder, reader)
    watcher = Watcher()
    assert ingest(remote, [], watcher, embedder=embedder).embedded == first.chunks
    assert "rebuilding" in watcher.messages[-1].en


def test_a_server_that_is_not_there_is_one_line(remote, embedder, wenbao):
    ingest(remote, [], Watcher(), embedder=embedder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    away = remote.model_copy(update={"data_dir": remote.data_dir.parent / "away", "chroma_url": nowhere})
    with pytest.raises(StorageError, match="WENBAO_CHROMA_URL"):
        ingest(away, [], Watcher(), embedder=embedder)
    done = wenbao("ingest", settings=away, env={"WENBAO_CHROMA_URL": nowhere})
    assert done.returncode == 1
    assert_one_line(done.stderr, "WENBAO_CHROMA_URL")


def test_a_server_that_never_answers_is_one_line_and_not_a_silence(settings, embedder, monkeypatch):
    from ingest.index import vectors

    monkeypatch.setattr(vectors, "_ANSWERS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(StorageError, match="WENBAO_CHROMA_URL"):
            ingest(settings.model_copy(update={"chroma_url": url}), [], Watcher(), embedder=embedder)


def test_a_server_that_stops_answering_is_an_error(remote, embedder, monkeypatch):
    from ingest.index import vectors

    monkeypatch.setattr(vectors, "_WORKS", 0.001)
    with pytest.raises(StorageError, match="WENBAO_CHROMA_URL"):
        ingest(remote, [], Watcher(), embedder=embedder)


def test_another_servers_token_is_not_sent_to_the_one_left(remote, tmp_path):
    seen = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.headers.get("Authorization"), self.headers.get("X-Chroma-Token")))
            self.send_error(404)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Listener) as left:
        threading.Thread(target=left.serve_forever, daemon=True).start()
        catalog = Catalog.draft(tmp_path / "catalog.db")
        catalog.set_meta({"vectors": f"http://127.0.0.1:{left.server_port}"})
        for url, sent in ((remote.chroma_url, False), ("", True)):  # moving to another server, and away from this one
            seen.clear()
            moved = remote.model_copy(update={"chroma_url": url, "chroma_token": SecretStr("secret")})
            with pytest.raises((IndexDamaged, StorageError)):
                earlier_vectors(moved, "g000001-abcdef", catalog)
            assert seen
            assert any("secret" in str(headers) for headers in seen) == sent
        catalog.close()
        left.shutdown()


def test_the_token_is_sent_and_its_refusal_names_the_setting(settings, embedder):
    seen: list[str | None] = []

    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            self.send_response(401)
            self.end_headers()

        do_POST = do_GET  # noqa: N815  # http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as guard:
        threading.Thread(target=guard.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{guard.server_address[1]}"
        guarded = Settings(
            **settings.model_dump() | {"chroma_url": url, "chroma_token": "open-sesame"},
        )
        with pytest.raises(StorageError, match="WENBAO_CHROMA_TOKEN") as refusal:
            ingest(guarded, [], Watcher(), embedder=embedder)
        guard.shutdown()
    assert set(seen) == {"Bearer open-sesame"}
    assert "open-sesame" not in refusal.value.text("en")

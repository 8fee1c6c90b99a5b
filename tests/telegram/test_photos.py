"""A photograph becomes a report as a file does; its name comes from its caption or its date."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from conftest import ROOT
from loopback import TOKEN, Loopback
from telegram import Message
from telegram.ext import ExtBot

from config.settings import Settings
from rag.telegram.answering import Answering
from rag.telegram.receiving.heard import Heard
from rag.telegram.sending.outbox import Outbox
from rag.telegram.sending.pacing import Pacing
from rag.telegram.shelf.offered import Offered, offered
from rag.telegram.shelf.uploads import Uploads
from rag.telegram.state.stores import Stores

SENT = datetime(2023, 4, 5, 10, 15, tzinfo=UTC)
DATED = f"photo-{SENT.astimezone():%Y%m%d-%H%M%S}"


def message(number: int = 7, **said) -> Message:
    person = {"id": 1, "is_bot": False, "first_name": "x"}
    sizes = [
        {"file_id": file, "file_unique_id": file, "width": side, "height": side, "file_size": side}
        for file, side in (("small", 90), ("large", 1280), ("middle", 320))
    ]
    data = {"message_id": number, "date": int(SENT.timestamp()), "chat": {"id": 1, "type": "private"}, "from": person}
    read = Message.de_json(data | {"photo": sizes} | said)
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        (None, f"{DATED}-7.jpg"),
        ("", f"{DATED}-7.jpg"),
        ("📷 …", f"{DATED}-7.jpg"),
        ("..", f"{DATED}-7.jpg"),
        ("东山县2023年简报", "东山县2023年简报.jpg"),
        ("东山县简报\n第一页", "东山县简报.jpg"),
        ("投入1.5万元", "投入1.5万元.jpg"),
        ("简报.JPG", "简报.jpg"),
        ("2023/4/5 简报", "2023_4_5 简报.jpg"),
        ("../../etc/passwd", "_.._etc_passwd.jpg"),
        ("\u202e.隐藏\x00", "隐藏.jpg"),
        ("长" * 1000, f"{'长' * 60}.jpg"),
    ],
)
def test_a_photograph_is_named_safely_after_its_caption_or_its_date(caption, name):
    assert offered(message(caption=caption)) == Offered(name, "large", 1280)


def test_each_photograph_of_an_album_has_a_name_of_its_own():
    for caption in (None, "简报"):
        names = {offered(message(n, caption=caption, media_group_id="1")).name for n in range(3)}
        assert len(names) == 3


def test_a_file_keeps_its_name_and_what_is_neither_is_not_offered():
    document = {"file_id": "f", "file_unique_id": "f", "file_name": "a/b.txt"}
    assert offered(message(photo=[], document=document)) == Offered("b.txt", "f", None)
    assert offered(message(photo=[], text="问题")) is None


def test_without_recognition_a_photograph_is_answered_with_what_is_needed(tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['rapidocr'] = None\n", encoding="utf-8")
    (tmp_path / "reports").mkdir()
    for name, value in (
        ("NO_PROXY", "127.0.0.1"),
        ("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT)))),
        ("WENBAO_REPORTS_DIR", str(tmp_path / "reports")),
        ("WENBAO_DATA_DIR", str(tmp_path / "data")),
    ):
        monkeypatch.setenv(name, value)
    options = Settings(reports_dir=tmp_path / "reports", data_dir=tmp_path / "data")
    state = Stores.open(tmp_path / "state.db")

    async def go(server: Loopback) -> None:
        pacing = Pacing(every=0)
        async with ExtBot(TOKEN, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot") as bot:
            outbox, answering = Outbox(bot, pacing, backoff=(0.01, 0.01)), Answering(options)
            uploads = Uploads(options, tmp_path / "changes", state.changes, state.tokens, answering, outbox)
            server.send_photo(1, 1, b"\xff\xd8\xff" + b"x" * 2000, "简报")
            told = Message.de_json(server.updates[-1]["message"], bot)
            assert told is not None
            await uploads.offer(Heard(told, SimpleNamespace(id=1), "zh"), offered(told))
            child = uploads._ingesting._child
            uploads.close()
            assert child is not None
            await child.wait()
            answering.close()

    with Loopback(pace=0) as server:
        server.chat(1)
        asyncio.run(go(server))
        (note,) = server.sent(1)
    state.close()
    assert note.text.startswith("简报.jpg 不能加入:")
    assert "install 'rapidocr<4' 'pi-heif<2'" in note.text
    assert note.buttons == {}
    assert list((tmp_path / "changes").glob("*")) == []

"""The bot's parts on their own: splitting, the gate, the journal, names and logs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import TOKEN, Loopback, parse_html
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import ExtBot

from config.errors import StateUnavailable, StorageError
from config.settings import Settings
from ingest.cleaning.normalize import normalize
from ingest.records import RawReport, Recognised
from rag.telegram.answering import Answering
from rag.telegram.doing.asking import Asking
from rag.telegram.doing.buttons import Buttons
from rag.telegram.logs import _Lines, redact
from rag.telegram.receiving.access import Access, Verdict
from rag.telegram.receiving.addressing import Request, read
from rag.telegram.receiving.intake import Intake
from rag.telegram.sending.layout import Span, one_line, pieces, units
from rag.telegram.sending.messages import Quoted, page_spans
from rag.telegram.sending.outbox import Outbox, Place, Undelivered
from rag.telegram.sending.pacing import Pacing
from rag.telegram.shelf.files import Shelf, safe_name
from rag.telegram.shelf.uploads import Uploads
from rag.telegram.state.changes import Change
from rag.telegram.state.stores import Stores

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
EMOJI = st.sampled_from(["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "é", "汉", "a", "。", "\n", "<", "&amp;", "_", "*"])
SPANS = st.lists(
    st.builds(Span, st.one_of(TEXT, st.lists(EMOJI, max_size=80).map("".join)), st.booleans(), st.booleans()),
    max_size=8,
)


def _without_space(text: str) -> str:
    """What a reader sees of it: no white space, and nothing of the plane of tags and unseen selectors."""
    seen = (char for char in text if char.isprintable() and not char.isspace())
    return "".join(char for char in seen if not "\U000e0000" <= char <= "\U000e0fff")


@given(SPANS, st.integers(40, 200))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_parses_fits_and_arrives_whole(spans, limit):
    parts = pieces(spans, limit)
    parsed = [parse_html(part.html) for part in parts]
    assert [text for text, _ in parsed] == [part.text for part in parts]
    assert all(part.text == part.text.strip() != "" and units(part.text) <= limit for part in parts)
    assert _without_space("".join(part.text for part in parts)) == _without_space("".join(span.text for span in spans))


@given(st.lists(st.sampled_from(["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "é"]), min_size=1, max_size=200).map("".join))
@settings(deadline=None)
def test_no_character_is_torn_apart(text):
    for part in pieces([Span(text)], 60)[1:]:
        assert part.text[0] not in "\u200d\u0301\U0001f3fd\U0001f1f3"


def test_a_message_is_split_at_a_line_or_a_sentence_where_there_is_one():
    lines = "\n".join(f"第{n}行" for n in range(100))
    assert all(part.text.endswith("行") or part.text[-1].isdigit() is False for part in pieces([Span(lines)], 100))
    sentences = "这是一句话。" * 100
    assert all(part.text.endswith("。") for part in pieces([Span(sentences)], 100))


def test_what_reorders_text_does_not_leave_its_line():
    assert one_line("a\u202eb\n c", 10) == "ab c"
    assert one_line("很" * 20, 10) == "很" * 9 + "…"


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\报告.docx", "报告.docx"),
        (".hidden.txt", "hidden.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ('x<>:"|?*\n.md', "x_______.md"),
        ("长" * 300 + ".txt", "长" * 65 + ".txt"),
    ],
)
def test_a_file_keeps_what_is_safe_of_its_name(given_name, safe):
    assert safe_name(given_name) == safe


@pytest.mark.parametrize("given_name", ["", "...", "///"])
def test_a_file_without_a_name_gets_one(given_name):
    assert safe_name(given_name).startswith("report-")


def _update(user: int, text: str = "问题", number: int = 7) -> Update:
    chat = {"id": user, "type": "private", "first_name": "x"}
    person = {"id": user, "is_bot": False, "first_name": "x"}
    message = {"message_id": 1, "date": 2**31 - 1, "chat": chat, "from": person, "text": text}
    update = Update.de_json({"update_id": number, "message": message})
    assert update is not None
    return update


@pytest.fixture
def state(tmp_path):
    state = Stores.open(tmp_path / "state.db")
    yield state
    state.close()


def _journalled(state: Stores) -> dict[str, int]:
    """How many updates are in which state."""
    return dict(state.database.run("SELECT state, count(*) FROM journal GROUP BY state").fetchall())


class _Gate:
    """An intake with its surroundings; it remembers what reached the handlers and what was said instead."""

    def __init__(self, state: Stores, *, undelivered: int = 0) -> None:
        options = Settings(allowed_users=(1,))
        self.handled, self.given_up, self._undelivered = 0, 0, undelivered
        self.fails: Callable[[], None] = lambda: None  # what a handler does
        self.heard: list[str] = []
        self.intake = Intake(
            *(options, state.journal, Access(options, state.grants), lambda _: None),
            turn_away=self._say_nothing,
            too_late=self._say_nothing,
            give_up=self._give_up,
            put_again=self.process,
            stuck=self._stuck,
            over=self._over,
            pauses=(0, 0),
            until_written=0.01,
        )

    async def process(self, update: Update) -> None:
        await self.intake.process_update(update, self._handle(update))
        await asyncio.sleep(0.05)

    async def _handle(self, update: Update) -> None:
        self.handled += 1
        if self.handled <= self._undelivered:
            self.intake.leave_open(update)
        try:
            self.fails()
        except StateUnavailable as exc:  # as the error handler does, which alone sees what handlers raise
            await self.intake.put_off(update, exc)

    async def _give_up(self, _: Update) -> None:
        self.given_up += 1

    async def _say_nothing(self, _: object) -> None:
        pass

    async def _stuck(self, *_: object) -> None:
        self.heard.append("stuck")

    async def _over(self) -> None:
        self.heard.append("over")


def _run(state: Stores, *, user: int = 1) -> bool:
    """Whether an update of an allowed person reaches its handlers."""
    gate = _Gate(state)
    asyncio.run(gate.process(_update(user)))
    return gate.handled == 1


@pytest.mark.parametrize(("undelivered", "handled", "outcome"), [(2, 3, "done"), (9, 3, "received")])
def test_what_was_not_delivered_is_tried_again_while_the_bot_runs_and_then_left_to_the_next(
    state, undelivered, handled, outcome
):
    gate = _Gate(state, undelivered=undelivered)
    state.journal.receive(7, "{}")
    asyncio.run(gate.process(_update(1)))
    assert gate.handled == handled
    assert _journalled(state) == {outcome: 1}
    assert [left.attempts for left in state.journal.unfinished()] == [0] * (outcome == "received")


@pytest.mark.parametrize(("ended", "handled", "given_up"), [(2, 1, 0), (3, 0, 1), (4, 0, 0)])
def test_what_ends_every_process_is_given_up_with_a_word_and_nothing_else_is(state, ended, handled, given_up):
    gate = _Gate(state)
    state.journal.receive(7, "{}")
    for _ in range(ended):
        state.journal.begin(7)
    asyncio.run(gate.process(_update(1)))
    assert (gate.handled, gate.given_up) == (handled, given_up)
    assert _journalled(state) == {"done" if handled else "skipped": 1}


@pytest.mark.parametrize("away", ["journal", "access", "questions"])
@pytest.mark.parametrize("tries", [1, 9])
def test_what_was_in_work_when_the_state_failed_is_done_once_it_works_however_long_that_takes(state, away, tries):
    gate, tables = _Gate(state), state.database
    state.journal.receive(7, "{}")
    tables.run(f"ALTER TABLE {away} RENAME TO away")
    gate.fails = lambda: state.questions.usage(1)

    async def go() -> None:
        await gate.process(_update(1))
        while len(gate.heard) < tries:
            await asyncio.sleep(0.01)
        tables.run(f"ALTER TABLE away RENAME TO {away}")
        while "over" not in gate.heard:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(go(), 60))
    assert gate.heard == ["stuck"] * (len(gate.heard) - 1) + ["over"]
    assert gate.handled == (len(gate.heard) if away == "questions" else 1)
    assert gate.given_up == 0
    assert _journalled(state) == {"done": 1}


def test_what_is_done_is_not_done_again_when_only_its_end_could_not_be_noted(state):
    gate, tables = _Gate(state), state.database
    state.journal.receive(7, "{}")
    gate.fails = lambda: tables.run("ALTER TABLE journal RENAME TO away")

    async def go() -> None:
        await gate.process(_update(1))
        tables.run("ALTER TABLE away RENAME TO journal")
        while state.journal.unfinished():
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(go(), 60))
    assert (gate.handled, gate.heard, _journalled(state)) == (1, [], {"done": 1})


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Loopback(pace=0) as server:
        server.chat(1)
        yield server


@contextlib.asynccontextmanager
async def _outbox(server: Loopback) -> AsyncIterator[Outbox]:
    pacing = Pacing(every=0)
    bot: ExtBot[str] = ExtBot(TOKEN, base_url=f"{server.url}/bot", rate_limiter=pacing)
    async with bot:
        yield Outbox(bot, pacing, backoff=(0.01, 0.01))


BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("原文", callback_data="source:x")]])
UNKNOWN = "400 Bad Request: something nobody has heard of"


@pytest.mark.parametrize(("refusals", "entities", "buttons"), [(0, 1, 1), (1, 0, 1), (2, 0, 0)])
def test_what_telegram_refuses_goes_out_barer_until_it_is_taken(server, refusals, entities, buttons):
    async def go() -> int:
        async with _outbox(server) as outbox:
            return await outbox.send(Place(1), pieces([Span("21个", bold=True)])[0], BUTTONS)

    server.fail("sendMessage", UNKNOWN, times=refusals)
    sent = server.messages[1, asyncio.run(go())]
    assert (sent.text, len(sent.entities), len(sent.buttons)) == ("21个", entities, buttons)


@pytest.mark.parametrize("kind", ["502", "drop", UNKNOWN])
def test_what_stays_refused_is_undelivered_and_never_lost_silently(server, kind):
    async def go() -> None:
        async with _outbox(server) as outbox:
            await outbox.send(Place(1), pieces([Span("21个")])[0])

    server.fail("sendMessage", kind, times=9)
    with pytest.raises(Undelivered):
        asyncio.run(go())


@pytest.mark.parametrize(("refusals", "edited"), [(1, True), (2, False)])
def test_an_edit_that_is_refused_is_made_as_plain_text_and_else_sent_anew_by_the_caller(server, refusals, edited):
    async def go() -> bool:
        async with _outbox(server) as outbox:
            first = await outbox.send(Place(1), pieces([Span("正在查找…")])[0])
            return await outbox.edit(1, first, pieces([Span("21个", bold=True)])[0])

    server.fail("editMessageText", UNKNOWN, times=refusals)
    assert asyncio.run(go()) is edited
    assert server.sent(1)[0].text == ("21个" if edited else "正在查找…")


@pytest.mark.parametrize(
    ("confidence", "head"),
    [
        (None, "a.pdf"),
        (0.97, "a.pdf · 识别,第2页"),
        (0.6, "a.pdf · 识别,第2页 · 识别不够清楚,请核对原件"),
    ],
)
def test_the_source_of_a_recognised_quote_names_its_page(confidence, head):
    text = "总结\n\f建成21个。"
    lines = () if confidence is None else (Recognised(4, 11, confidence),)
    report = normalize(RawReport("a.pdf", text, "", paged=True, recognised=lines))
    at = report.text.index("建成")
    spans, _ = page_spans(report, Quoted("a.pdf", at, at + 6, ""), 0, "zh")
    assert spans[0].text.split("\n")[0] == head


def test_the_files_of_changes_that_a_killed_process_left_are_deleted_and_the_others_kept(tmp_path):
    shelf = Shelf(tmp_path / "changes", tmp_path / "reports")
    for change in ("left", "proposed"):
        shelf.stage(shelf.staged(change, "a.txt"), b"x")
    shelf.drop_all_but(["proposed"])
    assert [path.name for path in shelf.folder.iterdir()] == ["proposed"]


def test_what_a_failed_change_replaced_is_kept_until_it_is_back_in_its_place(tmp_path):
    shelf, change = Shelf(tmp_path / "changes", tmp_path), Change("c1", 1, "upload", "a.txt", "running", "")
    shelf.place(change).write_text("old", encoding="utf-8")
    shelf.stage(shelf.staged("c1", "a.txt"), b"new")
    shelf.swap_in(change)
    assert not shelf.drop_if_back(change)
    assert shelf.kept(change).read_text(encoding="utf-8") == "old"
    shelf.swap_back(change)
    assert shelf.drop_if_back(change)
    assert list(shelf.folder.iterdir()) == []


def test_the_gate_fails_closed(state, caplog):
    caplog.set_level(logging.CRITICAL)
    assert _run(state)
    assert not _run(state, user=2)
    state.close()
    with pytest.raises(StorageError):
        state.grants.granted(1)
    assert not _run(state)


def test_a_message_behind_a_chat_is_never_admitted(state):
    options = Settings(allowed_users=(1087968824,), allowed_chats=(-5,), admin_users=(1087968824,))
    access = Access(options, state.grants)
    assert access.judge(_update(1087968824), lambda _: None) is Verdict.IGNORED
    assert not access.admin(1087968824)


@pytest.mark.parametrize(("admins", "outcome"), [((1,), "cancelled"), ((), "proposed")])
def test_who_is_no_admin_any_more_cannot_use_the_buttons_of_then(state, server, tmp_path, admins, outcome):
    state.changes.propose(Change("c1", 1, "remove", "a.txt", "proposed", None))
    token = state.tokens.make("change", 1, 1, {"change": "c1"})
    options = Settings(allowed_users=(1,), admin_users=admins, reports_dir=tmp_path)

    async def go() -> None:
        async with _outbox(server) as outbox:
            access, answering = Access(options, state.grants), Answering(options)
            asking = Asking(
                *(options, state.questions, state.deliveries, state.tokens),
                *(access, answering, outbox),
            )
            uploads = Uploads(options, tmp_path / "changes", state.changes, state.tokens, answering, outbox)
            buttons = Buttons(state.tokens, state.questions, access, answering, asking, uploads, outbox)
            plan = await outbox.send(Place(1), pieces([Span("将移除 a.txt。")])[0])
            server.press(1, server.messages[1, plan], f"cancel:{token}")
            update = Update.de_json(server.updates[-1], outbox.bot)
            assert update.callback_query is not None
            await buttons.press(update.callback_query, "zh")

    asyncio.run(go())
    change = state.changes.get("c1")
    assert change is not None
    assert change.state == outcome
    assert list(server.alerts.values()) == [None if admins else "这个按钮已失效。"]


def test_no_token_and_no_update_reaches_the_log():
    token = "700001:AAloopback-token-that-must-never-be-logged"
    try:
        raise ValueError(f"https://host/bot{token}/getMe failed")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "f", 1, "url %s", (f"bot{token}/x",), sys.exc_info())
    line = _Lines("123:short").format(record)
    assert token not in line
    assert "<token>" in line
    assert "123:short" not in redact("bot123:short/getMe", "123:short")
    assert "问题" not in redact("Received data was: {'text': '问题'}", token)


def _message(text: str, chat: int = 1) -> Message:
    data = _update(1, text).to_dict()["message"]
    data["chat"] = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
    message = Message.de_json(data)
    assert message is not None
    return message


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("你好", Request("", "你好")),
        ("/ask去年多少", Request("ask", "去年多少")),
        ("/ASK@Wenbao_Bot  x ", Request("ask", "x")),
        ("@wenbao_bot去年", Request("", "去年")),
        ("/ask@another_bot x", None),
    ],
)
def test_what_is_asked_is_read_however_it_is_spaced(text, request_):
    assert read(_message(text), 9, "wenbao_bot") == request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("@wenbao_bot /new", Request("new", "")),
        ("@Wenbao_Bot  /ask去年多少", Request("ask", "去年多少")),
        ("@wenbao_bot /ask@wenbao_bot 去年", Request("ask", "去年")),
        ("/ask @wenbao_bot 去年", Request("ask", "去年")),
        ("@wenbao_bot /sources", Request("sources", "")),
        ("@wenbao_bot /ask@another_bot 去年", None),
        ("@another_bot /new", None),
        ("/sources", None),
        ("3/4 的比例 @wenbao_bot", Request("", "3/4 的比例")),
    ],
)
def test_a_mention_before_a_command_in_a_group_addresses_the_command(text, request_):
    assert read(_message(text, -5), 9, "wenbao_bot") == request_

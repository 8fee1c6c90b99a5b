"""The bot's parts on their own: splitting, the gate, the journal, names and logs."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import parse_html
from telegram import Update

from config.errors import StorageError
from config.settings import Settings
from rag.telegram.access import Access, Verdict
from rag.telegram.addressing import Request, read
from rag.telegram.intake import Intake
from rag.telegram.layout import Span, one_line, pieces, units
from rag.telegram.logs import _Lines, redact
from rag.telegram.shelf import safe_name
from rag.telegram.state import Change, State

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
EMOJI = st.sampled_from(["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "é", "汉", "a", "。", "\n", "<", "&amp;", "_", "*"])
SPANS = st.lists(
    st.builds(Span, st.one_of(TEXT, st.lists(EMOJI, max_size=80).map("".join)), st.booleans(), st.booleans()),
    max_size=8,
)


def _without_space(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and not char.isspace())


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


def _update(user: int, text: str = "问题") -> Update:
    chat = {"id": user, "type": "private", "first_name": "x"}
    person = {"id": user, "is_bot": False, "first_name": "x"}
    message = {"message_id": 1, "date": 2**31 - 1, "chat": chat, "from": person, "text": text}
    update = Update.de_json({"update_id": 7, "message": message})
    assert update is not None
    return update


@pytest.fixture
def state(tmp_path):
    state = State(tmp_path / "state.db")
    yield state
    state.close()


def _run(state: State, *, user: int = 1) -> bool:
    """Whether an update of an allowed person reaches its handlers."""
    reached = False

    async def handlers() -> None:
        nonlocal reached
        reached = True

    async def turn_away(_: object) -> None:
        pass

    async def go() -> None:
        options = Settings(allowed_users=(1,))
        intake = Intake(options, state, Access(options, state), lambda _: None, turn_away, turn_away)
        await intake.process_update(_update(user), handlers())

    asyncio.run(go())
    return reached


def test_the_gate_fails_closed(state, caplog):
    caplog.set_level(logging.CRITICAL)
    assert _run(state)
    assert not _run(state, user=2)
    state.close()
    with pytest.raises(StorageError):
        state.granted(1)
    with pytest.raises(StorageError):
        _run(state)


def test_a_message_behind_a_chat_is_never_admitted(state):
    options = Settings(allowed_users=(1087968824,), allowed_chats=(-5,), admin_users=(1087968824,))
    access = Access(options, state)
    assert access.judge(_update(1087968824), lambda _: None) is Verdict.IGNORED
    assert not access.admin(1087968824)


def test_the_journal_gives_out_unfinished_updates_once(state):
    assert state.receive(1, "a")
    assert not state.receive(1, "a")
    state.receive(2, "b")
    state.finish(2)
    assert state.unfinished() == [(1, "a")]
    assert state.unfinished() == []
    assert state.journalled() == {"skipped": 1, "done": 1}


def test_what_is_old_is_forgotten_and_what_is_waiting_stays(state):
    question = state.ask(1, 0, 1, 5, "问题")
    assert state.ask(1, 0, 1, 5, "问题") == question
    state.answer(question, "answered", 3.0)
    state.propose(Change("c1", 1, "upload", "a.txt", "done", None, None))
    state.button("answer", 1, 0, {"question": question})
    state.receive(9, "{}")
    assert state.tidy(1) == []
    assert state.tidy(-1) == ["c1"]
    assert state.question(question) is None
    assert state.journalled() == {"received": 1}


def test_a_person_is_forgotten_with_all_that_hangs_on_their_questions(state):
    mine, theirs = state.ask(1, 0, 1, 5, "我的"), state.ask(-3, 0, 2, 6, "别人的")
    for question in (mine, theirs):
        state.vote(question, 2, 1)
        state.button("answer", 1, 0, {"question": question})
    state.set_language(1, "en")
    assert state.forget(1) == 4
    assert state.question(theirs) is not None
    assert state.votes(theirs) == {2: 1}


def test_a_follow_up_refers_only_to_its_own_conversation_and_topic(state):
    for chat, thread, text in ((1, 0, "甲"), (1, 7, "乙"), (2, 0, "丙"), (1, 0, "丁")):
        state.answer(state.ask(chat, thread, 1, hash(text) % 1000, text), "answered", 1)
    assert state.history(1, 0, 99) == ["甲", "丁"]
    state.begin(1, 0)
    assert state.history(1, 0, 99) == []
    assert state.history(1, 7, 99) == ["乙"]


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
    message = _update(1, text).message
    assert message is not None
    assert read(message, 9, "wenbao_bot") == request_

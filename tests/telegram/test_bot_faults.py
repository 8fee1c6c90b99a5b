"""What Telegram and the network do to an answer, and that it arrives once all the same."""

from __future__ import annotations

import pytest
from office import QUESTION, SHORT, SLOW

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [("429", 1), ("502", 0), ("drop", 0)],
    ids=["too-many-requests", "bad-gateway-in-html", "connection-dropped"],
)
def test_the_answer_is_delivered_once_whatever_refuses_the_first_try(bot, server, user, kind, seconds):
    server.fail("sendMessage", kind, chat=user, seconds=seconds, times=2 if kind == "502" else 1)
    answer = bot.ask(user, QUESTION)
    assert answer.text.startswith(SHORT)
    assert len(server.sent(user)) == 1
    assert len(server.called("sendMessage", user)) == (3 if kind == "502" else 2)


FINAL_EDIT = {
    "too-many-requests": ("429", 1),
    "bad-gateway": ("502", 1),
    "connection-dropped": ("drop", 1),
    "placeholder-deleted": ("400 Bad Request: message to edit not found", 2),
    "html-refused": ("400 Bad Request: can't parse entities: no", 1),
    "for-no-known-reason": ("400 Bad Request: no", 1),
}


@pytest.fixture(scope="module")
def final_edits(bot, server, newcomer):
    """A slow question for each fault, all at once: the person, the update and the message."""
    assert not bot.ended()
    asked = {}
    for name, (kind, _) in FINAL_EDIT.items():
        person = newcomer()
        server.fail("editMessageText", kind, chat=person)
        asked[name] = (person, *server.say(person, person, f"{SLOW}{QUESTION}"))
    return asked


@pytest.mark.parametrize("name", FINAL_EDIT)
def test_the_final_edit_is_never_given_up(bot, server, final_edits, name):
    person, update, message = final_edits[name]
    assert bot.settled(update) == "done"
    answers = [reply for reply in server.replies(person, message) if reply.text.startswith(SHORT)]
    assert len(answers) == 1
    assert len(server.called("sendMessage", person)) == FINAL_EDIT[name][1]
    assert bot.status(person) == ["answered"]


def test_an_edit_that_changes_nothing_counts_as_delivered(bot, server, user):
    server.fail("editMessageText", "400 Bad Request: message is not modified: specified new message content", chat=user)
    update, _ = server.say(user, user, f"{SLOW}{QUESTION}")
    assert bot.settled(update) == "done"
    assert len(server.called("editMessageText", user)) == len(server.called("sendMessage", user)) == 1


def test_html_that_is_refused_goes_out_as_plain_text(bot, server, user):
    for method in ("sendMessage", "editMessageText"):  # on a busy machine the answer takes an announcement's place
        server.fail(method, "400 Bad Request: can't parse entities: no", chat=user, containing=SHORT)
    answer = bot.ask(user, QUESTION)
    assert answer.text.startswith(SHORT)
    assert answer.entities == []


def test_a_timeout_after_delivery_is_not_answered_twice_and_can_be_sent_again_by_hand(bot, server, newcomer):
    for user in (newcomer() for _ in range(5)):
        server.fail("sendMessage", "late", chat=user, seconds=6, containing=SHORT)
        update, message = server.say(user, user, QUESTION)
        assert bot.settled(update) == "done"
        if server.called("sendMessage", user)[0].params["text"].startswith(SHORT):
            break  # on a busy machine the answer takes an announcement's place, which is no message of its own
    answer, notice = server.replies(user, message)
    assert answer.text.startswith(SHORT)
    assert "可能没有送到" in notice.text
    assert len(server.called("sendMessage", user)) == 2
    bot.settled(server.press(user, notice, "重发"))
    assert sum(sent.text.startswith(SHORT) for sent in server.sent(user)) == 2


def test_who_has_blocked_the_bot_is_not_written_to_again_and_others_are(bot, server, user):
    methods = ("sendMessage", "editMessageText")  # on a busy machine the answer takes an announcement's place
    for method in methods:
        server.fail(method, "403 Forbidden: bot was blocked by the user", chat=user, containing=SHORT)
    update, _ = server.say(user, user, QUESTION)
    assert bot.settled(update) == "done"
    tried = [call for method in methods for call in server.called(method, user) if SHORT in call.params["text"]]
    assert len(tried) == 1
    assert bot.ask(user, QUESTION).text.startswith(SHORT)


@pytest.mark.parametrize("kind", ["502", "drop", "429", "409 Conflict: terminated by other getUpdates request"])
def test_polling_goes_on_after_an_error(bot, server, user, kind, newcomer):
    server.fail("getUpdates", kind, seconds=1)
    bot.ask(newcomer(), "/privacy")
    assert bot.ask(user, QUESTION).text.startswith(SHORT)


def test_an_update_that_cannot_be_read_harms_no_other(bot, server, user):
    with server.lock:
        server.deliver({"message": {"message_id": "x", "date": "no date", "chat": 7}})
        update, message = server.say(user, user, QUESTION)
        server.deliver({"callback_query": {"id": 5}})
    assert bot.settled(update) == "done"
    assert len(server.replies(user, message)) == 1
    bot.seen()


def test_an_update_that_comes_twice_is_answered_once(bot, server, user, newcomer):
    update, message = server.say(user, user, QUESTION)
    assert bot.settled(update) == "done"
    server.deliver({"message": server.incoming[user, message]}, update)
    bot.ask(newcomer(), "/privacy")
    assert len(server.replies(user, message)) == 1
    assert bot.status(user) == ["answered"]


def test_questions_from_long_ago_are_not_answered_and_that_is_said_once(bot, server, user):
    old = [server.say(user, user, QUESTION, age=3600) for _ in range(3)]
    assert [bot.settled(update) for update, _ in old] == ["skipped"] * 3
    (notice,) = server.sent(user)
    assert "不在线" in notice.text
    assert bot.status(user) == []

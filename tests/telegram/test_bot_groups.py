"""Groups, topics and replies: what is meant for the bot, and where it answers."""

from __future__ import annotations

import pytest
from office import NAME, QUESTION, SHORT, SLOW

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


@pytest.mark.parametrize(
    "text", [QUESTION, f"/ask@other_bot {QUESTION}", "/help", f"@{NAME}x {QUESTION}", f"问@{NAME}2 吧"]
)
def test_a_group_is_left_alone_unless_the_bot_is_meant(bot, server, group, text):
    assert bot.settled(server.say(group, 424242, text)[0]) == "done"
    assert server.sent(group) == []


@pytest.mark.parametrize(
    "text",
    [
        f"/ask {QUESTION}", f"/ask@{NAME} {QUESTION}", f"/ask@{NAME.upper()} {QUESTION}", f"/ask{QUESTION}",
        f"@{NAME} {QUESTION}", f"@{NAME}{QUESTION}", f"{QUESTION} @{NAME}",
    ],
    ids=["command", "addressed", "capitals", "unspaced-command", "mention", "unspaced-mention", "mention-last"],
)  # fmt: skip
def test_anyone_in_an_allowed_group_may_ask_by_command_or_mention(bot, server, group, text):
    update, message = server.say(group, 424242, text)
    assert bot.settled(update) == "done"
    (answer,) = server.sent(group)
    assert answer.text.startswith(SHORT)
    assert answer.reply_to == message
    assert bot.rows("SELECT text FROM questions WHERE chat = ?", group) == [(QUESTION,)]


def test_a_reply_to_an_answer_asks_on_from_that_answer(bot, server, group):
    bot.settled(server.say(group, 424242, f"/ask {QUESTION}")[0])
    (first,) = server.sent(group)
    bot.settled(server.say(group, 424243, "/ask 西河市有多少家科普教育基地?")[0])
    update, message = server.say(group, 424244, "讲座呢?", reply_to=first.id)
    assert bot.settled(update) == "done"
    (answer,) = server.replies(group, message)
    assert "理解为" in answer.text
    assert "东山县" in answer.text
    assert "西河市" not in answer.text


def test_a_topic_is_answered_in_the_topic_and_keeps_its_own_thread_of_questions(bot, server, group):
    server.chat(group, forum=True)
    here, there = server.topic(group, 71), server.topic(group, 72)
    update, message = server.say(group, 424242, f"/ask {QUESTION}", thread=here)
    assert bot.settled(update) == "done"
    (answer,) = server.replies(group, message)
    assert answer.thread == here
    assert server.called("sendChatAction", group)[0].params["message_thread_id"] == here
    update, message = server.say(group, 424242, "/ask 那讲座呢?", thread=there)
    assert bot.settled(update) == "done"
    (answer,) = server.replies(group, message)
    assert answer.thread == there
    assert "理解为" not in answer.text


def test_a_closed_topic_does_not_swallow_the_answer(bot, server, group):
    server.chat(group, forum=True)
    update, message = server.say(group, 424242, f"/ask {QUESTION}", thread=99)
    assert bot.settled(update) == "done"
    (answer,) = server.replies(group, message)
    assert answer.thread is None
    assert answer.text.startswith(SHORT)


def test_a_deleted_question_is_answered_all_the_same(bot, server, user):
    update, message = server.say(user, user, f"{SLOW}{QUESTION}")
    del server.incoming[user, message]
    assert bot.settled(update) == "done"
    (answer,) = server.sent(user)
    assert answer.reply_to is None
    assert answer.text.startswith(SHORT)

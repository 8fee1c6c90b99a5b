"""`/table` in a chat: an indicator set out, with the sources and the buttons of an answer."""

from __future__ import annotations

import re

import pytest
from office import NAME, QUESTION

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")

INDICATOR = "乡村科普馆"


def test_a_table_is_one_reply_with_numbered_sources_and_buttons(bot, server, user):
    update, message = server.say(user, user, f"/table {INDICATOR} 按报告")
    assert bot.settled(update) == "done"
    (reply,) = server.sent(user)
    assert reply.reply_to == message
    (grid,) = reply.entity("pre")
    assert grid.startswith("报告")
    assert "21个 [" in grid
    assert "没有给出" in grid
    assert re.search(r"7 份报告中有 \d 份给出", reply.text)
    assert re.search(r"\[\d\] 东山县科协工作总结 · .*a\.txt \d+-\d+", reply.text)
    assert "东山县科协建成乡村科普馆21个" in "".join(reply.entity("expandable_blockquote"))
    assert list(reply.buttons) == ["原文", "相关", "👍", "👎"]
    assert bot.status(user) == ["tabled"]
    assert server.called("sendChatAction", user)


def test_its_sources_are_opened_and_related_passages_shown(bot, server, user):
    reply = bot.ask(user, f"/table {INDICATOR}")
    bot.settled(server.press(user, reply, "原文"))
    opened = server.sent(user)[-1]
    assert "21个" in "".join(opened.entity("b"))
    bot.settled(server.press(user, reply, "相关"))
    assert "相关" in server.sent(user)[-1].text


def test_it_speaks_english_to_those_who_chose_it(bot, user):
    bot.ask(user, "/lang en")
    reply = bot.ask(user, f"/table {INDICATOR} by report")
    assert reply.entity("pre")[0].startswith("report")
    assert re.search(r"\d of 7 reports tell it", reply.text)


def test_what_nothing_tells_and_an_empty_indicator_are_said(bot, user):
    reply = bot.ask(user, "/table 火星车")
    assert "7 份报告都没有给出“火星车”" in reply.text
    assert "/table" in bot.ask(user, "/table").text
    assert "为空" in bot.ask(user, "/table ???").text
    assert bot.status(user) == ["untold", "unusable"]


def test_a_group_asks_for_one_by_name_and_without(bot, server, group, newcomer):
    for text in (f"/table@{NAME} {INDICATOR}", f"/table {INDICATOR}"):
        update, message = server.say(group, newcomer(), text)
        assert bot.settled(update) == "done"
        (reply,) = server.replies(group, message)
        assert "21个" in "".join(reply.entity("pre"))


def test_strangers_get_none(bot, server, stranger):
    server.say(stranger, stranger, f"/table {INDICATOR}")
    bot.seen()
    assert not any("21个" in sent.text for sent in server.sent(stranger))


def test_a_follow_up_goes_back_to_the_last_question_past_a_table(bot, user):
    bot.ask(user, QUESTION)
    bot.ask(user, f"/table {INDICATOR}")
    assert re.search("理解为: .*东山县.*讲座", bot.ask(user, "那讲座呢?").text)
    assert f"/table {INDICATOR}" in bot.ask(user, "/recent").text

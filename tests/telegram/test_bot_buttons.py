"""What the buttons under an answer do."""

from __future__ import annotations

import re

import pytest
from office import QUESTION

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


def test_the_source_shows_the_passage_in_its_surroundings_page_by_page(bot, server, user):
    bot.settled(server.say(user, user, "长岭县科协建成多少家科普大院?")[0], 60)
    bot.settled(server.press(user, server.sent(user)[-1], "原文"))
    page = server.sent(user)[-1]
    assert page.reply_to == server.sent(user)[-2].id
    assert re.search(r"长岭县科协工作总结\nlong\.txt · 第 \d+/\d+ 页", page.text)
    assert page.entity("b") == ["共建成科普大院99家,得到好评。"]
    bot.settled(server.press(user, page, "◀"))
    assert page.entity("b") == []
    assert list(page.buttons) == ["◀", "▶"]
    bot.settled(server.press(user, page, page.buttons["▶"].rsplit(":", 1)[0] + ":99999"))
    last = re.search(r"第 (\d+)/(\d+) 页", page.text)
    assert last
    assert last[1] == last[2]


def test_related_passages_are_others_than_the_one_quoted(bot, server, user):
    answer = bot.ask(user, QUESTION)
    bot.settled(server.press(user, answer, "相关"))
    related = server.sent(user)[-1]
    assert related.text.startswith("相关片段")
    assert ".txt" in related.text
    assert "a.txt" not in related.text


@pytest.mark.parametrize("kind", ["429", "400 Bad Request: query is too old and response timeout expired", "drop"])
def test_a_button_works_even_when_its_press_cannot_be_acknowledged(bot, server, user, kind):
    answer = bot.ask(user, QUESTION)
    server.fail("answerCallbackQuery", kind)
    assert bot.settled(server.press(user, answer, "👍")) == "done"
    assert bot.rows("SELECT value FROM votes WHERE user = ?", user) == [(1,)]


def test_votes_are_kept_one_for_each_person(bot, server, user):
    answer = bot.ask(user, QUESTION)
    for label in ("👍", "👎", "👎"):
        bot.settled(server.press(user, answer, label))
    assert bot.rows("SELECT value FROM votes WHERE user = ?", user) == [(-1,)]
    assert len(server.sent(user)) == 1


def test_a_press_from_a_time_when_the_bot_was_away_changes_nothing_but_votes_and_that_is_said_once(bot, server, admin):
    note = bot.ask(admin, "/remove e.txt")
    answer = bot.ask(admin, QUESTION)
    for shown, label in ((note, "✅ 确认"), (note, "✅ 确认"), (answer, "原文"), (answer, "👍")):
        assert bot.settled(server.press(admin, shown, label, old=True)) == "done"
    assert [sent.text[:8] for sent in server.sent(admin)[2:]] == ["这次按下没有及时"] * 2
    assert (bot.settings.reports_dir / "e.txt").exists()
    assert bot.rows("SELECT value FROM votes WHERE user = ?", admin) == [(1,)]
    assert bot.rows("SELECT state FROM changes WHERE user = ?", admin) == [("proposed",)]
    assert bot.settled(server.press(admin, note, "取消", old=True)) == "done"
    assert bot.rows("SELECT state FROM changes WHERE user = ?", admin) == [("cancelled",)]

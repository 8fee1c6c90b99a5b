"""What the commands say."""

from __future__ import annotations

import re

import pytest
from office import ADMINS, QUESTION

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


def test_commands_are_offered_by_scope_and_language(server, bot):
    server.wait(lambda: len(server.commands) >= 9)
    assert "ask 提问" in server.commands["all_private_chats::"]
    assert "ask ask a question" in server.commands["all_private_chats::en"]
    assert not any(line.startswith("ingest") for line in server.commands["all_private_chats::zh"])
    assert {line.split()[0] for line in server.commands["all_group_chats::zh"]} == {"ask", "table", "new", "help"}
    assert "allow 允许用户或群" in server.commands[f"chat:{ADMINS[0]}:zh"]
    assert not bot.ended()


def test_start_and_help_say_what_can_be_done(bot, user, admin, newcomer):
    assert "直接提问" in bot.ask(newcomer(), "/start").text
    helped = bot.ask(user, "/help").text
    assert "/privacy" in helped
    assert "/ingest" not in helped
    assert "/ingest" in bot.ask(admin, "/help").text
    assert "没有这个命令" in bot.ask(user, "/dance").text


def test_the_interface_speaks_the_language_that_was_chosen(bot, user):
    assert "用法" in bot.ask(user, "/lang").text
    assert "English" in bot.ask(user, "/lang en").text
    assert list(bot.ask(user, QUESTION).buttons)[:2] == ["Source", "Related"]
    assert bot.rows("SELECT language FROM people WHERE id = ?", user) == [("en",)]


def test_sources_and_recent_questions_are_listed(bot, user):
    listed = bot.ask(user, "/sources").text
    assert "7 份报告" in listed
    assert "东山县科协工作总结 · " in listed
    assert "没有问题" in bot.ask(user, "/recent").text
    bot.ask(user, QUESTION)
    assert QUESTION in bot.ask(user, "/recent").text


def test_what_is_kept_is_told_and_deleted_on_request(bot, server, user):
    assert "30 天" in bot.ask(user, "/privacy").text
    bot.settled(server.press(user, bot.ask(user, QUESTION), "👍"))
    bot.ask(user, "/lang zh")
    assert "已删除" in bot.ask(user, "/forget").text
    for table, column in (("questions", "user"), ("votes", "user"), ("people", "id"), ("answers", "chat")):
        assert bot.rows(f"SELECT count(*) FROM {table} WHERE {column} = ?", user) == [(0,)]


@pytest.mark.parametrize("command", ["/status", "/stats", "/ingest", "/remove a.txt"])
def test_commands_of_admins_are_for_admins(bot, user, command):
    assert bot.ask(user, command).text == "这个命令只有管理员可以使用。"


def test_status_and_stats_say_how_it_goes(bot, admin):
    assert re.search(r"索引:g\d+-\w+\n报告 7 份", bot.ask(admin, "/status").text)
    assert re.search(r"最近 7 天:\d+ 个问题", bot.ask(ADMINS[0], "/stats").text)

"""Who may ask, who may press a button, who lets people in: the real bot against the loopback server."""

from __future__ import annotations

import pytest
from office import ADMINS, NAME, QUESTION, SHORT, SLOW

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


def test_a_stranger_is_refused_once_and_nothing_is_looked_up(bot, server, stranger):
    first, message = server.say(stranger, stranger, QUESTION)
    assert bot.settled(first) == "refused"
    for text in (QUESTION, "/start", "/status", f"/ask {QUESTION}", "/allow 500001"):
        update, _ = server.say(stranger, stranger, text)
        assert bot.settled(update) == "refused"
    (refusal,) = server.sent(stranger)
    assert (refusal.reply_to, str(stranger) in refusal.text, refusal.buttons) == (message, True, {})
    assert server.called("sendChatAction", stranger) == []
    assert bot.status(stranger) == []
    assert bot.rows("SELECT count(*) FROM refusals WHERE user = ?", stranger) == [(1,)]


def test_a_group_that_is_not_allowed_is_refused_once_when_it_asks_and_ignored_otherwise(bot, server, user, stranger):
    group = server.chat(-stranger)
    silent, _ = server.say(group, user, "大家好")
    assert bot.settled(silent) == "ignored"
    assert server.sent(group) == []
    for _ in range(2):
        update, _ = server.say(group, user, f"/ask@{NAME} {QUESTION}")
        assert bot.settled(update) == "refused"
    (refusal,) = server.sent(group)
    assert str(group) in refusal.text
    assert bot.status(user) == []


def test_someone_allowed_in_private_cannot_be_impersonated_in_anothers_chat(bot, server, user, stranger):
    update, _ = server.say(stranger, user, QUESTION)
    assert bot.settled(update) == "refused"
    assert bot.status(user) == []


@pytest.mark.parametrize(
    ("sender", "extra"),
    [
        (1087968824, {"sender_chat": {"id": -2001, "type": "supergroup", "title": "科普群"}}),
        (1087968824, {}),
        (136817688, {"sender_chat": {"id": -3001, "type": "channel", "title": "频道"}}),
        (777000, {"sender_chat": {"id": -3001, "type": "channel", "title": "频道"}, "is_automatic_forward": True}),
        (700002, {"from": {"id": 700002, "is_bot": True, "first_name": "bot", "username": "other_bot"}}),
        (9001, {"sender_chat": {"id": -2001, "type": "supergroup", "title": "科普群"}}),
        (1, {"from": None}),
    ],
    ids=[
        "anonymous-admin",
        "its-account-alone",
        "as-a-channel",
        "linked-channel",
        "another-bot",
        "behind-a-chat",
        "nobody",
    ],
)
def test_who_has_no_face_is_ignored_even_in_an_allowed_group(bot, server, group, sender, extra):
    update, _ = server.say(group, sender, f"/ask@{NAME} {QUESTION}", **extra)
    assert bot.settled(update) == "ignored"
    assert server.sent(group) == []


@pytest.mark.parametrize("kind", ["channel_post", "edited_message", "edited_channel_post"])
def test_posts_and_edits_are_no_questions(bot, server, user, kind):
    message = {"message_id": 1, "date": 1, "chat": server.chats[user], "text": QUESTION}
    if kind == "edited_message":
        message["from"] = {"id": user, "is_bot": False, "first_name": "员工"}
        message["edit_date"] = 2
    update = server.deliver({kind: message})
    bot.seen()
    assert bot.ask(user, QUESTION).text.startswith(SHORT)
    assert bot.outcome(update) is None
    assert len(server.sent(user)) == 1


def test_a_forged_button_does_nothing(bot, server, user):
    answer = bot.ask(user, QUESTION)
    token = next(iter(answer.buttons.values())).split(":")[1]
    for forged in ("source:AAAAAAAAAAA", f"confirm:{token}", f"list:{token}", "nonsense", "up:' OR 1=1 --", ":::"):
        assert bot.settled(server.press(user, answer, forged)) == "done"
    assert set(list(server.alerts.values())[-6:]) == {"这个按钮已失效。"}
    assert bot.rows("SELECT count(*) FROM votes WHERE user = ?", user) == [(0,)]
    assert len(server.sent(user)) == 1


def test_a_button_from_another_chat_or_a_strangers_hand_does_nothing(bot, server, user, group, stranger):
    answer = bot.ask(user, QUESTION)
    alerts = len(server.alerts)
    assert bot.settled(server.press(user, answer, "原文", chat=group)) == "done"
    assert len(server.alerts) == alerts + 1
    assert bot.settled(server.press(stranger, answer, "原文", chat=stranger)) == "refused"
    assert bot.settled(server.press(stranger, answer, "👍")) == "refused"
    assert len(server.alerts) == alerts + 1
    assert server.sent(group) == server.sent(stranger) == []
    assert bot.rows("SELECT count(*) FROM votes WHERE user = ?", stranger) == [(0,)]


def test_an_admin_lets_someone_in_and_out_again(bot, server, admin, stranger):
    assert "已允许" in bot.ask(admin, f"/allow {stranger}").text
    answer = bot.ask(stranger, QUESTION)
    assert answer.text.startswith(SHORT)
    assert "已禁止" in bot.ask(admin, f"/deny {stranger}").text
    update, _ = server.say(stranger, stranger, QUESTION)
    assert bot.settled(update) == "refused"
    assert bot.settled(server.press(stranger, answer, "👍")) == "refused"
    assert bot.status(stranger) == ["answered"]
    assert bot.rows("SELECT allowed, granted_by FROM access WHERE id = ?", stranger) == [(0, admin)]


def test_who_is_removed_while_waiting_gets_no_answer(bot, server, user, admin):
    server.say(user, user, f"{SLOW}{QUESTION}")
    waiting, message = server.say(user, user, QUESTION)
    server.wait(lambda: server.called("sendChatAction", user))
    bot.ask(admin, f"/deny {user}")
    assert bot.settled(waiting) == "done"
    assert server.replies(user, message) == []
    assert bot.status(user)[1] is None


def test_only_admins_let_people_in_and_admins_stay(bot, user, admin):
    assert "管理员" in bot.ask(user, "/allow 4711").text
    assert "WENBAO_ADMIN_USERS" in bot.ask(ADMINS[0], f"/deny {admin}").text
    assert bot.rows("SELECT count(*) FROM access WHERE id IN (4711, ?)", admin) == [(0,)]
    assert "用法" in bot.ask(admin, "/allow everyone").text
    listed = bot.ask(ADMINS[0], "/allow").text
    assert str(ADMINS[0]) in listed
    assert str(user) in listed


def test_allow_in_a_topic_means_the_group_and_not_who_opened_the_topic(bot, server, stranger):
    group = server.chat(-stranger, forum=True)
    here = server.topic(group, 71)
    opener = {
        "message_id": here, "date": 1, "chat": server.chats[group], "message_thread_id": here, "is_topic_message": True,
        "from": {"id": stranger, "is_bot": False, "first_name": "员工"},
        "forum_topic_created": {"name": "提问", "icon_color": 1},
    }  # fmt: skip
    update, message = server.say(group, ADMINS[0], "/allow", thread=here, reply_to_message=opener)
    assert bot.settled(update) == "done"
    (said,) = server.replies(group, message)
    assert (said.text, said.thread) == (f"已允许 {group}。", here)
    assert bot.rows("SELECT count(*) FROM access WHERE id = ?", stranger) == [(0,)]


def test_who_is_denied_hears_so_in_the_group_that_may_ask(bot, server, group, admin, stranger):
    bot.ask(admin, f"/deny {stranger}")
    update, message = server.say(group, stranger, f"@{NAME} {QUESTION}")
    assert bot.settled(update) == "refused"
    (refusal,) = server.replies(group, message)
    assert refusal.text.startswith(f"您没有使用权限。请把您的编号 {stranger} 告诉管理员。")
    assert bot.settled(server.say(group, 424242, f"@{NAME} {QUESTION}")[0]) == "done"
    assert server.sent(group)[-1].text.startswith(SHORT)


def test_an_admin_opens_a_group_and_it_stays_open_under_its_new_id(bot, server, user, stranger):
    group, grown = server.chat(-stranger), server.chat(-stranger - 10**6)
    assert bot.settled(server.say(group, ADMINS[0], "/allow")[0]) == "done"
    assert bot.settled(server.say(group, stranger, f"@{NAME} {QUESTION}")[0]) == "done"
    assert server.sent(group)[-1].text.startswith(SHORT)
    assert bot.settled(server.say(group, user, None, migrate_to_chat_id=grown)[0]) == "done"
    assert bot.settled(server.say(grown, stranger, f"@{NAME} {QUESTION}")[0]) == "done"
    assert server.sent(grown)[-1].text.startswith(SHORT)

"""The real bot against the loopback server: who may ask, what is answered, and what faults do to it.

Every scenario has people of its own, so that the scenarios can share one bot.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
from pathlib import Path

import pytest
from loopback import BOT, PACE, TOKEN, Loopback
from office import EMOJI, HURRY, LONG, QUESTION, SHORT, SLOW, TEXTS, Bot, make_office

from ingest.index.draft import writing

ADMINS = range(9001, 9031)
USERS = range(1001, 1200)
GROUPS = range(-2001, -2030, -1)
NAME = BOT["username"]


@pytest.fixture(scope="module")
def server():
    with Loopback(pace=HURRY * PACE) as server:
        yield server


@pytest.fixture(scope="module")
def bot(tmp_path_factory, embedder, server):
    folder = tmp_path_factory.mktemp("office")
    bot = Bot(
        make_office(folder, embedder),
        server,
        folder,
        odd=True,
        HURRY="1",
        WENBAO_TELEGRAM_WORKERS="4",
        WENBAO_ALLOWED_USERS=",".join(map(str, USERS)),
        WENBAO_ALLOWED_CHATS=" ".join(map(str, GROUPS)),
        WENBAO_ADMIN_USERS=",".join(map(str, ADMINS)),
    )
    server.chat(ADMINS[0])
    yield bot.start()
    bot.close()
    log = bot.log
    assert TOKEN not in log
    assert QUESTION not in log
    assert "Traceback" not in log, log


@pytest.fixture(autouse=True)
def _no_rule_is_broken(server):
    yield
    found, server.violations = server.violations, []
    assert found == []


_users, _groups, _strangers = iter(USERS), iter(GROUPS), itertools.count(500001)
_admins = iter(ADMINS[1:])


@pytest.fixture
def user(server):
    return server.chat(next(_users))


@pytest.fixture
def admin(server):
    return server.chat(next(_admins))


@pytest.fixture
def group(server):
    return server.chat(next(_groups))


@pytest.fixture
def stranger(server):
    return server.chat(next(_strangers))


# access


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


# answers


def test_an_answer_is_one_reply_short_then_quote_then_sources(bot, server, user):
    update, message = server.say(user, user, QUESTION)
    assert bot.settled(update) == "done"
    (answer,) = server.sent(user)
    assert answer.reply_to == message
    assert answer.entity("b") == [SHORT]
    assert answer.entity("expandable_blockquote") == ["东山县科协建成乡村科普馆21个,举办讲座36场次。 [1]"]
    assert re.search(r"\n\[1\] 东山县科协工作总结 · .*a\.txt \d+-\d+$", answer.text)
    assert list(answer.buttons) == ["原文", "相关", "👍", "👎"]
    assert answer.versions == [answer.text]
    assert server.called("sendChatAction", user)[0].at < server.called("sendMessage", user)[0].at
    assert bot.rows("SELECT text, status FROM questions WHERE user = ?", user) == [(QUESTION, "answered")]
    assert bot.rows("SELECT payload FROM journal WHERE update_id = ?", update) == [(None,)]


def test_what_the_reports_do_not_say_is_refused_with_the_reason_and_what_came_closest(bot, user):
    answer = bot.ask(user, "月球基地的氧气产量是多少吨?")
    assert answer.text.startswith("没有找到答案: ")
    assert "最接近的内容" in answer.text
    assert answer.entity("b") == []
    assert bot.status(user) == ["not_found"]


def test_an_answer_of_ten_thousand_characters_arrives_whole_in_pieces_that_fit(bot, server, user):
    update, message = server.say(user, user, f"{QUESTION}{LONG}")
    assert bot.settled(update, 60) == "done"
    parts = server.replies(user, message)
    assert len(parts) >= 3
    assert TEXTS[LONG] in "".join(part.text for part in parts)
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(len(part.text.encode("utf-16-le")) // 2 <= 3500 for part in parts)
    assert bot.rows("SELECT count(*) FROM answers WHERE chat = ?", user) == [(len(parts),)]


def test_no_emoji_is_torn_apart_at_a_split(bot, server, user):
    update, message = server.say(user, user, f"{QUESTION}{EMOJI}")
    assert bot.settled(update, 60) == "done"
    parts = server.replies(user, message)
    assert len(parts) >= 2
    assert TEXTS[EMOJI] in "".join(part.text for part in parts)
    assert not any(part.text.startswith(("\u200d", "🇳")) for part in parts[1:])


def test_a_question_of_4096_characters_is_told_the_limit(bot, user):
    answer = bot.ask(user, "问" * 4096)
    assert "问题过长" in answer.text
    assert answer.buttons == {}
    assert bot.status(user) == ["unusable"]


def test_marks_that_mean_something_in_html_or_markdown_arrive_as_they_are(bot, user):
    question = "标点县科协推广 <软件> & _工具_ *平台* [x 共多少套?"
    answer = bot.ask(user, question)
    assert "<b>研发</b> & 推广 _软件_ *工具* [平台]" in answer.text
    assert "a<b 且 c&d" in answer.text
    assert bot.rows("SELECT text FROM questions WHERE user = ?", user) == [(question,)]


def test_a_question_written_from_right_to_left_is_answered_as_any_other(bot, user):
    question = "كم عدد \u202eالقاعات\u202c العلمية؟"
    assert bot.ask(user, question).text
    assert bot.rows("SELECT text FROM questions WHERE user = ?", user) == [(question,)]


def test_the_script_follows_the_question(bot, user):
    answer = bot.ask(user, "東山縣建成多少個鄉村科普館?")
    assert answer.entity("b") == ["21個"]


@pytest.mark.parametrize("text", ["???", "/ask", "/ask@" + NAME, "。。。"])
def test_an_empty_question_is_told_so(bot, user, text):
    assert re.search("为空|写上问题", bot.ask(user, text).text)
    assert "answered" not in bot.status(user)


def test_a_sticker_is_no_question(bot, server, user):
    sticker = {
        "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": False,
        "is_video": False,
    }  # fmt: skip
    assert bot.settled(server.say(user, user, None, sticker=sticker)[0]) == "done"
    assert [sent.text for sent in server.sent(user)] == ["请用文字提问。"]
    assert bot.status(user) == []


def test_both_front_ends_say_the_same(bot, server, wenbao):
    questions = [QUESTION, "西河市有多少家科普教育基地?", "南岭區投入經費多少萬元?", "北原旗火星车有几辆?"]
    stdin = "".join(json.dumps({"id": n, "question": q}) + "\n" for n, q in enumerate(questions))
    done = wenbao("ask", "--batch", "-", settings=bot.settings, stdin=stdin)
    for line, question in zip(done.stdout.splitlines(), questions, strict=True):
        said = json.loads(line)
        shown = bot.ask(server.chat(next(_users)), question)
        assert shown.entity("b") == ([said["short_answer"]] if said["short_answer"] else [])
        if said["status"] == "answered":
            assert said["answer"] in shown.entity("expandable_blockquote")
        else:
            assert said["reason"] in shown.text
        cited = said["citations"] or said["nearest"]
        for citation in cited:
            assert citation["quote"] in shown.text or said["answer"] in shown.text
            place = f"{citation['source']} {citation['raw_start']}-{citation['raw_end']}"
            title = citation["title"] if citation["date"] is None else f"{citation['title']} · {citation['date']}"
            assert f"{title} · {place}" in shown.text
        assert len(re.findall(r"\.txt \d+-\d+", shown.text)) == len(cited)


# groups and topics


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


# a conversation


def test_a_follow_up_is_completed_and_shown_and_new_forgets(bot, user):
    bot.ask(user, QUESTION)
    answer = bot.ask(user, "那讲座呢?")
    assert answer.text.startswith("理解为: ")
    assert "36场次" in answer.text
    assert "不再带入" in bot.ask(user, "/new").text
    assert "理解为" not in bot.ask(user, "那讲座呢?").text


def test_a_slow_answer_is_announced_once_and_the_announcement_becomes_the_answer(bot, server, user):
    answer = bot.ask(user, f"{SLOW}{QUESTION}")
    assert answer.versions[0].startswith("正在查找")
    assert answer.versions[1:] == [answer.text]
    assert answer.text.startswith(SHORT)
    assert list(answer.buttons) == ["原文", "相关", "👍", "👎"]
    assert len(server.called("sendMessage", user)) == len(server.called("editMessageText", user)) == 1


def test_one_question_at_a_time_for_each_person_in_order_and_said_honestly(bot, server, user):
    asked = [server.say(user, user, f"{SLOW}{QUESTION}") for _ in range(6)]
    assert [bot.settled(update, 90) for update, _ in asked] == ["done"] * 6
    shown = [server.replies(user, message)[0] for _, message in asked[:4]]
    assert [len(server.replies(user, message)) for _, message in asked] == [1, 1, 1, 1, 0, 0]
    assert shown[3].text.startswith("您已有 3 个问题")
    assert all(answer.text.startswith(SHORT) for answer in shown[:3])
    assert any("排在第" in version for version in shown[1].versions)
    assert bot.status(user) == ["answered"] * 3 + [None] * 3


def test_fifty_people_ask_at_once_and_each_gets_their_own_answer(bot, server):
    people = [server.chat(next(_users)) for _ in range(50)]
    questions = [(QUESTION, "21个"), ("西河市有多少家科普教育基地?", "64家"), ("北原旗建立多少个农技协?", "18个")]
    asked = [
        (person, *questions[n % 3], server.say(person, person, questions[n % 3][0])) for n, person in enumerate(people)
    ]
    for person, _, short, (update, message) in asked:
        assert bot.settled(update, 120) == "done"
        (answer,) = server.replies(person, message)
        assert answer.text.startswith(short)
        assert len(server.sent(person)) == 1


# buttons


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
    assert "b.txt" in related.text
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


# commands


def test_commands_are_offered_by_scope_and_language(server, bot):
    server.wait(lambda: len(server.commands) >= 9)
    assert "ask 提问" in server.commands["all_private_chats::"]
    assert "ask ask a question" in server.commands["all_private_chats::en"]
    assert not any(line.startswith("ingest") for line in server.commands["all_private_chats::zh"])
    assert {line.split()[0] for line in server.commands["all_group_chats::zh"]} == {"ask", "new", "help"}
    assert "allow 允许用户或群" in server.commands[f"chat:{ADMINS[0]}:zh"]
    assert not bot.ended()


def test_start_and_help_say_what_can_be_done(bot, server, user, admin):
    assert "直接提问" in bot.ask(server.chat(next(_users)), "/start").text
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


# uploads


def _offer(bot, server, name, data, size=None, *, user):
    """An admin sends a file; the message in which the bot says what it would do with it."""
    update, message = server.send_file(user, user, name, data, size)
    assert bot.settled(update, 90) == "done"
    (note,) = server.replies(user, message)
    return note


def _press(bot, server, note, label, *, user):
    assert bot.settled(server.press(user, note, label), 90) == "done"


def _changes(bot, name):
    return [row[0] for row in bot.rows("SELECT state FROM changes WHERE name = ?", name)]


def _read_by(process):
    """The bytes that a process has read; one that waits for a request reads none."""
    return int(Path(f"/proc/{process}/io").read_text().split()[1])


def test_only_admins_upload_and_only_in_private(bot, admin, server, user, group):
    assert "只有管理员" in _offer(bot, server, "x.txt", b"x", user=user).text
    document = {"file_id": "f", "file_unique_id": "f", "file_name": "x.txt", "file_size": 3}
    assert bot.settled(server.say(group, admin, None, document=document)[0]) == "done"
    assert server.sent(group) == []
    assert server.called("getFile") == []


def test_a_file_that_is_too_large_is_not_even_asked_for(bot, admin, server):
    before = len(server.called("getFile"))
    note = _offer(bot, server, "huge.txt", b"x", size=21 << 20, user=admin)
    assert "21.0 MB" in note.text
    assert "20.0 MB" in note.text
    assert note.buttons == {}
    assert len(server.called("getFile")) == before


@pytest.mark.parametrize(("size", "outcome"), [(21 << 20, "不能加入:文件大于 20.0 MB"), (4, "(?)\n将作为新报告加入")])
def test_a_file_of_unknown_size_is_measured_before_it_is_downloaded(bot, admin, server, size, outcome):
    file = f"unknown{size}"
    server.files[file] = b"text", size
    document = {"file_id": file, "file_unique_id": file, "file_name": "unknown.txt"}
    update, message = server.say(admin, admin, None, document=document)
    assert bot.settled(update, 90) == "done"
    (note,) = server.replies(admin, message)
    assert outcome in note.text
    for label in {"取消"} & note.buttons.keys():
        _press(bot, server, note, label, user=admin)


@pytest.mark.parametrize("size", [0, 5], ids=["as-announced", "once-downloaded"])
def test_an_empty_file_is_called_empty(bot, admin, server, size):
    note = _offer(bot, server, "empty.txt", b"", size=size, user=admin)
    assert note.text == "empty.txt 是空文件,没有内容可加入。"
    assert _changes(bot, "empty.txt") == []


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("really.pdf", "其实是文字。".encode(), "内容却是"),
        ("broken.pdf", b"%PDF-1.7\nnothing of a PDF follows", "PDF"),
    ],
    ids=["fake-extension", "corrupt-pdf"],
)
def test_what_is_no_report_is_refused_with_the_reason_and_leaves_nothing(bot, admin, server, name, data, reason):
    note = _offer(bot, server, name, data, user=admin)
    assert note.text.startswith(f"{name} 不能加入:")
    assert reason in note.text
    assert note.buttons == {}
    assert not (bot.settings.reports_dir / name).exists()
    assert list((bot.settings.data_dir / "telegram" / "changes").glob("*")) == []
    assert _changes(bot, name) == []


def test_a_file_that_is_there_already_is_recognised_under_any_name(bot, admin, server):
    note = _offer(bot, server, "copy.txt", (bot.settings.reports_dir / "a.txt").read_bytes(), user=admin)
    assert "与已收录的 a.txt 内容完全相同" in note.text
    assert note.buttons == {}
    assert _changes(bot, "copy.txt") == []


def test_an_uploaded_report_answers_at_once_and_can_be_taken_back(bot, admin, server, user):
    question = "金湖县科协举办多少场展览?"
    note = _offer(
        bot,
        server,
        "../../金湖\u202e县.txt",
        "金湖县科协工作总结\n金湖县科协举办展览73场,观众踊跃。".encode(),
        user=admin,
    )
    assert note.versions[0].startswith("收到 金湖县.txt(0.1 KB)")
    assert "将作为新报告加入,有 1 个新片段" in note.text
    path = bot.settings.reports_dir / "金湖县.txt"
    assert not path.exists()
    forged = note.buttons["✅ 确认"]
    assert bot.settled(server.press(user, note, forged, chat=user)) == "done"
    assert not path.exists()
    assert "没有找到答案" in bot.ask(user, question).text
    asked = server.say(user, user, f"{SLOW}{QUESTION}")  # in work while the index is switched
    _press(bot, server, note, "✅ 确认", user=admin)
    assert note.text.startswith("✅ 金湖县.txt 已加入")
    assert "新增 1" in note.text
    assert path.exists()
    assert bot.settled(asked[0]) == "done"
    assert server.replies(user, asked[1])[0].text.startswith(SHORT)
    answer = bot.ask(user, question)
    assert answer.text.startswith("73场")
    _press(bot, server, note, "撤销", user=admin)
    assert note.text.startswith("↩️ 已撤销")
    assert not path.exists()
    assert "没有找到答案" in bot.ask(user, question).text
    bot.settled(server.press(user, answer, "原文"))
    assert server.sent(user)[-1].text == "这份报告已不在索引里。"
    assert _changes(bot, "金湖县.txt") == ["undone"]


def test_a_new_version_replaces_the_old_and_old_buttons_say_so(bot, admin, server, user):
    question = "南岭区投入经费多少万元?"
    answer = bot.ask(user, question)
    path = bot.settings.reports_dir / "c.txt"
    before = path.read_bytes()
    note = _offer(
        bot,
        server,
        "c.txt",
        "南岭区科普工作简报\n今年收支平稳。南岭区投入经费999万元。".encode(),
        user=admin,
    )
    assert "将替换同名报告" in note.text
    _press(bot, server, note, "✅ 确认", user=admin)
    _press(bot, server, note, "✅ 确认", user=admin)
    assert "更新 1" in note.text
    assert bot.ask(user, question).text.startswith("999万元")
    bot.settled(server.press(user, answer, "原文"))
    assert server.sent(user)[-1].text.startswith("这份报告在回答之后改过")
    _press(bot, server, note, "撤销", user=admin)
    assert path.read_bytes() == before
    assert bot.ask(user, question).text.startswith("150万元")


def test_a_cancelled_upload_changes_nothing(bot, admin, server):
    generation = bot.ask(admin, "/status").text.split("\n")[0]
    note = _offer(bot, server, "not.txt", "不要这份。".encode(), user=admin)
    _press(bot, server, note, "取消", user=admin)
    assert "已取消" in note.text
    assert _changes(bot, "not.txt") == ["cancelled"]
    assert bot.ask(admin, "/status").text.split("\n")[0] == generation


def test_an_upload_comes_to_its_end_even_when_nobody_can_be_told(bot, admin, server, user):
    note = _offer(bot, server, "quiet.txt", "静水县科协有志愿者83名。".encode(), user=admin)
    server.fail("editMessageText", "403 Forbidden: bot was blocked by the user", chat=admin, times=9)
    _press(bot, server, note, "✅ 确认", user=admin)
    assert _changes(bot, "quiet.txt") == ["done"]
    assert bot.ask(user, "静水县科协有多少名志愿者?").text.startswith("83名")


def test_an_upload_waits_for_another_ingest_and_when_it_dies_all_is_as_it_was(bot, admin, server):
    note = _offer(bot, server, "late.txt", "迟山县科协有志愿者84名。".encode(), user=admin)
    with writing(bot.settings):  # as an ingest in a terminal does
        (child,) = bot.children()
        idle = _read_by(child)
        update = server.press(admin, note, "✅ 确认")
        server.wait(lambda: _read_by(child) > idle)
        os.kill(child, signal.SIGKILL)
        server.wait(lambda: bot.children() not in ([], [child]))
        assert not (bot.settings.reports_dir / "late.txt").exists()
    assert bot.settled(update, 60) == "done"
    assert _changes(bot, "late.txt") == ["failed"]
    assert "意外退出" in note.text
    assert not (bot.settings.reports_dir / "late.txt").exists()
    assert list((bot.settings.data_dir / "telegram" / "changes").glob("*/new/late.txt")) == []


def test_a_report_is_removed_and_brought_back(bot, admin, server, user):
    assert "索引里没有 nope.txt" in bot.ask(admin, "/remove nope.txt").text
    note = bot.ask(admin, "/remove d.txt")
    _press(bot, server, note, "✅ 确认", user=admin)
    assert note.text.startswith("🗑 d.txt 已移除")
    assert "18个" not in bot.ask(user, "北原旗建立多少个农技协?").text.split("\n")[0]
    assert not (bot.settings.reports_dir / "d.txt").exists()
    _press(bot, server, note, "撤销", user=admin)
    assert bot.ask(user, "北原旗建立多少个农技协?").text.startswith("18个")


def test_an_admin_mirrors_the_reports_directory(bot, admin, user):
    (bot.settings.reports_dir / "g.txt").write_text("青石镇科协有宣讲员41名。", encoding="utf-8")
    (bot.settings.reports_dir / "h.doc").write_bytes(b"old")
    shown = bot.ask(admin, "/ingest").text
    assert "新增 1" in shown
    assert "h.doc" in shown
    assert bot.ask(user, "青石镇科协有多少名宣讲员?").text.startswith("41名")
    assert "h.doc" in bot.ask(admin, "/status").text


# faults


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
def final_edits(bot, server):
    """A slow question for each fault, all at once: the person, the update and the message."""
    assert not bot.ended()
    asked = {}
    for name, (kind, _) in FINAL_EDIT.items():
        person = server.chat(next(_users))
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
    server.fail("sendMessage", "400 Bad Request: can't parse entities: no", chat=user)
    answer = bot.ask(user, QUESTION)
    assert answer.text.startswith(SHORT)
    assert answer.entities == []


def test_a_timeout_after_delivery_is_not_answered_twice_and_can_be_sent_again_by_hand(bot, server, user):
    server.fail("sendMessage", "late", chat=user, seconds=6, containing=SHORT)
    update, message = server.say(user, user, QUESTION)
    assert bot.settled(update) == "done"
    answer, notice = server.replies(user, message)
    assert answer.text.startswith(SHORT)
    assert "可能没有送到" in notice.text
    assert len(server.called("sendMessage", user)) == 2
    bot.settled(server.press(user, notice, "重发"))
    assert sum(sent.text.startswith(SHORT) for sent in server.sent(user)) == 2


def test_who_has_blocked_the_bot_is_not_written_to_again_and_others_are(bot, server, user):
    server.fail("sendMessage", "403 Forbidden: bot was blocked by the user", chat=user)
    update, _ = server.say(user, user, QUESTION)
    assert bot.settled(update) == "done"
    assert len(server.called("sendMessage", user)) == 1
    assert bot.ask(user, QUESTION).text.startswith(SHORT)


@pytest.mark.parametrize("kind", ["502", "drop", "429", "409 Conflict: terminated by other getUpdates request"])
def test_polling_goes_on_after_an_error(bot, server, user, kind):
    server.fail("getUpdates", kind, seconds=1)
    bot.ask(server.chat(next(_users)), "/privacy")
    assert bot.ask(user, QUESTION).text.startswith(SHORT)


def test_an_update_that_cannot_be_read_harms_no_other(bot, server, user):
    with server.lock:
        server.deliver({"message": {"message_id": "x", "date": "no date", "chat": 7}})
        update, message = server.say(user, user, QUESTION)
        server.deliver({"callback_query": {"id": 5}})
    assert bot.settled(update) == "done"
    assert len(server.replies(user, message)) == 1
    bot.seen()


def test_an_update_that_comes_twice_is_answered_once(bot, server, user):
    update, message = server.say(user, user, QUESTION)
    assert bot.settled(update) == "done"
    server.deliver({"message": server.incoming[user, message]}, update)
    bot.ask(server.chat(next(_users)), "/privacy")
    assert len(server.replies(user, message)) == 1
    assert bot.status(user) == ["answered"]


def test_questions_from_long_ago_are_not_answered_and_that_is_said_once(bot, server, user):
    old = [server.say(user, user, QUESTION, age=3600) for _ in range(3)]
    assert [bot.settled(update) for update, _ in old] == ["skipped"] * 3
    (notice,) = server.sent(user)
    assert "不在线" in notice.text
    assert bot.status(user) == []

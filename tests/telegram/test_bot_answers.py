"""What an answer and a refusal look like in a chat, whatever is asked."""

from __future__ import annotations

import json
import re

import pytest
from office import EMOJI, LONG, NAME, QUESTION, SHORT, TEXTS

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


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
    answer = bot.ask(user, "東山縣科協舉辦講座多少場次?")
    assert answer.entity("b") == ["36場次"]
    assert SHORT not in answer.text  # the quote stands once, in the question's script


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


def test_both_front_ends_say_the_same(bot, wenbao, newcomer):
    questions = [QUESTION, "西河市有多少家科普教育基地?", "南岭區投入經費多少萬元?", "北原旗火星车有几辆?"]
    stdin = "".join(json.dumps({"id": n, "question": q}) + "\n" for n, q in enumerate(questions))
    done = wenbao("ask", "--batch", "-", settings=bot.settings, stdin=stdin)
    for line, question in zip(done.stdout.splitlines(), questions, strict=True):
        said = json.loads(line)
        shown = bot.ask(newcomer(), question)
        short = said["short_answer"] if said["certainty"] == "sure" else None  # what is likely stands in no large print
        assert shown.entity("b") == ([short] if short else [])
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

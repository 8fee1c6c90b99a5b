"""Follow-ups, and many questions and many people at once."""

from __future__ import annotations

import pytest
from office import QUESTION, SHORT, SLOW

pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


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


def test_fifty_people_ask_at_once_and_each_gets_their_own_answer(bot, server, newcomer):
    people = [newcomer() for _ in range(50)]
    questions = [(QUESTION, SHORT), ("西河市科协有科普教育基地多少家?", "64家"), ("南岭区发放资料多少册?", "2.6万册")]
    asked = [
        (person, *questions[n % 3], server.say(person, person, questions[n % 3][0])) for n, person in enumerate(people)
    ]
    for person, _, short, (update, message) in asked:
        assert bot.settled(update, 120) == "done"
        (answer,) = server.replies(person, message)
        assert answer.text.startswith(short)
        assert len(server.sent(person)) == 1

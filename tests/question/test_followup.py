"""A follow-up takes the place of one thing in the question before it, or stands alone where it asks otherwise."""

from __future__ import annotations

import pytest

from rag.question.followup import complete, is_courtesy

BEFORE = "长原县有几个科普馆?"


@pytest.mark.parametrize(
    ("asked", "earlier", "whole"),
    [
        ("北岭镇有多少个?", BEFORE, "北岭镇有几个科普馆?"),
        ("北岭镇有多少家?", BEFORE, "北岭镇有几个科普馆?"),
        ("北岭镇有多少亩?", BEFORE, "北岭镇有多少亩?"),
        ("北岭镇有多少公里?", BEFORE, "北岭镇有多少公里?"),
        ("北岭镇有多少亩?", "长原县茶园有多少亩?", "北岭镇茶园有多少亩?"),
        ("那坡县呢?", BEFORE, "那坡县有几个科普馆?"),
        ("那曲市呢?", BEFORE, "那曲市有几个科普馆?"),
        ("那北岭镇呢?", BEFORE, "北岭镇有几个科普馆?"),
        ("那么北岭镇呢?", BEFORE, "北岭镇有几个科普馆?"),
        ("2021年呢?", "长原县2020年办了几场讲座?", "长原县2021年办了几场讲座?"),
        ("副馆长呢?", "长原县科技馆馆长是谁?", "长原县科技馆副馆长是谁?"),
        ("地址呢?", "2024年电工讲习班哪天开班?", "2024年电工讲习班的地址在哪里?"),
        ("承办单位呢?", "龙舟赛哪天办的?", "龙舟赛的承办单位是哪个单位?"),
        ("日期是?", "龙舟赛地点在哪里?", "龙舟赛的日期是哪天?"),
        ("院长呢?", "新院区何时启用?", "新院区的院长是谁?"),
        ("比赛呢?", "举办了多少场培训?", "举办了多少场比赛?"),
        ("长原县的面积呢?", "长原县有多少人口?", "长原县的面积是多少?"),
        ("它的馆长是谁?", "长原县科技馆接待了多少人?", "长原县科技馆馆长是谁?"),
        ("儿童馆呢?", "成人馆接待多少读者?", "儿童馆接待多少读者?"),
        ("急诊部呢?", "长原县医院门诊部看了多少病人?", "长原县医院急诊部看了多少病人?"),
        ("那2019年电费呢?", "2020年电费收了多少?", "2019年电费收了多少?"),
        ("2021年展览呢?", "长原县2020年讲座几场?", "长原县2021年展览几场?"),
        ("北岭县和南坡县呢?", BEFORE, "北岭县和南坡县有几个科普馆?"),
    ],
)
def test_one_thing_takes_the_place_of_another(asked, earlier, whole):
    assert complete(asked, earlier)[0] == whole


@pytest.mark.parametrize("text", ["谢谢您", "多谢大家!", "收到", "好吧", "懂了。", "好的,辛苦了", "thanks"])
def test_a_courtesy_asks_nothing(text):
    assert is_courtesy(text)


@pytest.mark.parametrize("text", ["收到多少份?", "感谢信有几封?", "好的做法有哪些?"])
def test_a_question_that_begins_as_a_courtesy_does_is_one(text):
    assert not is_courtesy(text)

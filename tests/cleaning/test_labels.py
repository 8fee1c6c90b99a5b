"""Lines that a page writes around a report, and lines of reports that look alike."""

from __future__ import annotations

import pytest

from ingest.cleaning.labels import is_furniture, may_be_furniture, names_source, opens_others, says_when_made

SURE = (
    "您现在所在的位置:首页 > 新闻 > 通知",
    "当前位置：首页",
    "> 首页 > 工作动态",
    "发布时间:2031-05-06 来源:某网",
    "2031年5月6日 来源:某网",
    "浏览次数:1,203",
    "阅读 3万+",
    "责任编辑:王某 李某",
    "二审:张某",
    "字号:[大 中 小]",
    "上一篇:某通知",
    "分享到:",
    "忘记密码?",
    "版权声明:本站内容未经许可不得转载",
    "新ICP备 12345号-1",
    "如有侵权请联系我们删除",
    "收藏 | 打印本页",
    "【收藏】【分享】",
    "关于我们 | 联系方式 | 网站地图",
    "| 返回顶部 |",
    "【文字大小：正常 特大】",
    "字体大小:+ 默认 -",
    "简体中文 | 长者模式",
    "网站地图　收藏本站　关怀版",
    "第 3 页 共 12 页",
    "某某水库管理处年报    第7页",
    "- 5 -",
    "— 18 —",
)
WEAK = ("作者:王某", "来源:某网", "日期:2031-05-06 10:30", "版权所有:某单位", "关键词:科普,阅读", "分享", "HOT")
OWN = (
    "详见第 3 页。",
    "汇编第2页至第5页刊登了事迹",
    "- 5 - 7 -",
    "位置:县城东侧",
    "首页",
    "版权声明:见附件",
    "阅读量明显上升",
    "责任编辑:负责稿件的组织、约请、编辑、加工,并对全部内容负责",
    "关于我们",
    "关于我们的工作",
    "收藏 文物",
    "客户端 用户",
    "字体:大小不一",
    "编辑出版科普读物3种",
    "发布时间由领导小组确定",
)


@pytest.mark.parametrize("line", SURE)
def test_a_line_that_can_only_be_the_pages_is_known(line):
    assert is_furniture(line)


@pytest.mark.parametrize("line", WEAK)
def test_a_line_that_may_be_the_reports_needs_another_beside_it(line):
    assert may_be_furniture(line)
    assert not is_furniture(line)


@pytest.mark.parametrize("line", OWN)
def test_a_line_of_a_report_is_neither(line):
    assert not is_furniture(line)
    assert not may_be_furniture(line)


def test_the_source_the_time_and_the_list_of_other_articles_are_told_apart():
    assert names_source("文章来源:某网")
    assert not names_source("收入来源:财政拨款")
    assert says_when_made("更新时间：2031-05-06 10:30")
    assert not says_when_made("更新时间:另行通知")
    assert opens_others("【科普】本县相关推荐:")
    assert not opens_others("推荐阅读书目")

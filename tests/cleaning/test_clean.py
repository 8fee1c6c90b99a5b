"""Page furniture goes, with its reason; ordinary lines of reports stay."""

from __future__ import annotations

import pytest

from ingest.cleaning.clean import doubled_punctuation, notices, page_furniture, stray_marks
from ingest.cleaning.normalize import normalize
from ingest.records import RawReport

BODY = "县科协全年举办讲座36场次，受益群众2万人次，科普工作取得明显成效，得到各方面的充分肯定。"


def cleaned(text: str) -> str:
    return normalize(RawReport("r.txt", text, "")).text


@pytest.mark.parametrize(
    "line",
    [
        "您所在的位置: 首页> 新闻动态",
        "当前位置：首页 > 工作总结 > 正文",
        "发布时间:2021-03-04 09:12",
        "| 浏览次数:",
        "阅读量：1234次",
        "点赞",
        "【打印】",
        ">>我要举报",
        "上一篇：某县工作总结",
        "用户登录",
        "还没有账号?",
        "责任编辑：张三",
        "2023-03-05 16:10 来源：某日报",
        "【关闭】【打印】",
        "打印本页 关闭窗口",
        "关于我们 | 联系我们",
        "京ICP备12345678号",
        "阅读 10万+",
        "推荐访问: 科普 总结",
        "字号：【大 中 小】",
        "返回顶部",
    ],
)
@pytest.mark.parametrize("where", ["before", "after"])
def test_page_furniture_is_dropped_with_its_reason(line, where):
    text = f"{line}\n{BODY}" if where == "before" else f"{BODY}\n{line}"
    report = normalize(RawReport("r.txt", text, ""))
    assert report.text.strip() == BODY
    assert [(span.reason, span.raw.strip()) for span in report.dropped] == [("page", line)]
    for span in report.dropped:
        assert text[span.raw_start : span.raw_end] == span.raw


@pytest.mark.parametrize(
    "text",
    [
        f"某县科协工作总结\n\n一、组织建设\n{BODY}\n（一）队伍\n1、培训\n- 讲座3场\n• 展览4次\n某县科协\n2021年12月1日",
        f"名称\t数量\n科普馆\t21\n讲座\t36\n{BODY}",
        f"目标\n2025\n100\n{BODY}",
        f"{BODY}\n来源：县科协",
        f"会议听取了报告\n位置示范\n更多讲座\n{BODY}",
        f"{BODY}\n谢谢大家！",
        f"{BODY}\n时间：2021年5月\n位置：县城东部\n关键词：科普；振兴\n编辑：完成年鉴12卷\n审核: 单据1200份",
        f"{BODY}\n登录\t36\n注册\n打印\n更多\n查看 12\n下一篇文章将继续介绍",
        f"{BODY}\n三、培训相关内容\n1．讲座\n2．展览\n某县科协\n2021年12月1日",
        f"{BODY}\n二、最新\n全国科普日活动 12 场\n• 受益群众 3 万人\n• 新建科普馆 2 个",
        f"指标\n数量\n科普馆\n12\n服务队\n45\n阅读量\n4\n{BODY}",
        f"姓名,,地区,人数\n王五,,乌鲁木齐,12\n李四,,,34\n赵六,,喀什,9\n{BODY}",
        f"{BODY}(免费资料发放1200份,覆盖群众3万人)(共查处侵权必究案件56件)(本文来自调研组对12个县的调查)",
        f"{BODY}\n一审:结案123件\n首页>改版完成,访问量达到12万人次\n版权声明:全年办理著作权登记1200件",
        f"{BODY}\n推荐阅读\n1.接待观众12万人次，比上年增长\n2.举办讲座36场次，参加人数达到万人\n3.新建科普馆2个",
        f"{BODY}(版权所有者登记120件)(该成果版权归县科协所有)(未经许可不得进入的区域，共12处)",
    ],
    ids=[
        *("headings and lists", "table", "numbers", "source alone", "short lines", "closing"),
        *("labels of a report", "words", "numbered heading", "latest"),
        *("cells", "empty fields", "bracketed figures", "labels of sentences", "numbered list"),
        "brackets",
    ],
)
def test_ordinary_short_lines_stay(text):
    assert page_furniture(text) == []
    # But for the rows of a table, in which a cell stands behind its head.
    assert cleaned(text).replace("\t数量：", "\t").replace("\t", "\n") == text.replace("\t", "\n")


def test_counters_go_only_beside_a_label():
    assert cleaned(f"发布时间: 2021-03-04\n22\n970\n{BODY}") == BODY
    assert cleaned(f"{BODY}\n22\n970") == f"{BODY}\n22\n970"


@pytest.mark.parametrize(
    "rows",
    [
        "1月参加人数\n345\n2月参加人数\n678",
        "总计\n3412",
        "活动安排\n时间:2024年3月5日\n地点:三楼\n主办单位:区科协",
    ],
)
@pytest.mark.parametrize("where", ["{rows}\n浏览次数:88", "发布时间:2021-03-04\n\n{rows}", "{rows}\n点赞"])
def test_what_stands_beside_furniture_stays(rows, where):
    assert cleaned(f"{BODY}\n{where.format(rows=rows)}\n{BODY}").count("\n".join(rows.split("\n"))) == 1


def test_a_source_line_is_furniture_only_on_a_page():
    assert cleaned(f"点赞\n{BODY}\n来源：某网") == BODY


def test_teasers_of_other_articles_are_dropped_to_the_end():
    teasers = "\n\n".join(
        f"  • 第{n}份别的总结的开头，讲的是别处的事情，到这里就断了，因为网页只显示这么多字，后面没有" for n in range(5)
    )
    text = f"{BODY}\n\n【某县总结】相关推荐\n\n工作总结最新推荐\n\nNEW\n{teasers}"
    report = normalize(RawReport("r.txt", text, ""))
    assert report.text == BODY
    assert {span.reason for span in report.dropped} == {"teaser"}


def test_a_paragraph_after_the_teasers_stays():
    text = f"{BODY}\n相关阅读\n• 别的文章\n• 又一篇\n• 还有一篇\n{BODY}"
    assert cleaned(text) == f"{BODY}\n{BODY}"


def test_inserted_notices_are_dropped():
    text = "以(本免费公文来自,转载请注明。)活动促宣传(见附件)。【本文转自某网】好[版权所有,侵权必究]"
    assert [text[a:b] for a, b, _ in notices(text)] == [
        "(本免费公文来自,转载请注明。)",
        "【本文转自某网】",
        "[版权所有,侵权必究]",
    ]


def test_weak_labels_go_only_beside_the_pages_own():
    assert cleaned(f"点赞\n作者：张三\n时间：2021-01-02\n{BODY}") == BODY
    assert cleaned(f"作者：张三\n{BODY}") == f"作者：张三\n{BODY}"


@pytest.mark.parametrize(
    "text",
    [
        " " * 50_000 + "x",
        "\u3000" * 50_000 + "x",
        "点赞\n1\n" * 5_000,
        "浏览次数：1\n\n" + "\t" * 50_000 + "x",
        "点赞\n" + "1\n" * 20_000,
        "\n \n\n" * 10_000 + "x",
        "(" * 50_000,
        "(转载" * 10_000,
        "。ㄒ" * 1_000,
        "?科" * 1_000,
        "Ｋ科" * 1_000,
        "籐瑠" * 1_000,
        "報(bào" * 10_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_no_text_takes_long(text):
    # No clock: a step that is quadratic in these sizes would run for hours.
    assert isinstance(cleaned(text), str)


def test_stray_backticks_but_not_code():
    assert len(stray_marks("很大的`推动作用")) == 1
    assert stray_marks("运行`命令`即可") == []


def test_doubled_marks_go_where_they_are_a_habit():
    text = "一,,二,。三,、四"
    assert len(doubled_punctuation(text)) == 3
    assert doubled_punctuation("一,,二") == []
    assert doubled_punctuation("1,000,000,2,3") == []


def test_a_doubled_comma_beside_figures_is_seen_and_an_empty_field_stays():
    damaged = "培训2000,,人3000,,覆盖率98%,。建成5,,6个"
    assert [damaged[r.start : r.end] for r in doubled_punctuation(damaged)] == [",", ",", ",", ","]
    table = "年份,数量,备注\n2021,2000,,3000\n2022,,4000,,5000"
    assert doubled_punctuation(table) == []

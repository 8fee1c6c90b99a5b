"""Title and date come from the text, and stay unknown where it doesn't say."""

from __future__ import annotations

import pytest

from ingest.cleaning.metadata import issuer, property_date, property_title, publication_date, publisher, regions, title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("某县科协工作总结\n正文在此。", "某县科协工作总结"),
        ("您所在的位置: 首页> 新闻\n点赞\n某县科协召开工作会议\n正文。", "某县科协召开工作会议"),
        ("只有一段正文,没有标题。", None),
        ("今年以来," + "县科协开展了很多工作," * 10 + "成绩很大。\n一、领导重视,保障有力", None),
        ("发布时间: 2022-12-02 12:46:15\n正文。", None),
        ("永川县科协\n1\t北岭镇\t志愿者：985人\n2\t石桥镇\t志愿者：268人", "永川县科协"),
        ("北岭镇\t志愿者：894人\n石桥镇\t志愿者：268人", None),
        ("单位：万元\n讲座\t预算：65万元\n永川县科协经费决算", "永川县科协经费决算"),
        ("永川县\n正文在此处开始", "正文在此处开始"),
        ("原标题:永川县:科普进乡村\n\n北岭日报 2024年9月18日\n\n正文。", "永川县:科普进乡村"),
        ("标题：科普进校园\n正文在此。", "科普进校园"),
    ],
)
def test_title(text, expected):
    assert title(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发布时间: 2022-12-02 12:46:15", "2022-12-02"),
        ("发布日期:2023年1月5日", "2023-01-05"),
        ("发布时间: 2022-13-02", None),
        ("会议于2022-12-02召开", None),
        ("某县科协总结\n正文。\n某县科协\n2021年12月1日", "2021-12-01"),
        ("某县科协总结\n正文。\n某县科协\n二〇二一年十二月一日", "2021-12-01"),
        ("某县科协总结\n来源:云溪日报 2022-03-15\n正文。", "2022-03-15"),
        ("某县科协总结\n来源：云溪网 | 时间：2022年3月15日 08:12\n正文。", "2022-03-15"),
        ("某县科协总结\n2022/3/15 10:20 来源:云溪网\n正文。", "2022-03-15"),
        ("某县科协总结\n文章来源:云溪网\t2022.03.15\n正文。\n2021年1月2日", "2022-03-15"),
        ("来源:云溪日报 2022-03-15\n发布时间:2022-03-18\n正文。", "2022-03-18"),
        ("某县科协总结\n资金来源:财政 2022-03-15到账\n正文。", None),
        ("某县科协总结\n来源:云溪网 2022年3月\n正文。", None),
    ],
)
def test_publication_date(text, expected):
    assert publication_date(text) == expected


PARAGRAPHS = "县科协开展了科普活动。\n" * 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PARAGRAPHS}更新时间:2021-03-04\n{PARAGRAPHS}", None),
        ("总结\n正文。\n科普馆\t更新时间:2021-03-04\t21座\n正文。", None),
        (f"总结\n正文。\n科普馆\t更新时间:2021-03-04\n{PARAGRAPHS}", None),
        (f"总结\n发布时间:2021-03-04\t来源:某网\t浏览次数:5\n{PARAGRAPHS}", "2021-03-04"),
        (f"总结\n发布时间:\t2021-03-04\t来源:\t某网\n{PARAGRAPHS}", "2021-03-04"),
        (f"总结\n发布时间:\n2021-03-04\n{PARAGRAPHS}", "2021-03-04"),
        ("栏目\n" * 40 + f"总结\n发布时间:2021-03-04\n{PARAGRAPHS}", "2021-03-04"),
        (f"{PARAGRAPHS}来源:云溪网 2021-03-04\n{PARAGRAPHS}", None),
        (f"{PARAGRAPHS}更新日期:2021-03-04\n上一篇\n下一篇", "2021-03-04"),
        (f"总结\n发布时间:2021-03-04\n{PARAGRAPHS}更新时间:2020-01-02\n{PARAGRAPHS}", "2021-03-04"),
    ],
    ids=[
        "in the text",
        "in a row",
        "ending a row",
        "cells",
        "label cells",
        "next line",
        "navigation",
        "source in the text",
        "tail",
        "both",
    ],
)
def test_only_the_page_s_own_labels_date_it(text, expected):
    assert publication_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("正文。\n来源：某县日报", "某县日报"),
        ("来源:某网 发布时间:2021-01-02", "某网"),
        ("资金来源广泛。", None),
        ("资金来源:财政拨款\n数据出处:年鉴", None),
    ],
)
def test_publisher(text, expected):
    assert publisher(text) == expected


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("某县科协2021年工作总结", "正文。", "某县科协"),
        (None, "正文很长。\n某市科学技术协会\n2021年1月2日", "某市科学技术协会"),
        ("凝聚力量", "正文。", None),
        ("凝聚科协力量", "正文。", None),
    ],
)
def test_issuer(heading, text, expected):
    assert issuer(heading, text) == expected


def test_regions_are_known_names_in_order():
    assert regions("常德市与阳泉市的社区，不是门市。") == ("常德市", "阳泉市")
    assert regions("塔城地区、阳泉市和石门县，以及城市、地县、社区。") == ("塔城地区", "阳泉市", "石门县")


def test_an_unknown_region_is_one_that_the_title_names():
    assert regions("全市建成两座。", "云溪市科协2023年工作总结") == ("云溪市",)


def test_properties_count_only_where_they_can_be_meant():
    assert property_title("Microsoft Word - 1") is None
    assert property_title("某县总结") == "某县总结"
    assert property_date("2021-03-04", "2021年的工作") == "2021-03-04"
    assert property_date("2026-03-04", "2021年的工作") is None

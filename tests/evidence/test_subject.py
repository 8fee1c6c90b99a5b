"""A figure belongs to the place, the year and the thing its sentence speaks about, and to no neighbour."""

from __future__ import annotations

import pytest
from shelf import Shelf

from rag.judge.features import FEATURES
from rag.question.places import places_asked

# What speaks against a sentence, whatever it weighs.
AGAINST = (
    "other_place",
    "other_year",
    "wrong_kind",
    "no_name",
    "planned",
    "no_plan",
    "growth",
    "for_each",
    "other_way",
    "other_post",
    "left_out",
    "day_missing",
)

NEIGHBOURS = """北河省科协交流会

会上,塔里、南岭、宁西等3个地区科协作交流发言。塔里地区科协建成科普馆12家,举办培训班81场次。此外,开展义诊30场次。

南岭地区科协开展培训班92场次、义诊45场次,组建由6名专家组成的服务团和70名志愿者组成的队伍。

宁西地区科协结合农时发放《科普手册》。此外,塔里地区科协还确定了素质达到15%的目标。
"""

YEARS = """2023年东山县政府工作报告

一、2022年工作回顾

一年来,全县粮食产量5.2万吨,新建公路31公里。

二、2023年工作安排

主要预期目标是:粮食产量6万吨,新建公路50公里,财政收入增长7%左右。
"""

COUNTRY = """西原省科协召开总结交流会

东溪地区科协、北谷地区科协作交流发言。东溪地区科协有科普教育基地35家。

北谷地区科协建立联合体,接待学生2845人次。广泛动员各部门参与“科技之冬”“全国科普日”等活动,举办技术培训1689场次、宣传458场次。
"""

FARMS = """2021年石川市科协工作总结

石川市推广水稻新品种面积1.8万亩,亩产620公斤。科技馆接待观众26万人次,举办讲座203场。
"""

# News: a headline that names the county behind its prefecture, and one that a newspaper of the province tells.
HEADLINE = """健康科普进乡村

原标题:南岭黑水县白石乡:科普进乡村,送药到门口。活动现场,志愿者讲解用药知识。现场发放药箱260个。

南岭的医院也来了。
"""
DISPATCH = """科普集市开市

北川日报讯(记者 李明)近日,记者从宁溪县科协了解到,科普集市开市。集市设摊位45个。

北川各地都办了集市。北川还有更多集市。
"""
STATION = """广播进乡村

宁溪县科协举办培训。

德水市广播电台开播科普栏目。听众每日有3800人。
"""

# Compares with the year before, tells a rise and ends with what is planned.
YEARLY = """临江县科学技术协会2023年工作总结

一、科普活动
全年举办科普讲座47场,比上年增加9场,参加群众6500人次。流动科技馆巡展参观学生11200人次。
临江县公民具备科学素质的比例由2020年的10.2%提高到11.6%。

二、2024年工作打算
计划新建社区科普馆4个,举办科普讲座60场,力争公民具备科学素质的比例达到13.5%。
"""

ANONYMOUS = """西河市科普总结

20XX年8月成立领导小组,由18家单位组成。
"""

PREFECTURE = "2024年巴州科协工作总结\n\n和静县建成乡村科普馆3个,轮台县举办讲座12场。"

DATELINE = "双桥市科协2023年工作综述\n来源:双桥日报 2024-01-12\n2023年,我市科普经费投入2860万元,建成科普馆8个。"

POSTS = "教育工作会议\n\n省教育厅副厅长李卫民主持会议。省教育厅厅长王建国作报告。"


@pytest.mark.parametrize(
    ("report", "question", "sentence", "span"),
    [
        (NEIGHBOURS, "塔里举办了多少场培训班?", "举办培训班81场次", "81场次"),
        (NEIGHBOURS, "南岭举办了多少场培训班?", "开展培训班92场次", "92场次"),
        (NEIGHBOURS, "塔里开展了多少场义诊?", "此外,开展义诊30场次", "30场次"),
        (NEIGHBOURS, "塔里有多少家科普馆?", "建成科普馆12家", "12家"),
        (NEIGHBOURS, "南岭有多少名志愿者?", "70名志愿者", "70名"),
        (NEIGHBOURS, "塔里素质的目标是多少?", "此外,塔里地区科协还确定", "15%"),
        (YEARS, "东山县2022年粮食产量是多少?", "粮食产量5.2万吨", "5.2万吨"),
        (YEARS, "东山县2022年新建公路多少公里?", "新建公路31公里", "31公里"),
        (YEARS, "东山县2023年粮食产量的目标是多少?", "粮食产量6万吨", "6万吨"),
        (YEARS, "东山县2023年财政收入计划增长多少?", "财政收入增长7%", "7%左右"),
        (COUNTRY, "北谷举办技术培训多少场次?", "举办技术培训1689场次", "1689场次"),
        (COUNTRY, "东溪有多少家科普教育基地?", "有科普教育基地35家", "35家"),
        (FARMS, "石川市水稻亩产多少公斤?", "亩产620公斤", "620公斤"),
        (FARMS, "石川市2021年接待观众多少人次?", "接待观众26万人次", "26万人次"),
        (YEARLY, "临江县2023年举办了多少场科普讲座?", "全年举办科普讲座47场", "47场"),
        (YEARLY, "临江县举办了多少场科普讲座?", "全年举办科普讲座47场", "47场"),
        (YEARLY, "临江县2023年流动科技馆参观学生多少人次?", "参观学生11200人次", "11200人次"),
        (YEARLY, "临江县公民具备科学素质的比例是多少?", "提高到11.6%", "11.6%"),
        (YEARLY, "2020年临江县公民具备科学素质的比例是多少?", "由2020年的10.2%", "10.2%"),
        (YEARLY, "临江县2024年计划举办多少场科普讲座?", "举办科普讲座60场", "60场"),
        (ANONYMOUS, "20XX年成立的领导小组由多少家单位组成?", "由18家单位组成", "18家"),
        (PREFECTURE, "和静县建成乡村科普馆多少个?", "建成乡村科普馆3个", "3个"),
        (DATELINE, "双桥市2023年科普经费投入多少?", "科普经费投入2860万元", "2860万元"),
        (HEADLINE, "黑水县发了多少个药箱?", "现场发放药箱260个", "260个"),
        (HEADLINE, "白石乡发了多少个药箱?", "现场发放药箱260个", "260个"),
        (DISPATCH, "宁溪县科普集市有多少个摊位?", "集市设摊位45个", "45个"),
        (POSTS, "省教育厅厅长是谁?", "省教育厅厅长王建国", "王建国"),
        (POSTS, "省教育厅副厅长是谁?", "省教育厅副厅长李卫民", "李卫民"),
    ],
)
def test_nothing_speaks_against_what_is_asked_for(report, question, sentence, span):
    case = Shelf({"a.txt": report}).case(question, sentence, span)
    assert [name for name in AGAINST if FEATURES[name](case)] == []


@pytest.mark.parametrize(
    ("report", "question", "sentence", "span", "against"),
    [
        (NEIGHBOURS, "宁西有多少家科普馆?", "建成科普馆12家", "12家", "other_place"),
        (NEIGHBOURS, "宁西举办了多少场培训班?", "开展培训班92场次", "92场次", "other_place"),
        (NEIGHBOURS, "宁西发放了多少册科普手册?", "发放《科普手册》", "", "wrong_kind"),
        (NEIGHBOURS, "塔里的科普馆花了多少钱?", "建成科普馆12家", "12家", "wrong_kind"),
        (NEIGHBOURS, "塔里地区科协主席是谁?", "建成科普馆12家", "", "no_name"),
        (NEIGHBOURS, "北京市有多少家科普馆?", "建成科普馆12家", "12家", "other_place"),
        (NEIGHBOURS, "宁西素质的目标是多少?", "此外,塔里地区科协还确定", "15%", "other_place"),
        (STATION, "宁溪县的听众有多少人?", "听众每日有3800人", "3800人", "other_place"),
        (YEARS, "东山县2021年粮食产量是多少?", "粮食产量5.2万吨", "5.2万吨", "other_year"),
        (YEARS, "东山县2022年粮食产量是多少?", "粮食产量6万吨", "6万吨", "other_year"),
        (COUNTRY, "东溪举办技术培训多少场次?", "举办技术培训1689场次", "1689场次", "other_place"),
        (FARMS, "石川市水稻总产多少吨?", "亩产620公斤", "620公斤", "for_each"),
        (FARMS, "石川市2020年接待观众多少人次?", "接待观众26万人次", "26万人次", "other_year"),
        (FARMS, "黑河乡举办讲座多少场?", "举办讲座203场", "203场", "other_place"),
        (YEARLY, "临江县2022年举办了多少场科普讲座?", "全年举办科普讲座47场", "47场", "other_year"),
        (YEARLY, "临江县2022年参观学生多少人次?", "参观学生11200人次", "11200人次", "other_year"),
        (YEARLY, "临江县建了几个社区科普馆?", "计划新建社区科普馆4个", "4个", "planned"),
        (YEARLY, "西藏举办了多少场科普讲座?", "全年举办科普讲座47场", "47场", "other_place"),
        (ANONYMOUS, "领导小组是2018年成立的吗?", "20XX年8月成立领导小组", "", "other_year"),
        (PREFECTURE, "轮台县建成乡村科普馆多少个?", "建成乡村科普馆3个", "3个", "other_place"),
        (PREFECTURE, "巴州建成乡村科普馆多少个?", "建成乡村科普馆3个", "3个", "other_place"),
        (DATELINE, "双桥市2024年科普经费投入多少?", "科普经费投入2860万元", "2860万元", "other_year"),
        (POSTS, "省教育厅厅长是谁?", "省教育厅副厅长李卫民", "李卫民", "other_post"),
    ],
)
def test_what_belongs_to_a_neighbour_another_year_or_a_plan_has_that_against_it(
    report, question, sentence, span, against
):
    case = Shelf({"a.txt": report}).case(question, sentence, span)
    assert FEATURES[against](case) == 1.0


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("白河镇农技协有多少会员?", ("白河镇",)),
        ("黑河乡有多少农技协?", ("黑河乡",)),
        ("白塔街道有多少志愿者?", ("白塔街道",)),
        ("城镇新增就业多少人?", ()),
        ("三下乡活动举办了多少次?", ()),
        ("有多少个乡镇建了科普馆?", ()),
        ("累计办了多少项区级活动?", ()),
    ],
)
def test_towns_are_places_and_words_for_kinds_of_places_are_not(question, places):
    assert places_asked(question, ()) == tuple((name,) for name in places)

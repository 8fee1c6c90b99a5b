"""What a question asks for, whatever its language, script and width; follow-ups are completed."""

from __future__ import annotations

import pytest
from shelf import Shelf

from config.errors import UsageError
from ingest.language.places import stem
from rag.evidence.shorts import counts
from rag.question.glossary import read_glossary
from rag.question.kind import expected
from rag.question.places import places_asked
from rag.question.understand import MAX_LENGTH, fold, language_of, understand


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "好的,謝謝!",
        "Thanks!",
        "那西河市呢?",
        "2021年呢?",
        "",
        "   \n",
        "?!。",
        "\ud800问题",
        "问" * (MAX_LENGTH + 1),
    ],
)
def test_an_unusable_question_is_refused_before_any_search(text):
    with pytest.raises(UsageError):
        understand(text)


@pytest.mark.parametrize(
    "text", ["呵呵呵呵", "嘿嘿,啊啊", "水水水水", "7777", "９９９", "31415926", "zzzzz", "🎉🎉", "一一一?"]
)
@pytest.mark.parametrize("history", [(), ("东山县有多少座水库?",)])
def test_what_says_nothing_is_refused_whatever_was_asked_before(text, history):
    with pytest.raises(UsageError, match="asks nothing"):
        understand(text, history)


@pytest.mark.parametrize("text", ["了的", "有吗", "2022", "2023?"])
def test_what_asks_nothing_alone_may_go_on_from_what_was_asked(text):
    with pytest.raises(UsageError, match="asks nothing"):
        understand(text)
    assert "水库" in understand(text, ("东山县有多少座水库?", "哈哈哈")).interpreted


@pytest.mark.parametrize(
    "text", ["星星有多少颗?", "科普馆", "5G基站", "天天向上活动办了几场?", "110报警多少起?", "A?B"]
)
def test_few_or_repeated_characters_may_ask(text):
    assert understand(text).interpreted


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("东山县有多少个乡村科普馆?", "zh-Hans"),
        ("東山縣組建了多少個組織?", "zh-Hant"),
        ("How many halls are there?", "en"),
        ("一共七人", "zh-Hans"),
        ("GDP增长多少?", "zh-Hans"),
        ("Сколько музеев построено?", "und"),
        ("科学館はいくつありますか?", "und"),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("东山县有多少个科普馆?", "figure"),
        ("增长目标是多少?", "figure"),
        ("大会是什么时候召开的?", "date"),
        ("大会选出的主席是谁?", "person"),
        ("通讯员叫什么名字?", "person"),
        ("夏令营叫什么名字?", "name"),
        ("哪个学会被评为先进?", "body"),
        ("建在什么地方?", "place"),
        ("有哪些重点人群?", "list"),
        ("参观要收门票吗?", "yes"),
        ("哪些报告提到了低空经济?", "reports"),
        ("How many halls are there?", "figure"),
        ("When was the congress held?", "date"),
        ("Who is the chair?", "person"),
    ],
)
def test_the_kind_of_answer(text, kind):
    assert expected(fold(text)).kind == kind


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("防汛时停的是哪三样?", 3),
        ("评上优秀的是哪12家?", 12),
        ("新挂牌的那5所学院叫什么名?", 5),
        ("去的是哪俩镇", 2),
        ("六个示范村都有谁", 6),
        ("四家协办单位分别是哪几家", 4),
        ("理事长和秘书长是谁?", 2),
        ("县科协主席、副主席分别是谁", 2),
        ("主席兼党组书记是谁", 0),
        ("Which three towns won a prize?", 3),
        ("What are the 4 new halls called?", 4),
        ("哪些镇建了科普馆?", 0),
        ("这两个项目由哪个单位承建?", 0),
        ("那两个村合并后叫什么名字?", 0),
        ("那10亩地种的是什么", 0),
        ("第二批示范基地都有哪些", 0),
        ("近三年都有哪些单位获奖", 0),
        ("1012家会员单位分别是哪些", 0),
        ("五家渠市都有哪些科普馆", 0),
        ("那七台河市的书记叫什么名字", 0),
        ("科普展是在哪三天举办的", 0),
        ("哪20%的企业获奖", 0),
        ("Which 4 star hotel hosted the fair?", 0),
        ("第三届大赛在哪个城市办的?", 0),
        ("那5天的夏令营叫什么?", 0),
        ("这两年做了什么?", 0),
        ("这四家单位是谁牵头的?", 0),
        ("那3座馆花了多少钱?", 0),
        ("Which town won three prizes?", 0),
    ],
)
def test_how_many_things_are_asked_for_together(text, things):
    assert expected(fold(text)).several == things


@pytest.mark.parametrize(
    ("text", "itself"),
    [
        ("西河大桥哪年通车，西河县2024年报告说了没", "西河县西河大桥哪年通车"),
        ("书记是谁,清水县的报告里写了吗?", "清水县书记是谁"),
        ("渔阳县建成多少个科普馆,2023年的总结里提到了吗?", "2023年渔阳县建成多少个科普馆"),
        ("吉林2024年增长了几个点,2025年的报告里说了没", "吉林2024年增长了几个点"),
        ("几乎所有村都通了路,报告说了没有", "几乎所有村都通了路,报告说了没有"),
        ("《十万个为什么》发到各村,报告里提到了吗?", "《十万个为什么》发到各村,报告里提到了吗?"),
        ("新馆何时建成,谁的报告里写了?", "新馆何时建成,谁的报告里写了?"),
        ("书记是谁,工作总结里提到了吗?", "书记是谁"),
        ("去年失业率最后是多少，市里的报告讲了吗", "去年失业率最后是多少"),
        ("新館花了多少錢,有沒有說", "新館花了多少錢"),
        ("新馆建成了,报告里提到了吗?", "新馆建成了,报告里提到了吗?"),
        ("新馆花了多少钱,哪份报告提到了?", "新馆花了多少钱,哪份报告提到了?"),
        ("谁在会上讲了话,讲了什么?", "谁在会上讲了话,讲了什么?"),
    ],
)
def test_whether_a_report_answers_it_is_no_part_of_a_question(text, itself):
    assert understand(text).interpreted == itself


@pytest.mark.parametrize(
    ("question", "unit", "other"),
    [
        ("印发了多少册手册?", "册", "人"),
        ("花了多少钱?", "元", "个"),
        ("活动中心投资多少?", "元", "平方米"),
        ("投入了多少项目资金?", "元", "个"),
        ("奖补了几个基地?", "个", "元"),
        ("有多少名专家?", "人", "场"),
        ("办了几场?", "场次", "家"),
        ("改造了多大面积?", "平方米", "米"),
    ],
)
def test_a_figure_in_another_unit_is_no_answer(question, unit, other):
    want = expected(fold(question))
    assert want.strict
    assert want.units is not None
    assert unit in want.units
    assert other not in want.units


@pytest.mark.parametrize(
    ("question", "unit", "other"),
    [
        ("经费占多大比例?", "%", "亩"),
        ("产值增幅有多大?", "%", "平方米"),
        ("展厅有多大?", "平方米", "%"),
        ("贷款多少万元?", "元", "个"),
        ("收购稻谷多少万吨?", "吨", "元"),
        ("来了几万人?", "人", "亩"),
    ],
)
def test_the_units_in_which_a_figure_may_be_told(question, unit, other):
    units = expected(fold(question)).units
    assert units is not None
    assert unit in units
    assert other not in units


@pytest.mark.parametrize(("question", "unit"), [("贷款多少万元?", "元"), ("来了几万人?", "人"), ("有多少亿吨?", "吨")])
def test_the_unit_behind_a_scale_is_seen(question, unit):
    assert expected(fold(question)).unit == unit


def test_the_thing_that_is_counted_is_known_before_and_after_the_question_word():
    assert expected("东山县有多少个乡村科普馆?").head == "乡村科普馆"
    assert expected("东山县的乡村科普馆有多少个?").head == "乡村科普馆"


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("东山县有多少个科普馆?", ("东山县",)),
        ("西河市东岭区有多少人?", ("西河", "东岭")),
        ("全市有多少个科普馆?", ()),
        ("各县都做了什么?", ()),
        ("社区有几个?", ()),
        ("谁是自治区科协副主席?", ()),
        ("2024年地区生产总值增长多少?", ()),
        ("南岭投入了多少?", ("南岭",)),
        ("南岭东岗县投入了多少?", ("南岭", "东岗")),
        ("南岭东岗有多少人?", ("南岭",)),
        ("张家港蒋桥村怎么防溺水?", ("张家港", "蒋桥村")),
        ("昆山周庄镇有多少家农家乐?", ("昆山", "周庄镇")),
        ("南岭东岗镇有几个村?", ("南岭", "东岗镇")),
        ("北京西路社区有几名党员?", ("北京西路社区",)),
        ("龙泉山庄社区办了几场讲座?", ("龙泉山庄社区",)),
    ],
)
def test_the_places_a_question_names(question, places):
    assert places_asked(question, {"南岭"}) == tuple((name,) for name in places)


@pytest.mark.parametrize(
    ("region", "name"),
    [("塔里地区", "塔里"), ("巴州", "巴州"), ("宁南回族自治州", "宁南"), ("东山县", "东山"), ("内河自治区", "内河")],
)
def test_a_region_without_its_rank(region, name):
    assert stem(region) == name


@pytest.mark.parametrize(
    ("earlier", "follow_up", "interpreted"),
    [
        ("东山县有多少个乡村科普馆?", "那科普示范基地呢?", "东山县有多少个科普示范基地?"),
        ("滨江公园有多少只天鹅?", "那月牙公园呢?", "月牙公园有多少只天鹅?"),
        ("东山县有多少个乡村科普馆?", "西河市呢?", "西河市有多少个乡村科普馆?"),
        ("东山县2024年粮食产量是多少?", "2023年呢?", "东山县2023年粮食产量是多少?"),
        ("東山縣的動員會是什麼時候召開的?", "那代表大會呢?", "東山縣的代表大會是什麼時候召開的?"),
        ("东山县注册的志愿者有多少人?", "他们开展了多少场活动?", "东山县注册的志愿者开展了多少场活动?"),
        ("塔里有多少家科普教育基地?", "南岭呢?", "南岭有多少家科普教育基地?"),
        ("南岭区机器人竞赛一等奖几个?", "三等奖呢?", "南岭区机器人竞赛三等奖几个?"),
        ("南岭区有几个省级基地?", "那市级呢?", "南岭区有几个市级基地?"),
        ("东山县有几个科普馆?", "2023年呢?", "2023年东山县有几个科普馆?"),
        ("东山县科协主席是谁?", "西河市的呢?", "西河市科协主席是谁?"),
        ("东山县科协主席是谁?", "副主席呢?", "东山县科协副主席是谁?"),
        ("谁是东山县科协主席?", "秘书长呢?", "谁是东山县科协秘书长?"),
        ("谁主持了大会?", "他是什么职务?", "主持了大会的人是什么职务?"),
        ("东山县举办了多少场讲座?", "去年呢?", "去年东山县举办了多少场讲座?"),
        ("东山县粮食产量增长了百分之几?", "工业增加值呢?", "东山县工业增加值增长了百分之几?"),
        ("东山县新增就业多少人?", "目标呢?", "东山县新增就业的目标是多少?"),
        ("东山县志愿者有多少人?", "女的呢?", "东山县志愿者中女的有多少人?"),
        ("东山县2025年GDP目标是多少?", "CPI呢?", "东山县2025年CPI目标是多少?"),
        ("东山县有哪些科普场馆?", "它们在哪里?", "东山县的科普场馆在哪里?"),
        ("How many halls are there in Dongshan?", "What about Xihe?", "How many halls are there in Xihe?"),
        ("东山县粮食产量是多少吨?", "播种面积呢?", "东山县播种面积是多少?"),
        ("东山县粮食产量是多少吨?", "增速呢?", "东山县粮食产量的增速是多少?"),
        ("东山县有多少名志愿者?", "志愿服务队呢?", "东山县有多少志愿服务队?"),
        ("东山县有多少个重点建设项目?", "它们什么时候完工?", "东山县的重点建设项目什么时候完工?"),
        ("有多少学生参加了比赛?", "他们来自哪些学校?", "参加了比赛的学生来自哪些学校?"),
        ("东山县有几个乡镇建了图书室?", "村呢?", "东山县有几个村建了图书室?"),
        ("全年召开了几次例会?", "那全委会议呢?", "全年召开了几次全委会议?"),
        ("东山县有多少人获评职称?", "其中高级职称有几个人?", "东山县,其中高级职称有几个人?"),
        ("东山县图书馆投资多少?", "该图书馆什么时候建的?", "东山县图书馆什么时候建的?"),
        ("东山县有几个科普馆?", "那里有几个社区?", "东山县有几个社区?"),
        ("市图书馆共有多少册藏书?", "它的馆长是谁?", "市图书馆馆长是谁?"),
        ("市图书馆共有多少册藏书?", "它是哪一年建成的?", "市图书馆是哪一年建成的?"),
        ("市图书馆有多少册藏书?", "占地面积呢?", "市图书馆占地面积是多少?"),
        ("市图书馆有多少个分馆?", "它们在哪里?", "市图书馆的分馆在哪里?"),
        ("大会由谁主持?", "他是什么职务?", "主持大会的人是什么职务?"),
        ("谁是东山县科协主席?", "西河市呢?", "谁是西河市科协主席?"),
        ("东山县科协主席和副主席分别是谁?", "秘书长呢?", "东山县科协秘书长是谁?"),
        ("去年东山县举办了多少场讲座?", "2022年呢?", "2022年东山县举办了多少场讲座?"),
        ("东山县举办了多少场讲座?", "上半年呢?", "上半年东山县举办了多少场讲座?"),
        ("东山县有多少个小院?", "其中省级的呢?", "东山县的小院中省级的有多少个?"),
        ("东山县有几个科普馆?", "好的,那西河市呢?", "西河市有几个科普馆?"),
        ("东山县有几个科普馆?", "该县有几个基地?", "东山县有几个基地?"),
        ("东山县有几个科普馆?", "还有呢?", "东山县有几个科普馆? 还有呢?"),
        ("东山县有几个科普馆?", "What about 2023?", "东山县有几个科普馆? What about 2023?"),
        (
            "How many halls are there in Dongshan?",
            "And how many registered volunteers are there, roughly?",
            "How many halls are there in Dongshan? And how many registered volunteers are there, roughly?",
        ),
    ],
)
def test_a_follow_up_swaps_one_thing_and_keeps_the_rest(earlier, follow_up, interpreted):
    assert understand(follow_up, [earlier], ["塔里", "南岭"]).interpreted == interpreted


@pytest.mark.parametrize(
    ("earlier", "follow_up", "interpreted"),
    [
        (["东山县有几个科普馆?", "2023年呢?"], "西河市呢?", "2023年西河市有几个科普馆?"),
        (["東山縣有幾個科普館?", "那基地呢?"], "2022年呢?", "2022年東山縣有幾個基地?"),
        (["东山县有几个科普馆?", "西河市有几所学校?"], "教师呢?", "西河市有多少教师?"),
        (["东山县有几个科普馆?"] * 30, "西河市呢?", "西河市有几个科普馆?"),
        (["东山县有几个科普馆?", "西河市有几个?"], "南岭区呢?", "南岭区有几个科普馆?"),
        (["东山县有几个科普馆?", "谢谢"], "西河市呢?", "西河市有几个科普馆?"),
        (["东山县志愿者有多少人?", "女的呢?"], "男的呢?", "东山县志愿者中男的有多少人?"),
        (["东山县科普馆有多少个?", "那图书馆呢?"], "西河市呢?", "西河市图书馆有多少个?"),
        (
            ["Who chairs the society of Dongshan?", "How many halls are there in Xihe?"],
            "And Nanling?",
            "How many halls are there in Nanling?",
        ),
    ],
)
def test_a_follow_up_on_a_follow_up_goes_back_to_the_question_itself(earlier, follow_up, interpreted):
    assert understand(follow_up, earlier).interpreted == interpreted


def test_what_else_is_asked_of_a_thing_is_asked_of_that_thing():
    question = understand("什么时候开始的?", ["东山县举办了多少场科普讲座?"])
    assert question.interpreted == "东山县举办了科普讲座,什么时候开始的?"
    assert question.context == "东山县举办了多少场科普讲座?"


@pytest.mark.parametrize(
    "text",
    [
        "西河市有多少名科技志愿者?",
        "南岭有多少人口?",
        "南岭在什么地方?",
        "国有企业有多少个?",
        "共青团员有多少人?",
        "机场什么时候建成?",
        "那曲市有多少个科普馆?",
        "How many halls are there in Xihe?",
    ],
)
def test_a_question_of_its_own_ignores_what_was_asked_before(text):
    question = understand(text, ["东山县有多少个乡村科普馆?"], ["南岭"])
    assert (question.interpreted, question.context) == (text, "")


@pytest.mark.parametrize("text", ["那西河市有多少所学校?", "还有西河市有多少所学校?", "西河市有多少所学校呢?"])
def test_a_word_that_leads_on_does_not_make_a_whole_question_a_part(text):
    assert understand(text, ["东山县有多少个科普馆?"]).interpreted.startswith("西河市有多少所学校")


def test_the_script_of_a_follow_up_is_that_of_the_last_question_that_shows_one():
    assert understand("2022年呢?", ["東山縣有幾個科普館?"]).language == "zh-Hant"
    assert understand("2022年呢?", ["東山縣有幾個科普館?", "西河市有几所学校?"]).language == "zh-Hans"


def test_spaces_between_characters_say_nothing():
    assert understand("东山县 有 多少 个 科普馆").interpreted == "东山县有多少个科普馆"


@pytest.mark.parametrize(
    ("question", "unit", "may"),
    [
        ("how many enterprises are there?", "家", True),
        ("how many enterprises are there?", "%", False),
        ("how many enterprises are there?", "元", False),
        ("how many lectures were held?", "场次", True),
        ("how many new jobs were created?", "人", True),
        ("how many new jobs were created?", "家", False),
        ("how many square kilometres does it cover?", "平方公里", True),
        ("how many million yuan were spent?", "元", True),
        ("how many years did it take?", "年", False),
    ],
)
def test_what_is_counted_in_english_is_not_a_share_or_an_amount(question, unit, may):
    assert counts(expected(question), unit) == may


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("how many schools does the 2025 work report mention for 2024?", {"2024"}),
        ("2022年政府工作报告提到2021年新增就业多少人?", {"2021"}),
        ("2022年工作总结里有多少个科普馆?", {"2022"}),
        ("2021年和2022年各举办了多少场?", {"2021", "2022"}),
    ],
)
def test_the_year_by_which_a_report_is_called_is_not_the_one_asked_about(question, years):
    assert expected(question).years == years


def test_the_dictionarys_first_meaning_comes_first():
    lines = ["學 学 [xue2] /to learn/science/\n", "科學 科学 [ke1 xue2] /science/scientific/\n", "# a remark\n"]
    assert read_glossary(lines, set, {}, ["汀溪"]).places("Tingxi") == ["汀溪"]
    assert read_glossary(lines, set, {}).forms("science") == ["科学", "学"]
    assert read_glossary(lines, lambda words: {w for w in words if w != "科学"}, {}).forms("science") == ["学"]


def test_what_the_field_says_comes_before_the_dictionary_as_far_as_reports_write_it():
    lines = ["門市 门市 [men2 shi4] /retail sales/\n"]
    terms = {"retail sales": ["社会消费品零售总额", "零售额"]}
    assert read_glossary(lines, set, terms).forms("Retail sales") == ["社会消费品零售总额", "零售额"]
    assert read_glossary(lines, lambda words: set(words) & {"零售额", "门市"}, terms).forms("retail sales") == [
        "零售额"
    ]
    assert read_glossary(lines, lambda words: set(words) & {"门市"}, terms).forms("retail sales") == ["门市"]


SAID = {
    "a.txt": "康宁县2023年工作总结\n\n"
    + "康宁县粮食产量达到52万吨，城镇新增就业3100人。新建养老服务中心6个，马桂兰任主任。目标是明年完成绿化。"
}


@pytest.mark.parametrize(
    ("question", "rendered"),
    [
        ("What was the grain output in 2023?", "2023年粮食产量多少"),
        ("How many urban jobs are planned for 2024?", "2024年城镇新增就业目标多少"),
        ("When was the elderly care service center built?", "养老服务中心新建什么时候"),
        ("Who is the director?", "主任谁"),
        ("粮食产量是多少?", ""),
    ],
)
def test_a_question_in_english_is_put_into_chinese_to_be_read_as_well(question, rendered):
    assert Shelf(SAID).query(question).rendered == rendered


@pytest.mark.parametrize(
    ("asked", "interpreted"),
    [
        ("23年植树比22年多多少?", "2023年植树比2022年多多少?"),
        ("19年、20年、21年各办几场?", "2019年、2020年、2021年各办几场?"),
        ("20年来办了几场?", "20年来办了几场?"),
        ("有25年教龄的教师几名?", "有25年教龄的教师几名?"),
        ("工作10年和20年的工资相差多少?", "工作10年和20年的工资相差多少?"),
        ("10年期和20年期国债利率差多少?", "10年期和20年期国债利率差多少?"),
        ("工龄12年和17年的各几人?", "工龄12年和17年的各几人?"),
        ("第12年和第13年各办几场?", "第12年和第13年各办几场?"),
        ("2023年植树比22年多多少?", "2023年植树比22年多多少?"),
    ],
)
def test_years_of_two_digits_are_whole_where_several_are_named(asked, interpreted):
    assert understand(asked).interpreted == interpreted

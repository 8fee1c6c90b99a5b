"""Questions for free: Chinese asks in place, so a clause whose figure, date, title, name or list is replaced
by a question word is a natural question with a known answer."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

_FIGURE = r"(?:约|近|超过|超|逾|达|突破)?(\d[\d,.]*(?:多|余)?(?:万亿|万|亿|千|百)?(?:多|余)?"
_UNIT = (
    r"(%|个百分点|平方公里|平方米|立方米|人次|场次|亿元|万元|公里|公顷|千瓦时|千瓦|个|家|所|项|件|名|人|位|场|次|篇|册|部|处|座|户|吨|亩|"
    r"元|期|支|类|种|条|批|届|倍|年|天|岁|度|辆|台|套|间|片|只|头|米|斤|张|份|名次|位次))"
)
_NUMBER = re.compile(_FIGURE + _UNIT + r"(?:以上|以下|左右)?")
_DATE = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{1,2}月(?:底|初|份)")
TITLED = re.compile(r"《[^《》]{3,30}》")
QUOTED = re.compile(r"“[^“”]{2,14}”")
_LIST = re.compile(
    r"(?<=包括|涵盖|围绕|开展|举办|推进|支持|加强|建设|设立|完成|实施|涉及|发展|突出|聚焦|采取|打造|培育|建成|推动|促进|出台)"
    r"((?:[^，。、；：！？\s]{2,12}、){2,}[^，。、；：！？\s]{2,12}?)等(?:\d+[个项类种家])?([\u4e00-\u9fff]{2,4})"
)
_BY = re.compile(r"由([\u4e00-\u9fff、]{3,24}?)(?=(?:联合|共同)?(?:主办|承办|举办|组织|发起|颁发|印发|编制))")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万"
)
_PERSON = re.compile(
    rf"(?:主席|省长|市长|总书记|总理|书记|部长|主任|院士)([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=同志|作|出席|主持|指出|强调|提出|在)"
)
_MONEY_AND_SHARES = {
    "%": ("百分之多少", "多少", "百分之几"),
    "元": ("多少钱", "多少元"),
    "亿元": ("多少亿元", "多少钱", "多少元"),
    "万元": ("多少万元", "多少钱", "多少"),
    "个百分点": ("多少个百分点", "几个百分点"),
}
_WHEN_DAY, _WHEN = ("什么时候", "哪一天", "何时", "哪天", "哪年哪月"), ("什么时候", "何时", "几月")
_WHICH_DOCUMENT = ("什么文件", "哪份文件", "哪部文件", "什么", "一份什么文件")
_WHAT, _WHICH = ("什么", "哪个", "怎样的"), ("哪些", "哪几", "什么样的", "哪几类")
_BY_WHOM, _WHO = ("由谁", "由哪个单位", "由哪些单位", "是谁"), ("是谁", "叫什么名字", "是哪位")
CLAUSE = re.compile(r"[^。！？；;\n]+")
PART = re.compile(r"[^，,]+(?:[，,][^，,]+)?")
_LEAD = re.compile(
    r"^(?:其中|同时|此外|另外|并且|并|还|也|又|共|累计|全年|目前|截至目前|先后|今年|去年|一年来|五年来|过去一年|预计|力争|我们)[，,]?"
)
_SAID = {
    "建成": ("建了", "建好了", "修建了"),
    "举办": ("办了", "开展了", "组织了"),
    "新增": ("增加了", "多了", "新添"),
    "达到": ("到了", "有", "是"),
    "实现": ("做到", "取得"),
    "印发": ("发了", "下发了"),
    "完成": ("做完了", "搞完了"),
    "召开": ("开了", "举行了"),
    "增长": ("提高", "涨了", "增加"),
    "开展": ("搞了", "办了", "进行了"),
    "下降": ("降了", "减少"),
    "建设": ("修建", "建"),
    "组建": ("成立了", "组织了"),
    "荣获": ("拿到", "获得"),
    "获得": ("拿到", "得到"),
    "培训": ("训练了", "教了"),
    "发放": ("发了", "送出"),
    "投入": ("花了", "拿出"),
    "共有": ("一共有", "总共有"),
}


def asked_in_place(clause: str, rng: random.Random) -> Iterator[tuple[str, int, int]]:
    """(question, start, end): the clause with one of its parts asked for; the span is that part's."""

    def ask(match: re.Match[str], words: Sequence[str], start: int | None = None, rest: str = "") -> str:
        return clause[: match.start() if start is None else start] + rng.choice(words) + rest + clause[match.end() :]

    numbers = [m for m in _NUMBER.finditer(clause) if not re.match(r"\d{4}年", m[1])]
    if len(numbers) == 1 and not re.search(r"第\d*$|“$", clause[: numbers[0].start(1)]):
        number = numbers[0]
        start = number.start() if rng.random() < 0.7 else number.start(1)
        yield ask(number, _how_many(number[2]), start=start), number.start(1), number.end()
    dates = list(_DATE.finditer(clause))
    if len(dates) == 1 and not numbers and "月" in dates[0][0]:
        yield ask(dates[0], _WHEN_DAY if "日" in dates[0][0] else _WHEN), *dates[0].span()
    titled = list(TITLED.finditer(clause))
    if len(titled) == 1 and titled[0].start() > 4:
        yield ask(titled[0], _WHICH_DOCUMENT), *titled[0].span()
    quoted = list(QUOTED.finditer(clause))
    if len(quoted) == 1 and rng.random() < 0.3:
        yield ask(quoted[0], _WHAT), *quoted[0].span()
    for match in _LIST.finditer(clause):
        yield ask(match, _WHICH, rest=match[2]), *match.span(1)
    for match in _BY.finditer(clause):
        yield ask(match, _BY_WHOM), *match.span(1)
    for match in _PERSON.finditer(clause):
        yield clause[: match.start(1)] + rng.choice(_WHO), *match.span(1)


def _how_many(unit: str) -> tuple[str, ...]:
    bare = "多少" if unit in "个名家项" else f"多少{unit}"
    return _MONEY_AND_SHARES.get(unit, (f"多少{unit}", f"多少{unit}", f"几{unit}", bare))


def reworded(question: str, rng: random.Random) -> str:
    """The question less like the text: cut to its core, words left out, moved or replaced."""
    bare = _LEAD.sub("", question.strip("，, 、"))
    parts = re.split(r"[，,]", bare)
    core = [p for p in parts if re.search(r"多少|几|什么|哪|何时|谁|怎样", p)]
    if len(parts) > 1 and core and len(core[0]) > 6 and rng.random() < 0.65:
        bare = _LEAD.sub("", core[0])
    bare = re.sub(r"[《》“”]", "", bare) if rng.random() < 0.5 else bare
    for word, others in _SAID.items():
        if word in bare and rng.random() < 0.5:
            bare = bare.replace(word, rng.choice(others), 1)
    chance = rng.random()
    asking = re.search(r"(?:百分之)?多少[\u4e00-\u9fff]{0,2}", bare)
    if asking and chance < 0.2 and asking.start() >= 4:  # 新建公路多少公里 → 有多少公里新建公路
        bare = rng.choice(("有", "一共有", "")) + asking[0] + bare[: asking.start()] + bare[asking.end() :]
    elif asking and chance < 0.4 and asking.start() >= 4 and asking.end() == len(bare):
        bare = bare[: asking.start()] + rng.choice(("是", "有", "达到", "总共是")) + asking[0]
    elif chance < 0.7:
        bare = _with_words_dropped(bare, rng)
    return bare


def _with_words_dropped(question: str, rng: random.Random) -> str:
    import jieba

    words = list(jieba.cut(question))
    kept = [w for w in words if re.search(r"多少|几|什么|哪|何|谁|百分|\d", w) or rng.random() > 0.15]
    return "".join(kept)

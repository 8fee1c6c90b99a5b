"""Understand a question: its language, what a follow-up refers to, what kind of answer it asks for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from config.errors import UsageError
from ingest.script import fold_script, to_simplified, to_traditional
from rag.records import Question, QuestionLanguage

MAX_LENGTH = 1000  # characters; far beyond any question, well within what the model reads in one go

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FOLLOW_UP = re.compile(
    r"^(?:那么?|其中|他们|她们|它们|他|她|它|这些?|该|and\b|what about\b|how about\b)|呢[??]?$", re.IGNORECASE
)
_SHORT = 8  # a question of fewer characters can hardly name its own place and thing
_NUMBER = re.compile(
    r"(?:多少|几|百分之几|how many|how much|what (?:share|percentage|number|proportion))(?!种意义)", re.IGNORECASE
)
_DATE = re.compile(r"什么时候|何时|哪[一]?[天年月日]|几[月号日]|when\b|what (?:date|day|year)", re.IGNORECASE)
# A name with its rank at the start: not 各县, 全市 or 社区, which name no place.
_PLACE = re.compile(
    r"(?:请问|\d{4}年|在)*((?![各全本该我几哪每这那某有两])[\u4e00-\u9fff]{1,2}?[\u4e00-\u9fff])"
    r"(?:[省市州县盟旗]|(?<![社城地校园矿景辖山灾牧郊小市县街库林特])区)"
)
_MEASURE = re.compile(r"(?:多少|几)([\u4e00-\u9fff])")


def understand(text: str, history: Sequence[str] = ()) -> Question:
    """Raises UsageError when there is nothing to answer or far too much of it."""
    asked = " ".join(text.split())
    if not any(unicodedata.category(char)[0] in "LN" for char in asked):
        raise UsageError("问题为空", "the question is empty")
    if len(asked) > MAX_LENGTH:
        raise UsageError(
            f"问题过长({len(asked)} 字);请控制在 {MAX_LENGTH} 字以内",
            f"the question is too long ({len(asked)} characters); keep it within {MAX_LENGTH}",
        )
    earlier = next((" ".join(q.split()) for q in reversed(history) if q.strip()), None)
    if any("\ud800" <= char <= "\udfff" for char in asked + (earlier or "")):
        raise UsageError("问题不是有效的 UTF-8 文本", "the question is not valid UTF-8 text")
    if earlier is not None and len(earlier) > MAX_LENGTH:
        raise UsageError(
            f"之前的问题过长({len(earlier)} 字);请控制在 {MAX_LENGTH} 字以内",
            f"the earlier question is too long ({len(earlier)} characters); keep it within {MAX_LENGTH}",
        )
    refers_back = earlier is not None and (bool(_FOLLOW_UP.search(asked)) or len(asked) < _SHORT)
    interpreted = f"{earlier} {asked}" if refers_back else asked
    return Question(asked, interpreted, language_of(asked), fold(interpreted))


def fold(text: str) -> str:
    """Script, width and case folded, for comparing; of another length than the text in rare cases."""
    return fold_script(unicodedata.normalize("NFKC", text)).lower()


def language_of(text: str) -> QuestionLanguage:
    """`zh-Hans` or `zh-Hant` where Han characters carry the text, else `en`.

    A text that both scripts write alike counts as Simplified.
    """
    han = len(_HAN.findall(text))
    latin = len(re.findall(r"[A-Za-z]+", text))
    if han == 0 or latin > han:
        return "en"
    simplified, traditional = to_simplified(text), to_traditional(text)
    changed_to_simplified = sum(a != b for a, b in zip(text, simplified, strict=True))
    changed_to_traditional = sum(a != b for a, b in zip(text, traditional, strict=True))
    return "zh-Hant" if changed_to_simplified > changed_to_traditional else "zh-Hans"


def asks_number(folded: str) -> bool:
    """Whether the answer is a figure."""
    return bool(_NUMBER.search(folded)) and not asks_date(folded)


def asks_date(folded: str) -> bool:
    """Whether the answer is a date."""
    return bool(_DATE.search(folded))


def place_asked(folded: str) -> str | None:
    """The name of the place a question begins with, without its rank: 北京 of 北京市有多少…."""
    match = _PLACE.match(folded)
    return match[1] if match else None


def measure_word(folded: str) -> str | None:
    """The character after 多少 or 几, which is often the unit that is counted: 多少*个*, 几*家*."""
    found = _MEASURE.findall(folded)
    return found[-1] if found else None

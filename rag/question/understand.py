"""Understand a question: its language and script, and what a follow-up refers to. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from config.errors import UsageError
from ingest.language import dates, marks, people
from ingest.language.forms import form
from ingest.language.questions import asking, asks_nothing, is_noise
from ingest.language.script import fold_script, to_simplified, to_traditional
from ingest.language.words import table
from rag.question.followup import complete, greets, is_courtesy, is_left_open, refers_back
from rag.question.kind import Kind, expected
from rag.question.places import place_of
from rag.records import Question, QuestionLanguage

UNDETERMINED = "und"
MAX_LENGTH = 1000  # characters; far beyond any question, well within what the model reads in one go

_REMEMBERED = 8  # earlier questions; what a follow-up refers to is hardly further back

_ROUND = 5  # years
_NO_DATE = table("dates")["no_date"]
_SHORT_YEAR = re.compile(rf"(?<![\d.{_NO_DATE['short_year_after']}])([12]\d)年(?![{_NO_DATE['short_year']}])")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z]+")
_SPACED = re.compile(rf"(?<={_HAN.pattern}) (?={_HAN.pattern}|\d)|(?<=\d) (?={_HAN.pattern})")
_ASKS_WHICH = re.compile(asking("which", "thing", "person", "count"))
_ASKS_WHY = re.compile(asking("which", "reason", "manner"))
_ANSWERED_THERE: frozenset[Kind] = frozenset({"figure", "date", "person", "post", "body", "name", "place"})
_TOLD_THERE = re.compile(rf"(?<=.)[{marks.COMMAS}]\s?{form('following', 'told_there')}[{marks.ENDS}\s]*$")


def understand(text: str, history: Sequence[str] = (), regions: Collection[str] = ()) -> Question:
    """Raises UsageError when there is nothing to answer or far too much of it.

    `regions` are places known by name alone, without their ranks.
    """
    asked = _checked(text)
    before = [" ".join(question.split()) for question in history if question.strip()][-_REMEMBERED:]
    _check_characters("".join(before))
    longest = max(map(len, before), default=0)
    if longest > MAX_LENGTH:
        raise UsageError(
            f"之前的问题过长({longest} 字);请控制在 {MAX_LENGTH} 字以内",
            f"the earlier question is too long ({longest} characters); keep it within {MAX_LENGTH}",
        )
    before = list(map(_tidied, before))
    if is_courtesy(simplified := to_simplified(asked)):
        if greets(simplified):
            raise UsageError("您好。有问题请直接问。", "Hello. Just ask your question.")
        raise UsageError("不客气。有问题请直接问。", "You are welcome. Just ask when there is a question.")
    earlier = _understood(before, regions)
    if is_noise(asked) or (earlier is None and asks_nothing(asked)):
        raise _asks_nothing()
    if earlier is None and is_left_open(to_simplified(asked)):
        raise UsageError(
            "前面没有可以承接的问题;请把问题说完整",
            "there is no earlier question to go on from; please ask the whole one",
        )
    language = language_of(asked)
    if earlier is not None and refers_back(to_simplified(asked), regions):
        if language == "zh-Hans" and to_traditional(asked) == asked:  # both scripts write it alike
            language = next((script for script in map(_script_of, reversed(before)) if script), language)
        interpreted, context = complete(to_simplified(asked), earlier, regions)
        if language == "zh-Hant":
            interpreted = to_traditional(interpreted)
    else:
        interpreted, context = with_whole_years(_itself(asked)), ""
    # What a follow-up asks beside the whole earlier question stands in itself.
    core = asked if context and context == earlier else interpreted
    return Question(asked, interpreted, language, fold(core), context)


def in_context(text: str, history: Sequence[str], regions: Collection[str] = ()) -> Question | None:
    """A question that could stand alone, taken as one about what was asked before; None where it names what it is about
    itself, or refers back anyway."""
    asked = to_simplified(_checked(text))
    earlier = _understood([_tidied(question) for question in history if question.strip()][-_REMEMBERED:], regions)
    named = place_of(asked, regions) or marks.titles(asked) or marks.quoted(asked) or people.find(asked)
    if earlier is None or named or refers_back(asked, regions) or language_of(asked) == "en":
        return None
    interpreted, context = complete(asked, earlier, regions)
    if interpreted == asked or len(interpreted) > MAX_LENGTH:
        return None
    language = language_of(text)
    if language == "zh-Hant":
        interpreted = to_traditional(interpreted)
    return Question(_tidied(text), interpreted, language, fold(asked if context == earlier else interpreted), context)


def _itself(asked: str) -> str:
    """A question without the clause that asks whether a report answers it (…,2025年的报告里说了没), but with the place
    or the year of the report where only that clause names one."""
    simplified = to_simplified(asked)
    clause = _TOLD_THERE.search(simplified)
    if clause is None or _ASKS_WHICH.search(clause[0]):
        return asked
    before = marks.without_quotations(simplified[: clause.start()])
    kind = expected(fold(before)).kind
    if kind not in _ANSWERED_THERE and not _ASKS_WHY.search(before):
        return asked
    place = place_of(clause[0])
    year = next((date for date in dates.find(clause[0]) if date.year), None)
    owner = place if place and not place_of(before) else ""
    dated = clause[0][year.start : year.end] if year and kind != "date" and not dates.find(before) else ""
    owner = to_traditional(owner) if language_of(asked) == "zh-Hant" else owner
    return f"{owner}{dated}{asked[: clause.start()]}"


def with_whole_years(text: str) -> str:
    """A question with its years of two digits written whole, where it names several: 23年比22年多. One alone may be a
    number of years."""
    named = set(_SHORT_YEAR.findall(text))
    odd = any(int(year) % _ROUND for year in named)  # of 10年和20年 both are as often how long
    return _SHORT_YEAR.sub(r"20\1年", text) if len(named) > 1 and odd else text


def figure_question(indicator: str) -> str:
    """The question for an indicator's figure; what is a question already stays as it is."""
    name = indicator.strip().rstrip("?？")
    if re.search(rf"{asking()}|\bhow\b|\bwhat\b", fold(name)):
        return f"{name}?"
    if not _HAN.search(name):
        return f"What is the {name}?"
    told = name.endswith(tuple(table("questions")["indicator"]["figures"]))
    return f"{name}是多少?" if told else f"{name}有多少个?"


def as_it_stands(text: str) -> Question:
    """A question to search for, however it begins: nothing of it is completed or refused as left open.

    Raises UsageError when there is nothing to look for or far too much of it.
    """
    asked = _checked(text)
    return Question(asked, asked, language_of(asked), fold(asked))


def _checked(text: str) -> str:
    asked = " ".join(text.split())
    if len(asked) <= MAX_LENGTH:  # no pattern sees a longer one
        asked = _tidied(asked)
    if not any(unicodedata.category(char)[0] in "LN" for char in asked):
        said = any(unicodedata.category(char)[0] not in "PZ" for char in asked)
        raise _asks_nothing() if said else UsageError("问题为空", "the question is empty")
    if len(asked) > MAX_LENGTH:
        raise UsageError(
            f"问题过长({len(asked)} 字);请控制在 {MAX_LENGTH} 字以内",
            f"the question is too long ({len(asked)} characters); keep it within {MAX_LENGTH}",
        )
    _check_characters(asked)
    return asked


def _asks_nothing() -> UsageError:
    return UsageError("看不出要问什么;请把问题写出来", "this asks nothing; please write out the question")


def _check_characters(text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError("问题不是有效的 UTF-8 文本", "the question is not valid UTF-8 text")


def _tidied(text: str) -> str:
    return _SPACED.sub("", " ".join(text.split()))


def _understood(questions: Sequence[str], regions: Collection[str]) -> str | None:
    """The last of several questions, completed from those before it; in Simplified script."""
    earlier: str | None = None
    for question in map(to_simplified, questions):
        if is_courtesy(question) or is_noise(question):
            continue
        follows = earlier is not None and refers_back(question, regions)
        completed = complete(question, earlier, regions)[0] if earlier and follows else question
        earlier = completed if len(completed) <= MAX_LENGTH else question
    return earlier


def _script_of(text: str) -> QuestionLanguage | None:
    """The script of a text in Han characters; None where both write it alike."""
    language = language_of(text)
    alike = language == "zh-Hans" and to_traditional(text) == text
    return None if alike or language not in ("zh-Hans", "zh-Hant") else language


def fold(text: str) -> str:
    """Script, width and case folded, for comparing; of another length than the text in rare cases."""
    return fold_script(unicodedata.normalize("NFKC", text)).lower()


def language_of(text: str) -> QuestionLanguage:
    """`zh-Hans` or `zh-Hant` where Han characters carry the text, `en` where Latin words do, else `und` (ISO 639-2).

    A text that both scripts write alike counts as Simplified; one with more kana than Han is no Chinese.
    """
    han = len(_HAN.findall(text))
    latin = len(_LATIN.findall(text))
    others = sum(char.isalpha() for char in text) - han - sum(map(len, _LATIN.findall(text)))
    if others > max(han, latin):
        return UNDETERMINED
    if han == 0 or latin > han:
        return "en"
    to_simplify = sum(a != b for a, b in zip(text, to_simplified(text), strict=True))
    if to_simplify == 0:
        return "zh-Hans"
    to_write_out = sum(a != b for a, b in zip(text, to_traditional(text), strict=True))
    return "zh-Hant" if to_simplify > to_write_out else "zh-Hans"

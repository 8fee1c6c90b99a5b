"""A question as somebody may type it: in haste, politely, in the other script, full width, with a slip. Pure."""

from __future__ import annotations

import random
import re

from ingest.language.script import to_simplified, to_traditional

_POLITE = ("请问", "想问一下", "问下", "我想知道", "帮我查一下", "查一下", "麻烦问下，")
_ENDS = ("呀", "啊", "呢", "来着", "？？", "，急", "?", " ")
_SAID = {
    "多少": ("几", "多少"),
    "什么时候": ("啥时候", "几时", "何时"),
    "什么": ("啥",),
    "怎么": ("咋",),
    "哪里": ("哪儿", "什么地方"),
    "是否": ("是不是",),
    "有没有": ("有无", "有没有"),
    "一共": ("总共", "共"),
    "为什么": ("为啥", "为何"),
}
_FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_CHANGED = 0.45  # share of the questions that aren't read as written


def as_typed(question: str, rng: random.Random) -> str:
    """The question changed in one way, or as it is; what is asked stays."""
    if rng.random() > _CHANGED:
        return question
    ways = (_with_slip, _bare) if _LATIN.search(question) else (_with_slip, _bare, _politely, _in_speech, _folded)
    return rng.choice(ways)(question, rng) or question


def _bare(question: str, _: random.Random) -> str:
    return question.rstrip("？?。.！! ")


def _politely(question: str, rng: random.Random) -> str:
    return rng.choice(_POLITE) + question if rng.random() < 0.5 else _bare(question, rng) + rng.choice(_ENDS)


def _in_speech(question: str, rng: random.Random) -> str:
    held = [word for word in _SAID if word in question]
    if not held:
        return _bare(question, rng)
    word = max(held, key=len)
    return question.replace(word, rng.choice(_SAID[word]), 1)


def _folded(question: str, rng: random.Random) -> str:
    """By way of the other script and back, or with its figures in full width."""
    return to_simplified(to_traditional(question)) if rng.random() < 0.5 else question.translate(_FULL_WIDTH)


def _with_slip(question: str, rng: random.Random) -> str:
    """A character that tells nothing of its own lost, doubled or put behind the next; figures stay."""
    places = [at for at in range(1, len(question) - 1) if not question[at : at + 2].isascii()]
    if not places:
        return question
    at = rng.choice(places)
    char, after = question[at], question[at + 1]
    if char.isdigit() or after.isdigit():
        return question
    lost, doubled, swapped = question[at + 1 :], char + question[at:], after + char + question[at + 2 :]
    return question[:at] + rng.choice((lost, doubled, swapped))

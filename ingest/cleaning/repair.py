"""Repair GBK byte slips: text read one byte out of step. Pure: text in, replacements out.

Beside a full-width mark a byte was lost or gained, or the pinyin converter took the second byte of one
character and the first of the next for a character and wrote its `(pinyin)` between them. From there
every pair of bytes is read shifted by one, until a byte below 0x80 realigns them. So the shifted text
is encoded again, read with the byte put back or left out, and compared.

A repair is made only when what comes out is far more plausible Chinese than what stood there
(`ingest.language.vocabulary`), and begins as the mechanism demands: with a full-width mark, or with a character
that has the written reading. A byte that is gone for good is filled in only when one character alone
makes sense there; otherwise U+FFFD marks the place.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.language.marks import ENDS, HAN, PAUSES, SLIPS
from ingest.language.pinyin import ANNOTATION, LETTERS, pronounces, without_annotations
from ingest.language.script import to_simplified
from ingest.language.vocabulary import Lexicon, load_lexicon
from ingest.language.words import table
from ingest.offsets import Replacement

LOST = "\ufffd"

_NO_CODE = "\ue000"  # a private character, without a place in GBK

_MIN_GAIN = 7.0  # natural log: how many times likelier a repair must be than what it replaces
_MAX_ODDS = 0.05  # the second best filling of a lost byte against the best
_MAX_NUMERAL_ODDS = 0.02  # the same for a numeral: no figure is made or lost by a guess
_MARK_CONFIDENCE = 0.9  # a mark with one byte left may have been another one
_FILLED_CONFIDENCE = 0.9  # a lost byte that was filled in is a guess, however good
_MAX_MARK_ODDS = 0.1  # the same for a mark; commas are commoner still than the model thinks
_LOST_COST = 12.0  # natural log: what the mark of a lost character costs against the character
_LONGEST = 400  # characters in one shifted run; longer ones don't occur between two ASCII bytes
_MIN_TRIGGERS = 500  # strange characters looked at in any text
_PROSE = 20  # and one more for so many characters; a text with more isn't prose
_BRACKETED = 12  # characters that a bracket may hold whose closing half was cut
_MAX_ENDS = 3  # places where one run may end before its bytes realign
_LOOK_BACK = 12  # characters from the first strange one back to where a run may begin
_CONTEXT = 6  # characters on each side that a repair is judged with
_READING = 6.0  # natural log: what an annotation that fits the character before it is worth

_MARK_LEADS = (0xA1, 0xA3)  # the first bytes of these in GBK
_BRACKETS = (("（", "）"), ("《", "》"), ("“", "”"), ("「", "」"))
# ASCII marks that may stand for their full-width form, which was folded after the damage.
_FOLDED = {ascii_mark: chr(ord(ascii_mark) + 0xFEE0) for ascii_mark in ",;:?!()"}

_WIDE_FIGURES = frozenset("０１２３４５６７８９％．")
_IN_FIGURE = re.compile(r"[\d％．，]")
_NUMERALS = frozenset(table("numerals")["plain"]["characters"])

_OPENING_ANNOTATION = re.compile(rf"\(([{LETTERS}]{{1,8}})\)")
_SWALLOWED = re.compile(rf"\?([{LETTERS}]{{1,8}})\)")


@dataclass(frozen=True, slots=True)
class _Run:
    """A shifted run: `text[start:end]` reads `head` in step, and then one more character.

    `last` holds what that character can be: nothing when the run realigned without a loss, else every
    character that fits the byte that is left. `lost` stands there when none of them is convincing.
    """

    start: int
    end: int
    head: str
    last: tuple[str, ...] = ()
    lost: str = LOST
    read: bool = False
    """Whether `last` was chosen by a written reading."""


def byte_slips(text: str) -> list[Replacement]:
    """Each shifted run with what it says in step, in order."""
    lexicon = load_lexicon()
    # The letters of an annotation have GBK codes too, but no shifted run reaches into its brackets.
    masked = ANNOTATION.sub(lambda match: _NO_CODE * len(match[0]), text)
    judged: dict[tuple[int, int, str], tuple[float, Replacement]] = {}
    settled = 0  # how far convincing repairs reach; what is strange in them needs no other explanation
    seen: set[tuple[int, int, int]] = set()
    for trigger in itertools.islice(_strange(lexicon).finditer(text), _MIN_TRIGGERS + len(text) // _PROSE):
        if trigger.end() <= settled:
            continue
        for run in _runs(lexicon, masked, trigger, seen):
            verdict = _judge(lexicon, text, run) if run.end > trigger.start() else None
            if verdict:
                judged[verdict[1].start, verdict[1].end, verdict[1].text] = verdict
                settled = max(settled, run.end)
    # Where two readings overlap, the one that gains more is right.
    chosen: list[Replacement] = []
    for _, replacement in sorted(judged.values(), key=lambda verdict: (-verdict[0], verdict[1])):
        at = bisect.bisect(chosen, replacement)
        before, after = chosen[at - 1 : at], chosen[at : at + 1]
        if all(other.end <= replacement.start for other in before) and all(
            replacement.end <= other.start for other in after
        ):
            chosen.insert(at, replacement)
    return chosen


@functools.cache
def _strange(lexicon: Lexicon) -> re.Pattern[str]:
    """What gives a shifted run away: characters no report uses, lone letters between Han, half a `(pinyin)`."""
    rare_han = "".join(chr(code) for code in range(0x4E00, 0xA000) if chr(code) not in lexicon.common)
    symbols = r"\u0391-\u0451\u2160-\u217b\u2460-\u249b\u2500-\u2642\u3021-\u312f"
    rare = rf"\u3400-\u4dbf{rare_han}{symbols}"
    # The character first and what is around it then: a pattern that begins with a set is searched for faster.
    marks = "".join(_FOLDED.values())
    half = rf"(?<=\?)(?:([{LETTERS}]{{1,8}})\)|(?=[{HAN}]))"
    wide = rf"(?<=[\uff01-\uff5e])(?<![{marks}])(?<![\uff10-\uff5a].)(?![\uff10-\uff5a])"
    lone_letter = rf"(?<=[{HAN}{ENDS}{PAUSES}][@-~])(?=[{HAN}(])"
    # A blank between Han, but not one of several with a character between each two: 承　办　单　位 is set wide.
    space = rf"(?<=[{HAN})]\u3000)(?<!\u3000.\u3000)(?=[^\s\u3000])(?!.\u3000)"
    return re.compile(rf"[?\uff01-\uff5e@-~\u3000{rare}](?:(?<=[{rare}])|{lone_letter}|{wide}|{half}|{space})")


def _runs(lexicon: Lexicon, text: str, trigger: re.Match[str], seen: set[tuple[int, int, int]]) -> Iterator[_Run]:
    """Every way to read the surroundings of a strange character in step, each once."""
    if trigger[1]:
        yield from _after_swallowed(lexicon, text, trigger.start(), trigger[1], trigger.end())
    pattern, beginnings = _beginnings()
    for match in pattern.finditer(text, max(0, trigger.start() - _LOOK_BACK), trigger.start() + 1):
        start = match.start()
        for stray, lead in beginnings[match[0]]:
            stand_in = start - 1 if not stray and start and text[start - 1] == "?" else start
            reading = (stand_in, start + stray, lead)
            if reading not in seen:
                seen.add(reading)
                yield from _in_step(lexicon, text, *reading, folded=True)


@functools.cache
def _beginnings() -> tuple[re.Pattern[str], dict[str, tuple[tuple[bool, int], ...]]]:
    """What a shifted run can begin with, and how: (whether the character is a stray byte's, the first byte in step)."""
    ways_of = {}
    for char, (first, *second) in _wide_codes().items():
        ways = [(False, lead) for lead in _MARK_LEADS if _decode(lead, first) in SLIPS]  # a mark's byte was lost
        if first in _MARK_LEADS and second[0] in _MARK_LEADS:  # a stray byte before a mark
            ways.append((True, second[0]))
        if second and ways:
            ways_of[char] = tuple(ways)
    return re.compile(f"[{re.escape(''.join(ways_of))}]"), ways_of


def _after_swallowed(lexicon: Lexicon, text: str, at: int, reading: str, after: int) -> Iterator[_Run]:
    """`X?reading)`: the converter cut between X's second byte and a first byte that swallowed the bracket."""
    before = at
    while before and text[before - 1] == _NO_CODE:  # X's own annotation stands between
        before -= 1
    pair = _codes().get(text[before - 1], b"") if before > 0 else b""
    if len(pair) != 2 or pair[1] < 0x81:
        return
    for lead in range(0x81, 0xFF):
        char = _decode(pair[1], lead)
        if char and pronounces(reading, char):
            yield from _in_step(lexicon, text, at, after, lead, folded=False)


def _in_step(lexicon: Lexicon, text: str, start: int, at: int, lead: int, *, folded: bool) -> Iterator[_Run]:
    """Read on from `at` with `lead` as the first byte of the next character, until the bytes realign.

    `folded`: the first character may be an ASCII mark that stands for its full-width form. So may any
    later one; there both readings are tried.
    """
    characters, usual = _characters(), _usual(lexicon)
    codes, wide_codes = _codes(), _wide_codes()
    head = ""
    rare = ends = 0
    while len(head) < _LONGEST:
        char = text[at : at + 1]
        closing = _open_bracket(head) if head and lead in _MARK_LEADS and len(head) <= _BRACKETED else ""
        if closing and codes[closing][0] == lead:  # only the mark's second byte was lost: in step again
            yield _Run(start, at, head, (closing,))
        if char == "?":
            yield _with_gap(text, start, at, lead, head)
            if head or not folded:
                return
        elif head and char in _FOLDED and ends < _MAX_ENDS:
            ends += 1
            if fitting := _fillings(lead):
                yield _Run(start, at, head, fitting)
        code = (wide_codes if head or folded else codes).get(char, b"")
        joined = characters.get((lead, code[0]), "") if code else ""
        if not joined:
            if char not in _FOLDED and len(code) < 2 and (fitting := _fillings(lead)):
                yield _Run(start, at, head, fitting)
            return
        head += joined
        at += 1
        rare += joined not in usual
        if rare * 3 > len(head) + 3:  # no Chinese comes of this
            return
        if len(code) == 1:
            yield _Run(start, at, head)
            return
        if code[1] < 0x80:
            yield _Run(start, at, head + chr(code[1]))
            return
        lead = code[1]


@functools.cache
def _usual(lexicon: Lexicon) -> frozenset[str]:
    """The characters that can be what a report says."""
    return lexicon.common | SLIPS


def _open_bracket(text: str) -> str:
    """The mark that would close the last bracket left open, or nothing."""
    for opening, closing in _BRACKETS:
        if text.rfind(opening) > text.rfind(closing):
            return closing
    return ""


def _with_gap(text: str, start: int, at: int, lead: int, head: str) -> _Run:
    """A run whose last byte became `?`, alone or together with the bracket of an annotation."""
    if swallowed := _SWALLOWED.match(text, at):
        fitting = tuple(char for char in _fillings(lead) if pronounces(swallowed[1], char))
        return _Run(start, swallowed.end(), head, fitting, f"{LOST}({swallowed[1]})", read=True)
    following = _codes().get(text[at + 1 : at + 2], b"")[:1]
    return _Run(start, at + 1, head, _cut_fillings(lead, following))


@functools.lru_cache(maxsize=65536)
def _cut_fillings(lead: int, following: bytes) -> tuple[str, ...]:
    """Of these, those whose second byte became `?` because it makes no character with the byte that follows."""
    pairs = ((_codes()[char][1], char) for char in _fillings(lead))
    return tuple(char for second, char in pairs if second >= 0x80 and not (following and _decode(second, following[0])))


@functools.lru_cache(maxsize=256)
def _fillings(lead: int) -> tuple[str, ...]:
    """The characters that begin with this byte."""
    return tuple(char for second in range(0x40, 0xFF) if (char := _decode(lead, second)))


def _judge(lexicon: Lexicon, text: str, run: _Run) -> tuple[float, Replacement] | None:
    """The gain of a run's best reading over what stands there, if it is convincing."""
    if run.start and _strange(lexicon).match(text, run.start - 1):
        return None  # the slip began before this run
    if text[run.start] in _WIDE_FIGURES and _IN_FIGURE.match(text, max(0, run.start - 1)):
        return None  # a figure written wide
    left = _plain(text[max(0, run.start - 4 * _CONTEXT) : run.start])[-_CONTEXT:]
    right_raw = text[run.end : run.end + 4 * _CONTEXT]
    right = _plain(right_raw)[:_CONTEXT]
    following = _OPENING_ANNOTATION.match(right_raw)

    def read(piece: str) -> float:
        """What the annotation behind the run says for its last character."""
        if not following or not piece:
            return 0.0
        return _READING if pronounces(following[1], piece[-1]) else -_READING

    def score(piece: str) -> float:
        return lexicon.plausibility(left + _plain(piece) + right) + read(piece)

    needed = score(text[run.start : run.end]) + _MIN_GAIN
    reading, confidence = run.head, 1.0
    if run.last:
        if score(run.head + LOST) < needed - _LOST_COST:
            return None
        before = _plain(left + run.head)[-_CONTEXT:]
        values = lexicon.fillings(before, [_plain(char) for char in run.last], right)
        ranked = sorted(
            ((value + read(char), char) for value, char in zip(values, run.last, strict=True)), reverse=True
        )
        filling, confidence = _filling(lexicon, ranked, before, right, read=run.read)
        reading += filling or run.lost
    elif not run.head:
        return None
    if reading[0] == "！":
        # A mark of which only A1 is left is read so, and 。 or 、 is what was there far more often.
        reading = "。" + reading[1:]
    if text[run.start] not in SLIPS and reading[0] in SLIPS:
        confidence = min(confidence, _MARK_CONFIDENCE)
    value = score(reading)
    if value < needed:
        return None
    return value - needed, Replacement(run.start, run.end, reading, confidence)


def _filling(
    lexicon: Lexicon, ranked: list[tuple[float, str]], before: str, after: str, *, read: bool
) -> tuple[str, float]:
    """The one character that fits between, or nothing, and how sure that is.

    `ranked` holds (plausibility, character), best first; `read`: they fit a written reading.
    """
    (top, best), others = ranked[0], ranked[1:]
    odds = math.exp(others[0][0] - top) if others else 0.0
    if best in SLIPS:
        convincing = odds <= _MAX_MARK_ODDS
    else:
        numeral = next((value for value, char in others if char in _NUMERALS), -math.inf)
        clear = odds <= _MAX_ODDS and math.exp(numeral - top) <= _MAX_NUMERAL_ODDS
        convincing = clear and (read or _in_word(lexicon, before, best, after))
    return (best, min(round(1 / (1 + odds), 3), _FILLED_CONFIDENCE)) if convincing else ("", 0.5)


def _in_word(lexicon: Lexicon, left: str, char: str, right: str) -> bool:
    """Whether the character makes a word of two or more characters with its neighbours."""
    around = left[-3:] + to_simplified(char) + right[:3]
    at = len(left[-3:])
    return any(
        around[a:b] in lexicon.words for a in range(at + 1) for b in range(at + 1, len(around) + 1) if 2 <= b - a <= 4
    )


@functools.lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return to_simplified(without_annotations(text))


@functools.cache
def _characters() -> dict[tuple[int, int], str]:
    """The character of each two bytes that are one in GBK."""
    pairs = itertools.product(range(0x81, 0xFF), range(0x40, 0xFF))
    decoded = {pair: bytes(pair).decode("gbk", "ignore") for pair in pairs}
    return {pair: char for pair, char in decoded.items() if len(char) == 1 and not char.isascii()}


@functools.cache
def _codes() -> dict[str, bytes]:
    """The bytes in GBK of each character that has any: two, one for ASCII."""
    codes = {char: char.encode("ascii") for char in map(chr, range(0x80))}
    return codes | {char: bytes(pair) for pair, char in _characters().items()}


@functools.cache
def _wide_codes() -> dict[str, bytes]:
    """The same, with the bytes of its full-width form for an ASCII mark."""
    return _codes() | {mark: _codes()[wide] for mark, wide in _FOLDED.items()}


def _decode(first: int, second: int) -> str:
    """The character of two GBK bytes, or nothing."""
    return _characters().get((first, second), "")

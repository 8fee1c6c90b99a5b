"""Pages of a file that gave no text: read as pictures where that can be done, and told where it can't.

Guarantees: what the other pages say stays, whatever happens to one that is recognised; a page without its text is
listed with the reason.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from config.errors import Message, ReportError
from ingest.formats import extra
from ingest.formats.kinds import PICTURE
from ingest.formats.parsing import extract
from ingest.language import marks
from ingest.records import Dropped

# Why a page gave no text: it was scanned, or its fonts don't say what they show, and the extra that recognises it isn't
# there; or it is there and didn't manage in the time that it has, or at all.
LACKING = frozenset({"scanned", "unreadable"})
UNRECOGNISED = "unrecognised"
UNREAD = LACKING | {UNRECOGNISED}

_MORE = 1.2  # times its own text that a page has to say as a picture to be read as one
_TOGETHER = 4  # pages that are recognised by one process, and are lost together when the time is over
_LONGEST = 20.0  # seconds that pages recognised together may take at least, if there are as many
_FULL = 20  # characters of a line from which on it may go on
Spans = list[tuple[str, int, int]]


def with_pictures(
    text: str, dropped: Iterable[Dropped], data: bytes, seconds: float, *, unsaid: bool = False
) -> tuple[str, Spans, list[Any]]:
    """The text with what recognition says, within `seconds`, of pages that gave none, or little over a scan.

    With it come its spans that aren't the report's, each (reason, start, end), and the recognised lines, as
    `recognition.read` gives them. `dropped` are the spans of `text`, whose pages form feeds part; `unsaid`: what text
    there is stands over scans. Raises NeedsRecognition where no page has text and the extra isn't there, ReportError
    where it is and none could be recognised.
    """
    dropped = list(dropped)
    faults = {text.count("\f", 0, span.raw_start): span.reason for span in dropped if span.reason in LACKING}
    unsaid = unsaid or not text.strip()
    if faults and unsaid and not extra.available():
        raise extra.needed(drawn="unreadable" not in faults.values())
    if not faults or not extra.available():
        return text, [(span.reason, span.raw_start, span.raw_end) for span in dropped], []
    seen, error = _recognised(data, faults, seconds)
    if error is not None and not seen and unsaid:
        raise error
    pages = text.split("\f")
    fuller = {number: page for number, page in seen.items() if _says_more(page, pages[number])}
    return _joined(text, dropped, fuller, faults.keys() - seen.keys())


def _says_more(page: Mapping[str, Any], own: str) -> bool:
    """Whether a page says more as a picture than in its own characters, which are the surer ones."""
    return len("".join(page["text"].split())) > _MORE * len("".join(own.split()))


def _recognised(
    data: bytes, numbers: Iterable[int], seconds: float
) -> tuple[dict[int, Mapping[str, Any]], ReportError | None]:
    """What was recognised on each page that could be, and why another couldn't.

    A few pages share a process, whose start costs a fifth of a page; where that fails those that it didn't come to have
    one of their own each. One that takes for ever leaves half of the time to the others.
    """
    seen: dict[int, Mapping[str, Any]] = {}
    error: ReportError | None = None
    deadline = time.monotonic() + seconds
    waiting = [tuple(batch) for batch in _batches(numbers)]
    while waiting:
        batch = waiting.pop(0)
        left = deadline - time.monotonic()
        share = left if len(batch) == 1 and not waiting else min(left, max(left / 2, _LONGEST))
        pages: list[Mapping[str, Any]] = []
        try:
            read = extract(PICTURE, data, share, ",".join(map(str, batch)))
            pages = read["pages"]
            error = ReportError(*read["error"]) if "error" in read else error
        except ReportError as exc:
            error = exc
        seen |= dict(zip(batch, pages, strict=False))
        waiting[:0] = [(number,) for number in batch[len(pages) :] if len(batch) > 1]
        if waiting and time.monotonic() >= deadline:
            return seen, ReportError(
                f"识别超过 {seconds:.0f} 秒;可调整 WENBAO_RECOGNITION_SECONDS",
                f"recognising it took longer than {seconds:.0f} s; see WENBAO_RECOGNITION_SECONDS",
            )
    return seen, error


def _batches(numbers: Iterable[int]) -> Iterable[list[int]]:
    left = list(numbers)
    return (left[at : at + _TOGETHER] for at in range(0, len(left), _TOGETHER))


def _joined(
    text: str, dropped: Iterable[Dropped], seen: Mapping[int, Mapping[str, Any]], lost: Iterable[int]
) -> tuple[str, Spans, list[Any]]:
    """The pages one behind another, those that were seen with what was seen; every place moved with its page."""
    whole = ""
    spans: Spans = []
    lines: list[Any] = []
    shifts: list[int] = []  # of each page: how far its own text has moved
    before = 0
    lost = set(lost)
    for number, own in enumerate(text.split("\f")):
        at = len(whole) + bool(number)
        shifts.append(at - before)
        before += len(own) + 1
        page = seen.get(number, {"text": "", "recognised": (), "dropped": ()})
        lines += [(at + start, at + end, score, place) for start, end, score, place in page["recognised"]]
        spans += [(reason, at + start, at + end) for reason, start, end in page["dropped"]]
        spans += [(UNRECOGNISED, at, at)] if number in lost else []
        whole += ("\f" if number else "") + (_ended(page["text"]) or own)
    for span in dropped:
        number = text.count("\f", 0, span.raw_start)
        shift = shifts[number]
        if span.reason not in LACKING and number not in seen:
            spans.append((span.reason, span.raw_start + shift, span.raw_end + shift))
    return whole, sorted(spans, key=lambda span: span[1]), lines


def _ended(page: str) -> str:
    """A page that was recognised, with a line break unless its last line may go on behind it."""
    last = page.rpartition("\n")[2]
    goes_on = "\t" not in last and len(last) >= _FULL and not marks.finished(last)
    return page if goes_on or not last else page + "\n"


def worth_another_try(reasons: Mapping[str, int], *, asked_for: bool) -> bool:
    """Whether a report of which some pages gave no text, counted by reason, may be read whole now.

    Where the extra failed it is tried once more only when the report is `asked_for` by its name: it would fail again in
    every ingest, and take its time.
    """
    return extra.available() and (needs(reasons) is not None or (asked_for and bool(reasons.get(UNRECOGNISED))))


def pages(text: str, dropped: Iterable[Dropped]) -> list[int]:
    """The pages of a text that gave none, from 1."""
    return [text.count("\f", 0, span.raw_start) + 1 for span in dropped if span.reason in UNREAD]


def told(reasons: Mapping[str, int], pages: Iterable[int] = ()) -> Message | None:
    """What is said of a report of which some pages gave no text: how many by reason, and which, from 1, where known.

    None where there are none.
    """
    lacking, lost = (sum(reasons.get(reason, 0) for reason in group) for group in (LACKING, (UNRECOGNISED,)))
    if not lacking and not lost:
        return None
    numbers = ", ".join(map(str, pages))
    zh = f"第 {numbers} 页" if numbers else f"有 {lacking + lost} 页"
    en = f"page {numbers}" if numbers else f"{lacking + lost} of its pages"
    if lacking:
        return Message(
            f"{zh}是图像,没有读出文字,其余已收入;文字识别:{extra.command()}",
            f"{en} gave no text, being a picture; the rest is indexed; to recognise it: {extra.command()}",
        )
    return Message(
        f"{zh}没有识别出来(超时或出错),其余已收入;可调大 WENBAO_RECOGNITION_SECONDS 后对这个文件再运行 wenbao ingest",
        f"{en} could not be recognised (out of time, or an error); the rest is indexed; raise "
        "WENBAO_RECOGNITION_SECONDS and run `wenbao ingest` with this file",
    )


def needs(reasons: Mapping[str, int]) -> Literal["ocr"] | None:
    """The extra that would read pages of such a report."""
    return "ocr" if any(reasons.get(reason) for reason in LACKING) else None

"""What is said beside an answer, once for every way of showing it; as it stands inside a line, without a full stop."""

from __future__ import annotations

from config.errors import Language, Message

UNDERSTOOD = Message("理解为", "understood as")
NOT_FOUND = Message("没有找到答案", "no answer found")
LIKELY = Message("可能的答案,请核对", "a likely answer, please check")
NEAREST = Message("最接近的内容", "what came closest")
PAGE = Message("第{}页", "page {}")
RECOGNISED = Message("识别", "recognised")
UNCLEAR = Message("识别不够清楚,请核对原件", "not recognised clearly, please check the original")
GONE = Message("这份报告已不在索引里", "this report is no longer in the index")
CHANGED = Message("这份报告在回答之后改过,请重新提问", "this report has changed since the answer; please ask again")


def heading(label: str) -> str:
    """A label that begins a line or a message of its own."""
    return label[:1].upper() + label[1:]


def sentence(message: Message, language: Language) -> str:
    """A message that stands alone, with its full stop."""
    return heading(message.text(language)) + ("。" if language == "zh" else ".")

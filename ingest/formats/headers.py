"""What stands above and below the pages of a document that says so: furniture, unless it tells a fact. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.formats.blocks import Block, LeftOut

_PAGE_NUMBER = re.compile(
    r"[-—–·•~～\s]*+(?:第|[Pp]age)?+\s*+\d{0,4}+\s*+页?+\s*+(?:[,，/／]|of)?+\s*+共?+\s*+\d{0,4}+\s*+页?+[-—–·•~～\s]*+"
)
# A number of a document, a day, a label with its value.
_FACT = re.compile(r"[0-9０-９]|[:：]\s*\S")


def around(blocks: Iterable[Block], heads: Iterable[str], feet: Iterable[str]) -> list[Block]:
    """The report with its pages' headers and footers: a header that tells a fact which the report doesn't, once behind

    it, so that it isn't taken for its title; all others left out. Each may be several lines.
    """
    body = list(blocks)
    report = "".join("".join(block.split()) for block in body if isinstance(block, str))
    facts: list[Block] = []
    after: list[Block] = []
    for text in dict.fromkeys(filter(None, (_without_numbers(head) for head in heads))):
        if _FACT.search(text) and "".join(text.split()) not in report:
            facts += text.split("\n")
        else:
            after.append(LeftOut("page", text))
    after += [LeftOut("page", text) for text in dict.fromkeys(foot.strip() for foot in feet) if text]
    return [*body, *facts, *after]


def _without_numbers(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip() and not _PAGE_NUMBER.fullmatch(line))

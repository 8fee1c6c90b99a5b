"""Answers, hits and lists as plain text and as Markdown: for pipes, minutes and pasting. Pure.

How they look on a terminal is in rag.show.terminal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from config.errors import Language, Message
from ingest.cleaning.anomalies import Anomaly
from ingest.index.catalog import ReportEntry
from ingest.language.script import to_simplified
from rag.answers.compose import title_of
from rag.records import Answer, Citation, Passage

LABELS = {
    "not_found": Message("没有找到答案", "no answer found"),
    "nearest": Message("最接近的内容", "what came closest"),
    "understood": Message("理解为", "understood as"),
}
_PAGE = Message("第{}页", "page {}")
_ANOMALIES = {
    "lost": Message("缺字 {}", "{} lost characters"),
    "anonymised": Message("隐去 {}", "{} anonymised"),
    "repaired": Message("乱码修复 {}", "{} repairs"),
    "pinyin": Message("去注音 {}", "{} annotations removed"),
    "dropped": Message("略去 {}", "{} spans left out"),
}
# What Markdown would read as its own: marks anywhere, and what makes a block of a line's beginning.
_MARKS = re.compile(r"[\\`*_<\[\]]")
_BLOCK = re.compile(r"^(\s*)([#>+=|~-]|\d+[.)])", re.MULTILINE)


def answer_text(answer: Answer, language: Language) -> str:
    """The short answer first, then the quoted sentence, then the sources."""
    lines: list[str] = []
    if answer.interpreted != answer.question:
        lines += [f"{LABELS['understood'].text(language)}: {answer.interpreted}", ""]
    if answer.status == "not_found":
        lines.append(f"{LABELS['not_found'].text(language)}: {answer.reason}")
        if answer.nearest:
            lines += ["", f"{LABELS['nearest'].text(language)}:"]
            lines += [f"  {citation.quote}\n    {source_line(citation, language)}" for citation in answer.nearest]
        return "\n".join(lines)
    if answer.short_answer:
        lines += [answer.short_answer, ""]
    lines += [answer.answer, ""]
    for citation in answer.citations:
        lines.append(f"[{citation.n}] {source_line(citation, language)}")
        if not told(citation, answer):
            lines.append(f"    {citation.quote}")
    return "\n".join(lines)


def answer_markdown(answer: Answer, language: Language) -> str:
    """The same as Markdown: short answer bold, quotes as block quotes, each followed by its source."""
    parts: list[str] = []
    if answer.interpreted != answer.question:
        parts.append(f"*{LABELS['understood'].text(language)}: {_escaped(answer.interpreted)}*")
    if answer.status == "not_found":
        parts.append(f"**{LABELS['not_found'].text(language)}**: {_escaped(answer.reason or '')}")
        if answer.nearest:
            parts.append(f"{LABELS['nearest'].text(language)}:")
    else:
        if answer.short_answer:
            parts.append(f"**{_escaped(answer.short_answer)}**")
        if not (len(answer.citations) == 1 and told(answer.citations[0], answer)):
            parts.append(_escaped(answer.answer))
    parts += [
        f"{_quoted(citation.quote)}\n>\n> {_source_markdown(citation, language)}"
        for citation in answer.citations or answer.nearest
    ]
    return "\n\n".join(parts)


def told(citation: Citation, answer: Answer) -> bool:
    """Whether an answer's own words are this citation's quote, which then needn't stand below again."""
    return to_simplified(citation.quote) in to_simplified(re.sub(r"［(\d+)］", r"[\1]", answer.answer))


def hits_text(passages: Sequence[Passage]) -> str:
    """Search results, best first."""
    parts = []
    for n, passage in enumerate(passages, 1):
        chunk = passage.chunk
        parts.append(
            f"{n}. {chunk.source} {chunk.start}-{chunk.end}  {passage.score:.3f}  {passage.title}\n{chunk.text}\n"
        )
    return "\n".join(parts)


def entries_text(entries: Sequence[ReportEntry], language: Language) -> str:
    """One line a report, its fields parted by tabs: source, title, date, publisher, length, chunks, warnings."""
    lines = []
    for entry in entries:
        fields = (
            *(entry.source, title_of(entry.title, entry.source), entry.date or "", entry.publisher or ""),
            *(str(entry.length), str(entry.chunks), warnings(entry.anomalies, language)),
        )
        lines.append("\t".join(" ".join(field.split()) for field in fields))
    return "\n".join(lines)


def warnings(anomalies: Sequence[Anomaly], language: Language) -> str:
    """What a report suffers from, as one line; empty where it is sound."""
    return " · ".join(_ANOMALIES[found.kind].text(language).format(found.count) for found in anomalies)


def source_line(citation: Citation, language: Language) -> str:
    """Where a quote is from: title, date, page, file and the characters of the file as delivered."""
    parts = (citation.title, citation.date, place_line(citation, language))
    return " · ".join(part for part in parts if part)


def place_line(citation: Citation, language: Language) -> str:
    """The page, the file and the characters of the file as delivered."""
    page = f"{_PAGE.text(language).format(citation.page)} · " if citation.page else ""
    return f"{page}{citation.source} {citation.raw_start}-{citation.raw_end}"


def _source_markdown(citation: Citation, language: Language) -> str:
    page = _PAGE.text(language).format(citation.page) if citation.page else None
    where = f"`{citation.source.replace('`', '')}` {citation.raw_start}-{citation.raw_end}"
    parts = [f"《{_escaped(citation.title)}》", citation.date, page, where]
    return f"— [{citation.n}] " + " · ".join(part for part in parts if part)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _escaped(text).split("\n"))


def _escaped(text: str) -> str:
    plain = re.sub(r"\\\[(\d+)\\\]", r"[\1]", _MARKS.sub(r"\\\g<0>", text))  # [1] alone is no link
    return _BLOCK.sub(lambda match: match[1] + match[2][:-1] + "\\" + match[2][-1], plain)

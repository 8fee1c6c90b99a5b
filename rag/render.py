"""Answers as text for a terminal. Pure; plain where the output isn't one."""

from __future__ import annotations

from config.errors import Language, Message
from rag.records import Answer, Citation, Passage

_LABELS = {
    "not_found": Message("没有找到答案", "no answer found"),
    "nearest": Message("最接近的内容", "what came closest"),
    "understood": Message("理解为", "understood as"),
}


def answer_text(answer: Answer, language: Language) -> str:
    """The short answer first, then the quoted sentence, then the sources."""
    lines: list[str] = []
    if answer.interpreted != answer.question:
        lines += [f"{_LABELS['understood'].text(language)}: {answer.interpreted}", ""]
    if answer.status == "not_found":
        lines.append(f"{_LABELS['not_found'].text(language)}: {answer.reason}")
        if answer.nearest:
            lines += ["", f"{_LABELS['nearest'].text(language)}:"]
            lines += [f"  {citation.quote}\n    {_source(citation)}" for citation in answer.nearest]
        return "\n".join(lines)
    if answer.short_answer:
        lines += [answer.short_answer, ""]
    lines += [answer.answer, ""]
    lines += [f"[{citation.n}] {_source(citation)}" for citation in answer.citations]
    return "\n".join(lines)


def hits_text(passages: list[Passage]) -> str:
    """Search results, best first."""
    parts = []
    for n, passage in enumerate(passages, 1):
        chunk = passage.chunk
        parts.append(
            f"{n}. {chunk.source} {chunk.start}-{chunk.end}  {passage.score:.3f}  {passage.title}\n{chunk.text}\n"
        )
    return "\n".join(parts)


def _source(citation: Citation) -> str:
    parts = [citation.title, citation.date, f"{citation.source} {citation.raw_start}-{citation.raw_end}"]
    return " · ".join(part for part in parts if part)

"""Answers, hits and lists as plain text and as Markdown: for pipes, minutes and pasting. Pure.

How they look on a terminal is in rag.show.terminal.
"""

from __future__ import annotations

from collections.abc import Sequence

from config.errors import Language, Message
from config.shown import code, markdown, sentence
from ingest.cleaning.anomalies import Anomaly, Reading
from ingest.index.catalog import ReportEntry
from rag.answers.citing import title_of
from rag.answers.table import Table
from rag.records import Answer, Passage
from rag.show.blocks import (
    Block,
    Cited,
    Grid,
    Headline,
    Nearest,
    NearestHeading,
    Note,
    Refusal,
    Source,
    Statement,
    Title,
    Understood,
    Unsure,
    blocks,
    joined,
)
from rag.show.labels import heading
from rag.show.tables import grid_lines, table_blocks

_ANOMALIES = {
    "lost": Message("缺字 {}", "{} lost characters"),
    "anonymised": Message("隐去 {}", "{} anonymised"),
    "repaired": Message("乱码修复 {}", "{} repairs"),
    "pinyin": Message("去注音 {}", "{} annotations removed"),
    "dropped": Message("略去 {}", "{} spans left out"),
    "unread": Message("未读出 {} 页", "{} pages not read"),
}
_TEXT, _ROWS = Message("文字 {} 行", "{} lines of text"), Message("表格 {} 行", "{} table rows")
_SEEN = Message("识别 {} 行,平均把握 {:.0%}", "{} lines recognised, mean confidence {:.0%}")
_LEFT_OUT = {
    "hidden": Message("隐藏 {}", "{} hidden"),
    "deleted": Message("删除 {}", "{} deleted"),
    "comment": Message("批注 {}", "{} comments"),
    "attachment": Message("附件 {}", "{} attachments"),
    "uncomputed": Message("没有算出的公式 {}", "{} formulas without values"),
    "annotation": Message("注音 {}", "{} annotations"),
    "picture": Message("图片 {}", "{} pictures"),
    "embedded": Message("嵌入的文件 {}", "{} embedded files"),
}
_WITHOUT = Message("未收入:{}", "not included: {}")


def answer_text(answer: Answer, language: Language) -> str:
    """The short answer first, then the quoted sentence, then the sources."""
    return "\n".join(line for block in blocks(answer, language) for line in _plain(block))


def answer_markdown(answer: Answer, language: Language) -> str:
    """The same as Markdown: short answer bold, quotes as block quotes, each followed by its source."""
    return "\n\n".join(part for block in blocks(answer, language) for part in _markdown(block))


def table_text(table: Table, language: Language) -> str:
    """The table in aligned columns, what is said of it, then the sources."""
    return "\n".join(line for block in table_blocks(table, language) for line in _plain(block))


def table_markdown(table: Table, language: Language) -> str:
    """The same as Markdown."""
    return "\n\n".join(part for block in table_blocks(table, language) for part in _markdown(block))


def hits_text(passages: Sequence[Passage]) -> str:
    """Search results, best first."""
    items = []
    for n, passage in enumerate(passages, 1):
        chunk = passage.chunk
        items.append(
            f"{n}. {chunk.source} {chunk.start}-{chunk.end}  {passage.score:.3f}  {passage.title}\n{chunk.text}\n"
        )
    return "\n".join(items)


def entries_text(entries: Sequence[ReportEntry], language: Language) -> str:
    """One line a report, its fields parted by tabs: source, title, date, publisher, length, chunks, warnings, and

    how it was read.
    """
    lines = []
    for entry in entries:
        fields = (
            *(entry.source, title_of(entry.title, entry.source), entry.date or "", entry.publisher or ""),
            *(str(entry.length), str(entry.chunks), warnings(entry.anomalies, language)),
            read_as(entry.reading, language),
        )
        lines.append("\t".join(sentence(field) for field in fields))
    return "\n".join(lines)


def read_as(reading: Reading, language: Language) -> str:
    """How a report was read, and what its file holds that isn't in it, as one line."""
    counted = ((_TEXT, reading.lines), (_ROWS, reading.rows))
    counts = [message.text(language).format(count) for message, count in counted if count]
    if reading.confidence is not None:
        counts.append(_SEEN.text(language).format(reading.recognised, reading.confidence))
    left_out = [_LEFT_OUT[reason].text(language).format(n) for reason, n in reading.left_out if reason in _LEFT_OUT]
    if left_out:
        counts.append(_WITHOUT.text(language).format("、".join(left_out) if language == "zh" else ", ".join(left_out)))
    return " · ".join(counts)


def warnings(anomalies: Sequence[Anomaly], language: Language) -> str:
    """What a report suffers from, as one line; empty where it is sound. Recognised lines are told in `read_as`."""
    listed = [anomaly for anomaly in anomalies if anomaly.kind != "recognised"]
    return " · ".join(_ANOMALIES[anomaly.kind].text(language).format(anomaly.count) for anomaly in listed)


def _plain(block: Block) -> tuple[str, ...]:
    """The lines of a block."""
    match block:
        case Understood(label, text):
            return f"{label}: {text}", ""
        case Unsure(label):
            return f"{heading(label)}:", ""
        case Headline(text):
            return text, ""
        case Statement():
            return block.text, ""
        case Cited(source, _, told):
            return f"[{source.n}] {source.line}", *(() if told else (f"    {block.text}",))
        case Refusal(label, reason):
            return (f"{label}: {reason}",)
        case NearestHeading(label):
            return "", f"{label}:"
        case Nearest(source, text):
            return f"  {text} [{source.n}]", f"    {source.line}"
        case Title(text):
            return text, ""
        case Grid():
            return *grid_lines(block), ""
        case Note(text):
            return text, ""


def _markdown(block: Block) -> tuple[str, ...]:
    """The paragraphs of a block; every quote is one, so of a statement that is one what leads to it is left."""
    match block:
        case Understood(label, text):
            return (f"*{label}: {markdown(text)}*",)
        case Unsure(label):
            return (f"*{heading(label)}:*",)
        case Headline(text):
            return (f"**{markdown(text)}**",)
        case Statement():
            said = block.lead if block.is_quote else block.text
            return (markdown(said),) if said else ()
        case Cited() | Nearest():
            return (f"{_quoted(block.text)}\n>\n> {_source_markdown(block.source)}",)
        case Refusal(label, reason):
            return (f"**{label}**: {markdown(reason)}",)
        case NearestHeading(label):
            return (f"{label}:",)
        case Title(text):
            return (f"**{markdown(text)}**",)
        case Grid():
            return (_grid_markdown(block),)
        case Note(text):
            return (markdown(text),)


def _grid_markdown(grid: Grid) -> str:
    rows = [
        grid.heads,
        ("---",) * 3,
        *((_celled(row.key), _celled(row.told), _celled(row.remark)) for row in grid.rows),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _celled(text: str) -> str:
    return markdown(" ".join(text.split()))


def _source_markdown(source: Source) -> str:
    where = f"{code(source.file)} {source.start}-{source.end}"
    return f"— [{source.n}] {joined(f'《{markdown(source.title)}》', source.date, source.page, where, source.doubt)}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in markdown(text).split("\n"))

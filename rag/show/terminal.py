"""What answers, passages and lists of reports look like on a terminal. The only module of rag that knows rich.

Paragraphs are never cut into lines here: the terminal wraps them, so that they reflow when its width changes
and paste as one line. Nothing that stands in a report can steer the terminal.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from config import shown
from config.errors import Language, Message
from ingest import console
from ingest.index.catalog import ReportEntry
from ingest.records import CleanReport
from rag.answers.citing import title_of
from rag.answers.table import Table as Tabulated
from rag.records import Answer, Citation, Passage
from rag.show.blocks import (
    Block,
    Cited,
    Grid,
    Headline,
    Nearest,
    NearestHeading,
    Note,
    Refusal,
    Run,
    Source,
    Statement,
    Tabular,
    Title,
    Understood,
    Unsure,
    blocks,
    source_of,
)
from rag.show.render import answer_text, entries_text, hits_text, read_as, table_text, warnings
from rag.show.tables import table_blocks

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_SHORT = "bold reverse"
_MARKED = "bold yellow"
_QUOTE = "bold underline"
_MARKER = "cyan"
_RUNS = {"plain": "", "short": _MARKED, "marker": _MARKER}
_DIM = "dim"
_UNSURE = "bold yellow"
_WIDE = 100  # columns from which on a table of seven columns can be read
_AROUND = 240  # characters shown on either side of a quote
_DOWN = Message("报告", "report"), Message("日期", "date"), Message("发布者", "publisher")
_ACROSS = Message("字数", "characters"), Message("片段", "chunks"), Message("提示", "remarks")
LOADING = Message("正在载入索引和模型…", "loading index and model …")
_TOTAL = Message("{} 份报告,{} 个片段", "{} reports, {} chunks")
_CHARACTERS = Message("{} 字", "{} characters")
_CHUNKS = Message("{} 个片段", "{} chunks")
_PLACE = Message("第 {}-{} 字,共 {} 字", "characters {}-{} of {}")
_CLEANED = Message("清理后的正文", "as cleaned")
_DELIVERED = Message("送来的原文", "as delivered")


class Screen:
    """A terminal, or plain text where the output is none (a pipe, a file, a dumb terminal) or `plain` is asked for."""

    def __init__(self, language: Language, *, plain: bool = False, console: Console | None = None) -> None:
        self.language = language
        self._console = console
        self.plain = plain
        if console is None and not plain:
            self.plain = not sys.stdout.isatty() or _is_dumb()

    @property
    def console(self) -> Console:
        if self._console is None:
            from rich.console import Console

            self._console = Console(highlight=False, markup=False, emoji=False)
        return self._console

    def answer(self, answer: Answer) -> None:
        if self.plain:
            self._text(answer_text(answer, self.language))
        else:
            self._show(answer_paragraphs(answer, self.language))

    def table(self, table: Tabulated) -> None:
        if self.plain:
            self._text(table_text(table, self.language))
        else:
            self._show(part for block in table_blocks(table, self.language) for part in _painted(block))

    def hits(self, passages: Sequence[Passage]) -> None:
        if self.plain:
            self._text(hits_text(passages))
        else:
            self._show(hit_blocks(passages))

    def entries(self, entries: Sequence[ReportEntry]) -> None:
        if self.plain:
            self._text(entries_text(entries, self.language))
        else:
            self._show(entry_blocks(entries, self.language, self.console.width))

    def citation(self, citation: Citation, report: CleanReport, *, raw: bool) -> None:
        """A quote in its surroundings, in the cleaned or in the delivered text."""
        self._show(citation_blocks(citation, report, self.language, raw=raw, apart=self.plain))

    def report(self, report: CleanReport, entry: ReportEntry, *, raw: bool) -> None:
        """A whole report, page by page on a terminal; verbatim in a pipe."""
        if self.plain:
            console.say_verbatim(report.raw if raw else report.text)
            return
        from rich.text import Text

        os.environ.setdefault("LESS", "-RFX")  # colours; no paging of what fits; the text stays on the screen
        os.environ.setdefault("LESSCHARSET", "utf-8")
        with self.console.pager(styles=not self.console.no_color):
            for block in [*_paragraph(entry, self.language), Text()]:
                self.console.print(block, soft_wrap=True)
            self.console.print(Text(shown.lines(report.raw if raw else report.text)), soft_wrap=True)

    def say(self, line: str, style: str = "") -> None:
        """One line of wenbao's own."""
        from rich.text import Text

        if self.plain:
            self._text(line)
        else:  # Chinese may be broken anywhere
            self.console.print(Text(shown.lines(line), style), soft_wrap=self.language == "zh")

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names and what they mean, in two columns."""
        if self.plain:
            self._text("\n".join(f"  {name}  {meaning}" for name, meaning in rows))
            return
        from rich.table import Table

        table = Table.grid(padding=(0, 2), pad_edge=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, meaning in rows:
            table.add_row(name, meaning)
        self._show([table])

    def working(self, text: str) -> AbstractContextManager[object]:
        """A sign of life while something takes longer, gone when it is done."""
        return self.console.status(text, spinner="dots")

    def loading(self) -> AbstractContextManager[object]:
        """A sign of life while index and model are loaded, where somebody looks at a terminal."""
        return contextlib.nullcontext() if self.plain else self.working(LOADING.text(self.language))

    def _text(self, text: str) -> None:
        console.say(text)

    def _show(self, blocks: Iterable[RenderableType]) -> None:
        from rich.table import Table

        for block in blocks:
            if self.plain:
                self._text(str(block))
            else:
                self.console.print(block, soft_wrap=not isinstance(block, Table))


def answer_paragraphs(answer: Answer, language: Language) -> Iterator[RenderableType]:
    """The short answer large and first, then the quote with the answer marked, then where it is from."""
    for block in blocks(answer, language):
        yield from _painted(block)


def _painted(block: Block) -> Iterator[RenderableType]:
    """The paragraphs of a block."""
    from rich.text import Text

    match block:
        case Understood(label, text):
            yield Text(f"{label}:{shown.lines(text)}\n", _DIM)
        case Unsure(label):
            yield Text(f"{label}:\n", _UNSURE)
        case Headline(text):
            yield _large(shown.lines(text))
        case Statement(runs):
            yield _marked(runs)
            yield Text()
        case Cited(source, quote, told):
            if not told:
                yield _marked(quote)
            yield _source(source)
        case Refusal(label, reason):
            yield Text.assemble((label, "bold"), f":{shown.lines(reason)}")
        case NearestHeading(label):
            yield Text(f"\n{label}:", _DIM)
        case Nearest(source, text):
            yield Text.assemble(f"\n{shown.lines(text)} ", (f"[{source.n}]", _RUNS["marker"]))
            yield _source(source)
        case Title() | Grid() | Note():
            yield _tabular(block)


def _tabular(block: Tabular) -> RenderableType:
    """A part of a table."""
    from rich.text import Text

    match block:
        case Title(text):
            return Text(f"{shown.lines(text)}\n", "bold")
        case Grid():
            return _grid(block)
        case Note(text):
            return Text(f"\n{shown.lines(text)}\n", _DIM)


def _grid(grid: Grid) -> RenderableType:
    """A table whose columns fold where the terminal is narrow."""
    from rich.table import Table
    from rich.text import Text

    columns = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    for head in grid.heads:
        columns.add_column(head, overflow="fold")
    for row in grid.rows:
        marker = f" [{row.n}]" if row.n is not None else ""
        figure = Text.assemble((shown.lines(row.figure), "bold" if marker else _DIM), (marker, _MARKER))
        columns.add_row(Text(shown.lines(row.key)), figure, Text(shown.lines(row.remark), _UNSURE))
    return columns


def _marked(runs: Iterable[Run]) -> Text:
    """A text with its short answer and its markers in their colours."""
    from rich.text import Text

    return Text.assemble(*((shown.lines(run.text), _RUNS[run.kind]) for run in runs))


def hit_blocks(passages: Sequence[Passage]) -> Iterator[Text]:
    """Search results, best first."""
    from rich.text import Text

    for n, passage in enumerate(passages, 1):
        chunk = passage.chunk
        place = f"  {passage.score:.3f} · {chunk.source} {chunk.start}-{chunk.end}"
        yield Text.assemble((f"{n}. {shown.line(passage.title)}", "bold"), (shown.line(place), _DIM))
        yield Text(f"{shown.lines(chunk.text)}\n")


def entry_blocks(entries: Sequence[ReportEntry], language: Language, width: int) -> Iterator[RenderableType]:
    """A table of the reports; on a narrow terminal a short paragraph for each."""
    from rich.table import Table
    from rich.text import Text

    if width >= _WIDE:
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0), expand=False)
        for label in _DOWN:
            table.add_column(label.text(language), overflow="fold")
        for label in _ACROSS[:2]:
            table.add_column(label.text(language), justify="right", no_wrap=True)
        table.add_column(_ACROSS[2].text(language), overflow="fold")
        for entry in entries:
            title = Text.assemble((shown.line(_title(entry)), "bold"), "\n", (shown.line(entry.source), _DIM))
            numbers = Text(str(entry.length)), Text(str(entry.chunks))
            suffered = warnings(entry.anomalies, language).replace(" · ", "\n")
            read = read_as(entry.reading, language).replace(" · ", "\n")
            remarks = Text.assemble((read, _DIM), "\n" if read and suffered else "", (suffered, "yellow"))
            table.add_row(title, entry.date or "-", Text(shown.line(entry.publisher or "-")), *numbers, remarks)
        yield table
    else:
        for entry in entries:
            yield from _paragraph(entry, language)
    total = _TOTAL.text(language).format(len(entries), sum(entry.chunks for entry in entries))
    yield Text(f"\n{total}", _DIM)


def _paragraph(entry: ReportEntry, language: Language) -> Iterator[Text]:
    """A report in two or three lines."""
    from rich.text import Text

    facts = [
        *(entry.date, shown.line(entry.publisher or ""), _CHARACTERS.text(language).format(entry.length)),
        *(_CHUNKS.text(language).format(entry.chunks), shown.line(entry.source)),
    ]
    yield Text(shown.line(_title(entry)), "bold")
    yield Text("  " + " · ".join(fact for fact in facts if fact), _DIM)
    if read := read_as(entry.reading, language):
        yield Text(f"  {read}", _DIM)
    if troubles := warnings(entry.anomalies, language):
        yield Text(f"  ! {troubles}", "yellow")


def citation_blocks(
    citation: Citation, report: CleanReport, language: Language, *, raw: bool, apart: bool
) -> Iterator[Text]:
    """A quote with what stands around it, whole lines where they are short; `apart` where nothing can be underlined."""
    from rich.text import Text

    text = report.raw if raw else report.text
    start, end = (citation.raw_start, citation.raw_end) if raw else (citation.start, citation.end)
    first = max(0, start - _AROUND)
    first = text.find("\n", first, start) + 1 or first
    last = min(len(text), end + _AROUND)
    last = max(text.rfind("\n", end, last), 0) or last
    kind = (_DELIVERED if raw else _CLEANED).text(language)
    place = _PLACE.text(language).format(start, end, len(text))
    yield _source(source_of(citation, language))
    section = citation.section if citation.section != citation.title else None
    yield Text(shown.lines(" · ".join(part for part in (section, f"{kind},{place}") if part)), _DIM)
    yield Text()
    before = ("… " if first else "") + shown.lines(text[first:start]).lstrip()
    quote = shown.lines(text[start:end])
    after = shown.lines(text[end:last]).rstrip() + (" …" if last < len(text) else "")
    gap = "\n\n" if apart else ""
    yield Text.assemble((before, _DIM), gap, (f">>> {quote}" if apart else quote, _QUOTE), gap, (after, _DIM))


def _large(short: str) -> Text:
    """As large as a terminal can: a block of its own, three lines high."""
    from rich.cells import cell_len
    from rich.text import Text

    if "\n" in short or cell_len(short) > 40:
        return Text.assemble((short, "bold"), "\n")
    blank = " " * (cell_len(short) + 6)
    return Text.assemble((blank, _SHORT), "\n", (f"   {short}   ", _SHORT), "\n", (blank, _SHORT))


def _source(source: Source) -> Text:
    """Title and date, and below them the place in the file and what is doubtful of it."""
    from rich.text import Text

    dated = f" · {source.date}" if source.date else ""
    doubt = f" · {source.doubt}" if source.doubt else ""
    return Text.assemble(
        (f"[{source.n}] ", _MARKER),
        (shown.line(source.title), "bold"),
        (dated, _DIM),
        (f"\n    {shown.line(source.spot)}", _DIM),
        (doubt, _UNSURE),
    )


def _title(entry: ReportEntry) -> str:
    return title_of(entry.title, entry.source)


def _is_dumb() -> bool:
    return os.environ.get("TERM", "").lower() in ("", "dumb", "unknown")

"""Cut a cleaned report into chunks with exact offsets: `report.text[chunk.start:chunk.end] == chunk.text`."""

from __future__ import annotations

import hashlib
import re

from ingest.cleaning.metadata import is_label
from ingest.language.marks import BORDERS, MARKS, numbering
from ingest.records import Chunk, CleanReport

_HEADING = re.compile(r"[^\n\t]{2,40}")  # a row of a table is none
_NOT_A_HEADING = re.compile(rf"[{MARKS}]$|^[\d\W]+$")


def chunk(report: CleanReport, size: int) -> list[Chunk]:
    """Chunks of at most `size` characters, without overlap, surrounding white space left out.

    A neighbouring sentence is always one look into the report away, so overlap would only repeat it.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=list(BORDERS),
        keep_separator="end",
        chunk_size=size,
        chunk_overlap=0,
        length_function=len,
        strip_whitespace=False,
    )
    text = report.text
    headings = _headings(text)
    chunks: list[Chunk] = []
    at = 0
    for piece in splitter.split_text(text):
        start = at + len(piece) - len(piece.lstrip())
        at += len(piece)
        body = piece.strip()
        if text[start : start + len(body)] != body:
            raise AssertionError(f"{report.source}: chunk at {start} is not the text's own")
        if body:
            section = next((heading for position, heading in reversed(headings) if position <= start), None)
            chunks.append(
                Chunk(_chunk_id(report.source, start, body), report.source, start, start + len(body), body, section)
            )
    if at != len(text):
        raise AssertionError(f"{report.source}: chunks cover {at} of {len(text)} characters")
    return chunks


def embedding_input(report: CleanReport, piece: Chunk) -> str:
    """What a chunk is found by, as a vector and by its words: its text under its report's title and heading.

    The place and body a paragraph speaks about are often named only there.
    """
    context = [part for part in dict.fromkeys((report.title, piece.section)) if part and part not in piece.text]
    return "\n".join([*context, piece.text])


def _chunk_id(source: str, start: int, text: str) -> str:
    return hashlib.sha256(f"{source}\0{start}\0{text}".encode()).hexdigest()[:32]


def _headings(text: str) -> list[tuple[int, str]]:
    """(offset, heading) of each line that stands alone as a heading, in order."""
    headings = []
    for match in _HEADING.finditer(text):
        if (match.start() and text[match.start() - 1] != "\n") or text[match.end() : match.end() + 1] not in ("\n", ""):
            continue
        line = match[0].strip().lstrip("# ")
        if (
            len(line) >= 2
            and not is_label(line)
            and (numbering(line, figures=False) or not _NOT_A_HEADING.search(line))
        ):
            headings.append((match.start(), line))
    return headings

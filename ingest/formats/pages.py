"""Web pages: what is shown, and which of it is the page's article (trafilatura)."""

from __future__ import annotations

from typing import Any

from ingest.formats.html import Page, article, closed, read_page
from ingest.offsets import MappedText


def read(data: bytes) -> dict[str, Any]:
    """What `ingest.formats.html.Page` holds of a source in UTF-8, in `around` the spans of its visible text that the

    article doesn't hold, and what the page says of itself.
    """
    source = data.decode("utf-8", "surrogatepass")
    page, _, around, about = _apart(source)
    return {
        "edits": page.edits,
        "hidden": page.hidden,
        "around": around,
        "title": about.get("title"),
        "date": about.get("date"),
        "publisher": about.get("sitename"),
    }


def shown(source: str) -> tuple[str, list[tuple[int, int]]]:
    """The text that a browser shows, and the spans of it that aren't the article's."""
    _, text, around, _ = _apart(source)
    return text.text, around


def _apart(source: str) -> tuple[Page, MappedText, list[tuple[int, int]], dict[str, Any]]:
    import trafilatura

    document: Any = trafilatura.bare_extraction(
        closed(source).encode("utf-8", "replace").decode("utf-8"),
        with_metadata=True,
        include_tables=True,
        include_comments=False,
        favor_recall=True,
        # Only a date that the page labels as its own: a date found in the text may be any.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    extracted: dict[str, Any] = document.as_dict() if document is not None else {}
    page = read_page(source)
    text = page.text(source)
    return page, text, article(text, (extracted.get("text") or "").split("\n"), page.headings), extracted

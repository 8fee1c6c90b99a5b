"""Forms of words: rows of a table that say how something is put, made into one pattern.

A form is written as the text it stands for, with

    {name}   any word of the list `name` (which may hold forms), or what a recogniser finds that bears this name
    {name*}  as many as eight of them, one after another, or none
    {!name}  none of them may follow
    [x]      x, or nothing; x is a form
    …N       up to N characters of the same clause, … alone up to forty; ～N the same with letters and digits alone
    ^ $      where the text begins and ends

Everything else stands for itself. All repetitions are bounded, so that a search takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ingest.language import marks
from ingest.language.questions import asking
from ingest.language.words import table

_PIECE = re.compile(
    r"\{(?P<no>!)?(?P<name>\w+)(?P<run>\*)?\}|(?P<gap>[…～])(?P<most>\d*)|(?P<sign>[\[\]^$])|(?P<word>[^{}\[\]^$…～]+)"
)
_MOST, _WIDEST = 8, 40
_NOT_MATCHED = re.compile(r"\{!\w+\}|[\[\]^$]")
_SIGNS = {"[": "(?:", "]": ")?", "^": "^", "$": "$"}
_GAPS = {"…": rf"[^{marks.COMMAS}{marks.ENDS}]", "～": r"\w"}

Named = Callable[[str], str]


def form(table_name: str, row: str, **recognisers: str) -> str:
    """A pattern, in a group that isn't counted, of the forms of `row` in `data/TABLE.toml`.

    A row is a list of forms, or a table whose list `forms` uses its other lists; lists that several rows use stand in
    the row `any`. A name that no list bears is one of `recognisers`, patterns by their names, or else what asks for
    something (`asks` in questions.toml: {count}, {person}). Raises KeyError for a name that nobody knows and ValueError
    for what is no form.
    """
    held: Mapping[str, Any] = table(table_name)
    own = held[row] if isinstance(held[row], Mapping) else {"forms": held[row]}
    lists = {**held.get("any", {}), **{name: words for name, words in own.items() if isinstance(words, list)}}

    def named(name: str) -> str:
        if name in lists:
            return any_of(lists[name], named)
        return recognisers[name] if name in recognisers else asking(name)

    return f"(?:{any_of(own['forms'], named)})"


def any_of(forms: Iterable[str], named: Named) -> str:
    """A pattern of any of the forms, the one of most characters first, its signs not counted."""
    written = sorted(dict.fromkeys(forms), key=lambda text: (-len(_NOT_MATCHED.sub("", text)), text))
    return "|".join(_pattern(text, named) for text in written)


def _pattern(text: str, named: Named) -> str:
    pieces = list(_PIECE.finditer(text))
    if "".join(piece[0] for piece in pieces) != text or text.count("[") != text.count("]"):
        raise ValueError(f"not a form: {text}")
    return "".join(_piece(piece, named) for piece in pieces)


def _piece(piece: re.Match[str], named: Named) -> str:
    if name := piece["name"]:
        inner = named(name)
        return f"(?!{inner})" if piece["no"] else f"(?:{inner}){f'{{0,{_MOST}}}' if piece['run'] else ''}"
    if piece["sign"]:
        return _SIGNS[piece["sign"]]
    if gap := piece["gap"]:
        return f"{_GAPS[gap]}{{0,{piece['most'] or _WIDEST}}}"
    return re.escape(piece["word"])

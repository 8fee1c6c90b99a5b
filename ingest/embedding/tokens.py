"""Text to token ids, with the whole vocabulary or with what a text could use of it: both give the same.

A multilingual vocabulary has 250,000 pieces. The tokenizer's library makes a trie of them, which takes half a second
during which nothing else of Python runs, and 250 MB. But only pieces that stand in a text can be among its tokens,
so a tokenizer of those few hundred, made for the one text, cuts it the same way in a millisecond. A prepared model
has its pieces in a form that opens at once; a tokenizer of another kind than Unigram is opened whole.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest.durable import digest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Encoding, Tokenizer

WHOLE = "onnx/tokenizer.json"
"""The tokenizer as its library writes it, where the quick way isn't right."""
PIECES, SCORES, RECIPE = "onnx/pieces.txt", "onnx/scores.npy", "onnx/recipe.json"
"""Elsewhere: every piece, in the order of their ids; the log probability of each; the rest of that file."""

_END = "\0"  # stands after each piece
_SHORT, _WORDS = 16, 4096  # characters of the words whose pieces are remembered, and how many: those come again
# Texts that both ways must cut alike before the quick one is served.
_SAMPLE = (
    "",
    "2025年,全县建成科普馆117个、农家科技小院83个,参加群众１２０００余人次。",
    "全縣(xiàn)共舉辦講座  94場；其中“科技之春”①②場",
    "How many people took part in 2024? Привет, 世界! ﬁne … ～ 🎉 𠀀\u200b\tend",
    "标记<s>也可能</s>出现在<unk>文本<mask>里",
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's token ids, or a pair's; the characters of each, (start, end) in its text; which text it is of.

    `texts` holds 0 or 1, and None for the marks that the tokenizer adds.
    """

    ids: list[int]
    offsets: list[tuple[int, int]]
    texts: list[int | None]

    def cut(self, limit: int) -> Tokens:
        """At most `limit` tokens: the last text loses its end, the marks behind it stay."""
        if len(self.ids) <= limit:
            return self
        marks = next((n for n, text in enumerate(reversed(self.texts)) if text is not None), 0)
        kept = [*range(limit - marks), *range(len(self.ids) - marks, len(self.ids))]
        return Tokens([self.ids[i] for i in kept], [self.offsets[i] for i in kept], [self.texts[i] for i in kept])


class Tokenize(Protocol):
    """Cuts a text, or a pair of texts to be read together. Any thread may call it."""

    def __call__(self, text: str, second: str | None = None) -> Tokens: ...


def save_tokenizer(whole: Tokenizer, folder: Path) -> None:
    """Write a tokenizer into a model's folder, for `open_tokenizer`. Raises OSError."""
    import numpy as np

    whole.no_padding()
    whole.no_truncation()
    whole.save(str(folder / WHOLE))
    recipe = json.loads((folder / WHOLE).read_text(encoding="utf-8"))
    if not _is_unigram(recipe):
        return
    model = recipe["model"]
    pieces, scores = zip(*model["vocab"], strict=True)
    (folder / PIECES).write_text("".join(piece + _END for piece in pieces), encoding="utf-8", newline="")
    np.save(folder / SCORES, np.array(scores, np.float64))
    special = {token["content"] for token in recipe["added_tokens"]} | {pieces[model["unk_id"]]}
    model["vocab"] = [entry for entry in model["vocab"] if entry[0] in special]
    model["unk_id"] = [piece for piece, _ in model["vocab"]].index(pieces[model["unk_id"]])
    (folder / RECIPE).write_text(json.dumps(recipe, ensure_ascii=False), encoding="utf-8")
    for name in (WHOLE,) if _is_right(folder) else (PIECES, SCORES, RECIPE):
        (folder / name).unlink()


def _is_right(folder: Path) -> bool:
    """Whether both ways cut the sample texts alike."""
    try:
        quick, sure = _Needed(folder), _Whole(folder)
        pairs = [(text, second) for text in _SAMPLE for second in (None, *_SAMPLE)]
        return all(quick(*pair) == sure(*pair) for pair in pairs)
    except Exception:  # noqa: BLE001  # whatever is odd about this one, it can be served whole
        return False


def open_tokenizer(folder: Path) -> Tokenize:
    """The tokenizer of a prepared model. Raises what its library raises, or OSError."""
    return _Needed(folder) if (folder / PIECES).is_file() else _Whole(folder)


def tokenizer_digest(folder: Path) -> str:
    """Equal for folders with the same tokenizer. Raises OSError."""
    names = (PIECES, SCORES, RECIPE) if (folder / PIECES).is_file() else (WHOLE,)
    return "".join(digest(folder / name) for name in names)


class _Whole:
    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / WHOLE))

    def __call__(self, text: str, second: str | None = None) -> Tokens:
        encoding = self._tokenizer.encode(text, second)
        return Tokens(encoding.ids, encoding.offsets, encoding.sequence_ids)


class _Needed:
    """Makes a tokenizer for each text, of the pieces that occur in it."""

    def __init__(self, folder: Path) -> None:
        import numpy as np
        from tokenizers import Tokenizer

        recipe = Tokenizer.from_file(str(folder / RECIPE))
        self._normalizer, self._pre_tokenizer = recipe.normalizer, recipe.pre_tokenizer
        self._post_processor = recipe.post_processor
        self._added = list(recipe.get_added_tokens_decoder().values())
        self._at_added = re.compile("|".join(re.escape(token.content) for token in self._added) or r"(?!)")
        with (folder / PIECES).open(encoding="utf-8", newline="") as file:
            pieces = file.read().split(_END)[:-1]
        self._ids = {piece: i for i, piece in enumerate(pieces)}
        self._scores: npt.NDArray[np.float64] = np.load(folder / SCORES)
        self._longest = max(map(len, pieces))
        self._in_short = functools.lru_cache(_WORDS)(self._in)
        model = json.loads((folder / RECIPE).read_text(encoding="utf-8"))["model"]
        self._unknown: str = model["vocab"][model["unk_id"]][0]
        # What isn't any piece costs a little more than the rarest one, so that one is always among them.
        rarest = pieces[int(self._scores.argmin())]
        self._always = {token.content for token in self._added} | {self._unknown, rarest}

    def __call__(self, text: str, second: str | None = None) -> Tokens:
        encoding: Encoding = self._made_for(text, second or "").encode(text, second)
        unknown = self._ids[self._unknown]
        ids = [self._ids.get(token, unknown) for token in encoding.tokens]
        return Tokens(ids, encoding.offsets, encoding.sequence_ids)

    def _made_for(self, *texts: str) -> Tokenizer:
        from tokenizers import Tokenizer
        from tokenizers.models import Unigram

        pieces = [self._unknown, *((self._always | self._occurring(texts)) - {self._unknown})]
        scored = [(piece, float(self._scores[self._ids[piece]])) for piece in pieces if piece in self._ids]
        tokenizer = Tokenizer(Unigram(scored, 0, False))
        tokenizer.normalizer, tokenizer.pre_tokenizer = self._normalizer, self._pre_tokenizer
        tokenizer.post_processor = self._post_processor
        tokenizer.add_special_tokens(self._added)
        return tokenizer

    def _occurring(self, texts: tuple[str, ...]) -> set[str]:
        """Every piece that stands anywhere in the texts."""
        pieces: set[str] = set()
        for text in texts:
            for part in self._at_added.split(text):
                for word, _ in self._pre_tokenizer.pre_tokenize_str(self._normalizer.normalize_str(part)):
                    pieces |= self._in_short(word) if len(word) <= _SHORT else self._in(word)
        return pieces

    def _in(self, word: str) -> frozenset[str]:
        """Every piece that stands anywhere in a word."""
        n, longest = len(word), self._longest
        substrings = {word[i:j] for i in range(n) for j in range(i + 1, min(n, i + longest) + 1)}
        return frozenset(filter(self._ids.__contains__, substrings))


def _is_unigram(recipe: dict[str, Any]) -> bool:
    """Whether a tokenizer cuts by the pieces of one text alone."""
    model = recipe["model"]
    if model["type"] != "Unigram" or model.get("byte_fallback") or model["unk_id"] is None:
        return False
    pieces = [piece for piece, _ in model["vocab"]]
    known = set(pieces)
    plain = all(t["special"] and not t["normalized"] and t["content"] in known for t in recipe["added_tokens"])
    return (
        plain
        and bool(recipe["normalizer"] and recipe["pre_tokenizer"])
        and len(known) == len(pieces)
        and not any(_END in piece for piece in pieces)
    )

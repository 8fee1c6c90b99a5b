"""Answers and refusals as records, for whatever shows them."""

from __future__ import annotations

from rag.records import Answer, Certainty, Citation


def citation(quote: str, n: int = 1) -> Citation:
    return Citation(n, "a_b_c.txt", "东山_县_总结", "2022-01-10", None, quote, 0, 9, quote, 5, 14, 3, 0.9)


def answered(
    *quotes: str,
    text: str | None = None,
    short: str | None = "21个",
    interpreted: str = "问",
    certainty: Certainty = "sure",
) -> Answer:
    cited = tuple(citation(quote, n) for n, quote in enumerate(quotes, 1))
    spoken = text or " ".join(f"{c.quote} [{c.n}]" for c in cited)
    return Answer("问", interpreted, "zh-Hans", "answered", spoken, short, cited, None, (), certainty, "fact")


def refused(reason: str, *quotes: str) -> Answer:
    near = tuple(citation(quote, n) for n, quote in enumerate(quotes, 1))
    return Answer("火星?", "火星?", "zh-Hans", "not_found", "", None, (), reason, near)

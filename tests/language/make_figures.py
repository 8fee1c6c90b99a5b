"""Rows for `corpus/figures.jsonl` from the specs of Microsoft's Recognizers-Text (MIT), as `corpus/README.md` decides.

    python tests/language/make_figures.py FOLDER > rows.jsonl

FOLDER holds NumberModel.json and the others of its Chinese specs. Expected values are those of the specs.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.language.script import to_simplified

_UNUSED = {
    # letters, powers, dozens, mixed fractions and slashes
    "Number": r"[a-zA-Z^/／打又半俩双对]|^零十|^[-.．]*[.．]|, |两千三点一|点零$|负.*负|[\s　].*分|分\s",
    # 三八折, 七成六, 对折, prices in k, gaps within 百分之 or 成, per ten thousands of tens
    "Percent": r"[kKＫ對对萬点點]\s*[折成]?$|[kKＫ對对]|[成折]\s*\S$|半[成折]|\S\s+\S+\s*[成折]|百\s+分\s*之|"
    r"分\s+之|分\s*点|百\s+分|[0-9一二三四五六七八九]{2}折|佰|^十折$|五百分|http|百分位|四点 |万万分|二三十|5-20",
    # 两 as a weight, a gap within a unit's letters, coins behind 又, other currencies, codes
    "Dimension": r"\d+CM|\d两|[万十二百]两$|一位|比特$|pm",
    "Currency": r"奈拉|銭|又|^人民币\s*美元|比特币|\d{16}|\$20|^人民币 |兆",
    "Age": r"70 - 90",
    # a bound behind a bound, a value of theirs that is wrong by ten
    "NumberRange": r"最少20个|20万次",
}
_HUNDREDTHS = (("一百分", "%", 100), ("壹百分", "%", 100), ("一千分", "‰", 1000), ("壹仟分", "‰", 1000))
_SHARES = {"成": 10, "折": 10}


def main(folder: Path) -> None:
    """Write a row a figure."""
    seen: set[str] = set()
    for model in _UNUSED:
        rows = json.loads((folder / f"{model}Model.json").read_text(encoding="utf-8-sig"))
        for number, row in enumerate(rows):
            text = to_simplified(row["Input"].rstrip())
            if text in seen or (_UNUSED[model] and re.search(_UNUSED[model], text)):
                continue
            seen.add(text)
            for made in _rows(model, text, row["Results"]):
                print(json.dumps({**made, "from": f"Recognizers {model} {number}"}, ensure_ascii=False))


def _rows(model: str, text: str, results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if model == "Number":
        yield from _number(text, results)
    elif model == "NumberRange":
        yield from _range(text, results)
    else:
        for result in results:
            yield _measured(text, result)


def _number(text: str, results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A spec of one number alone: it gets 个 behind it, for a number in characters is a figure with a unit only."""
    if len(results) != 1 or results[0]["End"] + 1 - results[0]["Start"] != len(text):
        return
    value = float(results[0]["Resolution"]["value"])
    if "分之" in text:
        unit, by = next((row for word, *row in _HUNDREDTHS if text.startswith(word)), ("", 1))
        yield {"text": text, "start": 0, "end": len(text), "value": round(value * by, 9), "unit": unit}
    else:
        yield {"text": f"{text}个", "start": 0, "end": len(text) + 1, "value": value, "unit": "个"}


def _range(text: str, results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A spec whose bounds are one number in figures, or two of a range; the unit behind is the text's."""
    for result in results:
        bounds = [float(bound) for bound in re.findall(r"-?[\d.]+", result["Resolution"]["value"])]
        written = re.search(
            r"[\d０-９][\d,，.０-９]*|[一二三四五六七八九十百千]+到[一二三四五六七八九十]+", result["Text"]
        )
        unit = re.match(r"个|次|岁", text[result["End"] + 1 :])
        if len(bounds) == 1 and written and "/" not in result["Text"]:
            yield {"text": text, "value": bounds[0], "more": True}
        elif len(bounds) == 2 and unit and written:
            yield {"text": text, "low": bounds[0], "high": bounds[1], "unit": unit[0], "more": True}


def _measured(text: str, result: dict[str, Any]) -> dict[str, Any]:
    start, end = result["Start"], result["End"] + 1
    written = text[start:end].removesuffix("大")
    value = float(result["Resolution"]["value"].rstrip("%"))
    unit = re.search(
        r"(个百分点|[千兆](?:米|克|瓦|卡|字节|赫兹)$|[^\d０-９一二两三四五六七八九十百千万亿兆半\s.．]+)半?$", written
    )
    name = unit[1] if unit else "%"
    if name in ("毛", "角", "分"):
        name = "元"
    if "分之" in written:
        name = {"百分": "%", "千分": "‰", "仟分": "‰"}.get(written[:2], "")
        value = value * 10 if name == "‰" else value if name else value / 100
    elif name in _SHARES:
        value /= _SHARES[name]
    elif name in ("％", "%"):
        name = "%"
    return {"text": text, "start": start, "end": start + len(written), "value": value, "unit": name, "more": True}


if __name__ == "__main__":
    main(Path(sys.argv[1]))

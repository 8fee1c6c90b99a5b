"""Reports to train on: their text in one script, the place their title speaks of, passages with headings."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from config.errors import UsageError
from ingest.language.script import to_simplified
from rag.training.examples import windows

WHOLE_COUNTRY = "全国"
_FIRST_YEAR = "1978"  # older reports speak another language
_TITLE_PLACE = re.compile(
    r"(?:\d{4}年)?(.{2,6}?)(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区)?(?:人民)?政府工作报告"
)
_HEADING = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）、.][^。！？\n]{2,36}(?<![:：])$")


@dataclass(frozen=True, slots=True)
class Report:
    """A report in Simplified script; `place` is what its title names, "" where it names none."""

    name: str
    title: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Window:
    """A passage of a report: `report.text[start:end] == text`; `section` is the heading it stands under."""

    report: Report
    start: int
    end: int
    section: str

    @property
    def text(self) -> str:
        return self.report.text[self.start : self.end]


def read_reports(data: Path, *, held_out: bool = False) -> list[Report]:
    """The national reports since 1978 and half of the provincial ones; or the half that is held out.

    Raises UsageError when there are none.
    """
    provincial = sorted((data / "provincial-reports-2025" / "reports").glob("*.txt"))
    paths = [p for p in provincial if is_trained_on(p.stem) != held_out]
    if not held_out:
        national = sorted((data / "national-reports").glob("*.txt"))
        paths = [p for p in national if p.stem[-4:] >= _FIRST_YEAR] + paths
    if not paths:
        raise UsageError(
            f"{data} 中没有报告;请用 make reader DATA=… 指明数据目录",
            f"there are no reports in {data}; say where the data is: make reader DATA=…",
        )
    reports = []
    for path in paths:
        title, _, text = path.read_text(encoding="utf-8").partition("\n")
        title = to_simplified(title.strip())[:40]
        text = to_simplified(unicodedata.normalize("NFKC", text))
        text = re.sub(r"(?<=[\u4e00-\u9fff]),", "，", text).replace(";", "；").replace("(", "（").replace(")", "）")
        text = re.sub(r"[ \t\u200b]+", "", text)
        text = re.sub(r"(?<![。！？；:：\n])\n+(?=[^\n一二三四五六七八九十（])", "", text)
        place = place_named(title)
        reports.append(Report(path.stem, title, re.sub(r"\n+", "\n", text).strip(), place))
    return reports


def place_named(title: str) -> str:
    """The place a report's title speaks of, 全国 for the whole country, "" where it names none."""
    found = _TITLE_PLACE.search(title)
    return WHOLE_COUNTRY if "中华" in title else found[1] if found else ""


def is_trained_on(name: str) -> bool:
    """Whether a provincial report may be trained on, told from its name alone."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0


def cut(report: Report, size: int) -> list[Window]:
    """Passages of whole sentences with the heading they stand under."""
    found: list[Window] = []
    section, at = "", 0
    for line in report.text.splitlines(keepends=True):
        bare = line.strip()
        if _HEADING.match(bare) and not re.search(r"[。！？；，]", bare):
            section = bare
        else:
            for start, end in windows(line, size):
                if end - start >= 20:
                    found.append(Window(report, at + start, at + end, section))
        at += len(line)
    return found

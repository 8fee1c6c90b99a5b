"""`wenbao table` as a process of its own, on an index of reports that tell one indicator differently."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from xml.etree import ElementTree

import pytest
from conftest import MODELS, Watcher, assert_one_line
from typer.testing import CliRunner

from config.settings import Settings
from ingest.pipeline import ingest

REPORTS = {
    "dong.txt": "东山县科协2023年工作总结\n发布时间: 2023-12-20 10:00\n2023年,东山县建成乡村科普馆21个。举办讲座9场。",
    "xi.txt": "西河市科协2022年工作总结\n发布时间: 2022-12-20 10:00\n2022年,西河市建成乡村科普馆8个。",
    "nan.txt": "南岭区科协2022年工作总结\n发布时间: 2022-12-25 10:00\n2022年,南岭区投入科普经费150万元。",
}
FIELDS = {"indicator", "unit", "rows", "told", "asked", "total"}
ROW = {"key", "value", "said", "certainty", "citation", "conflicts"}
CITATION = {
    *("n", "source", "title", "date", "section", "quote", "start", "end"),
    *("raw_quote", "raw_start", "raw_end", "page", "score", "recognised"),
}
INDICATOR = "乡村科普馆"


@pytest.fixture(scope="module")
def counties(tmp_path_factory, embedder) -> Settings:
    folder = tmp_path_factory.mktemp("counties")
    settings = Settings(reports_dir=folder / "reports", data_dir=folder / "data", models_dir=MODELS)
    settings.reports_dir.mkdir()
    for name, text in REPORTS.items():
        (settings.reports_dir / name).write_text(text, encoding="utf-8")
    ingest(settings, [], Watcher(), embedder=embedder)
    return settings


@pytest.fixture
def table(wenbao, counties):
    return lambda *arguments, **options: wenbao("table", *arguments, settings=counties, **options)


def test_the_json_is_as_the_contract_says_and_every_quote_verbatim(table):
    done = table(INDICATOR, "--by", "report", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert set(told) == FIELDS
    assert (told["indicator"], told["unit"], told["told"], told["asked"]) == (INDICATOR, "个", 2, 3)
    assert all(set(row) == ROW for row in told["rows"])
    values = {row["key"][:3]: row["value"] for row in told["rows"]}
    assert values == {"东山县": 21.0, "南岭区": None, "西河市": 8.0}
    assert told["total"] == 29.0
    for row in told["rows"]:
        if row["citation"] is None:
            assert (row["said"], row["certainty"], row["conflicts"]) == (None, None, [])
            continue
        cited = row["citation"]
        assert set(cited) == CITATION
        assert row["certainty"] in ("sure", "likely")
        assert REPORTS[cited["source"]][cited["raw_start"] : cited["raw_end"]] == cited["raw_quote"]
        assert row["said"] in cited["quote"]


def test_places_that_are_given_are_the_rows_in_their_order(table):
    told = json.loads(table(INDICATOR, "--place", "西河市", "--place", "南岭区", "--place", "东山县", "--json").stdout)
    assert [(row["key"], row["value"]) for row in told["rows"]] == [("西河市", 8.0), ("南岭区", None), ("东山县", 21.0)]
    assert (told["told"], told["asked"]) == (2, 3)


def test_a_given_place_by_year_and_a_time_leave_the_other_reports_out(table):
    told = json.loads(table(INDICATOR, "--by", "year", "--place", "东山县", "--json").stdout)
    assert [(row["key"], row["value"]) for row in told["rows"]] == [("2023", 21.0)]
    assert told["asked"] == 1
    done = table(INDICATOR, "--by", "report", "--until", "2022", "--json")
    assert {row["citation"]["source"] for row in json.loads(done.stdout)["rows"] if row["citation"]} == {"xi.txt"}
    assert "2 份报告" in done.stderr


def test_people_read_figures_sources_and_coverage(table):
    done = table(INDICATOR, "--by", "report")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("21个 [", "8个 [", "没有给出", "3 份报告中有 2 份给出", "合计 29个", "dong.txt", "xi.txt"):
        assert part in done.stdout
    english = table(INDICATOR, "--by", "report", env={"WENBAO_LANGUAGE": "en"}).stdout
    assert "2 of 3 reports tell it" in english


def test_what_nothing_tells_is_said_with_exit_code_3(table, tmp_path):
    done = table("火星车", "--plot", "out.svg")
    assert done.returncode == 3
    assert "没有给出" in done.stdout
    assert not (tmp_path / "out.svg").exists()
    empty = table("火星车", "--json")
    assert empty.returncode == 3
    nothing = {"indicator": "火星车", "unit": "", "rows": [], "told": 0, "asked": 3, "total": None}
    assert json.loads(empty.stdout) == nothing


def test_a_spreadsheet_and_a_picture_are_written_whole_and_stdout_holds_nothing_else(table, tmp_path):
    done = table(INDICATOR, "--by", "report", "--csv")
    assert done.stderr == ""
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert sorted(row["数值"] for row in rows) == ["", "21", "8"]
    for option, name in (("--xlsx", "out.xlsx"), ("--plot", "out.svg")):
        done = table(INDICATOR, "--by", "report", option, name)
        assert (done.returncode, done.stdout) == (0, "")
        assert name in done.stderr
    assert zipfile.ZipFile(tmp_path / "out.xlsx").testzip() is None
    drawn = "".join(ElementTree.parse(tmp_path / "out.svg").getroot().itertext())
    assert "21个" in drawn
    assert {path.name for path in tmp_path.iterdir()} >= {"out.xlsx", "out.svg"}
    assert not list(tmp_path.glob(".*.draft"))


@pytest.mark.parametrize(("option", "name"), [("--xlsx", "a.xlsx"), ("--plot", "a.svg")])
def test_a_file_that_is_there_is_replaced_only_when_told_to_and_never_through_a_link(table, tmp_path, option, name):
    path = tmp_path / name
    path.write_text("mine", encoding="utf-8")
    done = table(INDICATOR, "--by", "report", option, name)
    assert (done.returncode, done.stdout, path.read_text(encoding="utf-8")) == (2, "", "mine")
    assert_one_line(done.stderr, name, "已存在", "--force")
    assert table(INDICATOR, "--by", "report", option, name, "-f").returncode == 0
    assert path.read_bytes() != b"mine"
    kept = path.read_bytes()
    (tmp_path / f"link-{name}").symlink_to(name)
    os.mkfifo(tmp_path / f"pipe-{name}")
    (tmp_path / f"device-{name}").symlink_to("/dev/null")
    for each in ("link", "pipe", "device"):
        done = table(INDICATOR, "--by", "report", option, f"{each}-{name}", "--force")
        assert (done.returncode, done.stdout) == (2, "")
        assert_one_line(done.stderr, each, "保持不变")
    assert path.read_bytes() == kept


@pytest.mark.parametrize(
    ("arguments", "code", "parts"),
    [
        ([INDICATOR, "--by", "month"], 2, ["--by", "place", "month"]),
        ([INDICATOR, "--csv", "--json"], 2, ["--csv", "--json"]),
        ([INDICATOR, "--xlsx", "a.xlsx", "--plot", "a.svg"], 2, ["--xlsx", "--plot"]),
        ([INDICATOR, "--plot", "a.png"], 2, [".svg", "a.png"]),
        ([" "], 2, ["为空"]),
        (["??"], 2, ["为空"]),
        (["问" * 2000], 2, []),
        ([INDICATOR, "--place", " "], 2, ["--place"]),
        ([INDICATOR, "--since", "soon"], 2, ["soon"]),
        ([INDICATOR, "--report", "火星"], 1, ["火星"]),
        ([INDICATOR, "--by", "report", "--plot", "missing/a.svg"], 1, ["missing/a.svg"]),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else None,
)
def test_wrong_usage_is_one_line(table, arguments, code, parts):
    done = table(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert_one_line(done.stderr, *parts)


@pytest.mark.parametrize(
    ("words", "offered"), [("wenbao table x --by ", {"place", "report", "year"}), ("wenbao table x --by r", {"report"})]
)
def test_the_shell_completes_how_a_table_is_set_out(words, offered):
    from rag.commands.cli import app

    typed = words.split()
    count = len(typed) if words.endswith(" ") else len(typed) - 1
    environment = {"_WENBAO_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = CliRunner().invoke(app, [], env=environment, prog_name="wenbao")
    assert set(done.output.split()) == offered


def test_a_conversation_sets_out_an_indicator_opens_its_sources_and_keeps_it_in_the_minutes(wenbao, counties, tmp_path):
    lines = f":table {INDICATOR} 按报告\n:1\n:table\n:save minutes.md\n"
    done = wenbao("chat", settings=counties, stdin=lines)
    assert "3 份报告中有 2 份给出" in done.stdout
    assert "清理后的正文" in done.stdout
    assert_one_line(done.stderr, ":table")
    text = (tmp_path / "minutes.md").read_text(encoding="utf-8")
    assert f"## 1. {INDICATOR}" in text
    assert "21个" in text

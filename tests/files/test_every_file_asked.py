"""Every file is asked about, all of them in one index: the answer says the right figure and cites that file.

What is known to be answered wrongly, and why, stands in `known.jsonl`; an entry goes when its answer is right.
"""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import closing
from pathlib import Path

import made_pages  # noqa: F401
import made_sheets  # noqa: F401
import made_texts  # noqa: F401
import made_word  # noqa: F401
import pytest
from conftest import MODELS, Watcher
from making import FILES, HERE, Asked, in_this_process

from config.settings import Settings
from ingest.pipeline import ingest
from rag.commands.evaluate import fold
from rag.engine import Engine


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


WRITTEN = {row["file"]: (row["question"], row["figure"]) for row in rows("written.jsonl") if "question" in row}
QUESTIONS = {asked.name: (asked.question, asked.figure) for asked in FILES.values()} | WRITTEN
KNOWN = {row["file"]: row["known"] for row in rows("known.jsonl")}
_OF_A_COUNTY = re.compile("..县")


def put(folder: Path, asked: Asked) -> None:
    """A file where it is delivered; one in an archive with the names that Chinese systems write."""
    archive, inside, member = asked.name.partition(".zip/")
    if not inside:
        (folder / asked.name).write_bytes(asked.data())
        return
    with zipfile.ZipFile(folder / f"{archive}.zip", "w") as packed:
        packed.writestr(zipfile.ZipInfo("x" * len(member.encode("gbk"))), asked.data())
    path = folder / f"{archive}.zip"
    path.write_bytes(path.read_bytes().replace(b"x" * len(member.encode("gbk")), member.encode("gbk")))


def same(name: str) -> set[str]:
    """The other files that tell the same, as another program wrote it."""
    county = _OF_A_COUNTY.match(QUESTIONS[name][0])
    return {other for other, (question, _) in QUESTIONS.items() if county and question.startswith(county[0])} - {name}


@pytest.fixture(scope="module")
def office(tmp_path_factory, embedder, reader):
    folder = tmp_path_factory.mktemp("files")
    (folder / "reports").mkdir()
    for asked in FILES.values():
        put(folder / "reports", asked)
    for name in WRITTEN:
        (folder / "reports" / name).write_bytes((HERE / "written" / name).read_bytes())
    settings = Settings(reports_dir=folder / "reports", data_dir=folder / "data", models_dir=MODELS)
    with in_this_process():
        assert ingest(settings, [], Watcher(), embedder=embedder).failed == ()
    with closing(Engine(settings, print, embedder, reader)) as engine:
        yield engine


def test_what_is_known_to_be_wrong_is_asked():
    assert KNOWN.keys() <= QUESTIONS.keys()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.xfail(reason=KNOWN[name], strict=True)] if name in KNOWN else [])
        for name in QUESTIONS
    ],
)
def test_every_file_answers_what_it_tells(office, name):
    question, figure = QUESTIONS[name]
    answer = office.ask(question, left_out=same(name))
    right = re.compile(rf"(?<![\d.]){re.escape(fold(figure))}(?!\d|\.\d)")
    assert right.search(fold(answer.answer)), answer
    assert answer.form == "yesno" or right.search(fold(answer.short_answer or answer.answer)), answer
    assert any(citation.source == name and right.search(fold(citation.quote)) for citation in answer.citations), answer

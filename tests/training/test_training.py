"""The reader's training data and its trainer: answers stay where they are, held-out text stays out, runs repeat."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from conftest import MODELS, ROOT
from tokenizers import Tokenizer

from rag.reader import network
from rag.training import english, sameness
from rag.training.bigrams import Bigrams
from rag.training.damage import damaged
from rag.training.encode import Encoder, collate
from rag.training.examples import (
    Document,
    Example,
    QuestionSet,
    SetQuestion,
    groups_of,
    is_held_out,
    sentences,
    windows,
    without_answer,
)
from rag.training.misleading import report_groups
from rag.training.reports import Report
from rag.training.train import Stage, Trainer

REPORT = """各位代表：
一、2024年工作回顾
过去一年，全省新建高标准农田220万亩，改造老旧小区1300个，城镇新增就业61.5万人。举办各类科普讲座1200余场，参加群众30万人次。
会同有关部门印发《全民阅读促进行动方案》，由省教育厅、省文化厅联合主办的读书节参加人数超过8万人。粮食产量增长3.5%。
2024年9月12日召开全省农村工作会议，会议总结了上半年的工作，对下半年作了安排。
二、2025年重点任务
建成农村公路4000公里，推进造纸、冶金、纺织、食品等产业升级，新增养老床位1.2万张，培训护理员5000名。
"""


@pytest.fixture
def reports():
    return [
        Report("a", "2025年甲山省政府工作报告", REPORT, "甲山"),
        Report(
            "b", "2025年乙水省政府工作报告", REPORT.replace("220万亩", "180万亩").replace("1300个", "900个"), "乙水"
        ),
    ]


@pytest.fixture
def groups(reports):
    return [g for seed in range(4) for g in report_groups(reports, random.Random(seed), 40)]


@pytest.fixture
def questions():
    documents = tuple(
        Document(
            f"d{i}",
            f"标题{i}",
            f"第{i}条河长{i}00公里，流经三个县。河上有桥{i}座，都修于上世纪。沿岸的居民多以捕鱼为生。" * 2,
        )
        for i in range(1, 40)
    )
    asked = tuple(SetQuestion(f"第{i}条河长多少公里？", (f"{i}00公里",), f"d{i}") for i in range(1, 40))
    return QuestionSet("rivers", documents, asked)


def test_every_answer_is_a_figure_date_title_name_or_list_of_its_report(groups):
    assert len(groups) > 40
    answers = {group[0].answer for group in groups}
    assert {"220万亩", "8万人", "《全民阅读促进行动方案》", "2024年9月12日"} <= answers
    assert all(group[0].answered and group[0].answer in REPORT + "180万亩900个" for group in groups)


def test_what_misleads_holds_no_answer_to_its_question(groups):
    for group in groups:
        assert len(group) > 1
        for example in group[1:]:
            assert not example.answered
            assert (example.question, example.title, example.passage, example.section) != (
                group[0].question, group[0].title, group[0].passage, group[0].section,
            )  # fmt: skip


def test_a_place_that_is_renamed_is_renamed_everywhere(groups):
    renamed = [g for g in groups if g[0].title and "甲山" not in g[0].title and "乙水" not in g[0].title]
    assert renamed
    for group in renamed:
        assert not any("甲山" in e.question + e.title + e.passage for e in group)


def test_the_same_seed_gives_the_same_groups(reports):
    first, second = (list(report_groups(reports, random.Random(5), 20)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("seed", range(5))
def test_damage_leaves_the_answer(groups, seed):
    rng = random.Random(seed)
    for group in groups:
        assert damaged(group[0], rng).answer == group[0].answer
        assert not damaged(group[1], rng).answered


def test_a_passage_without_its_answer_is_the_rest_of_it():
    passage = (
        "甲县有图书馆三座，藏书丰富，常年对读者开放，周末也不休息。乙县有图书馆五座。"
        "来看书的人很多，其中有不少是从外地来的老人和学生。"
    )
    example = Example("乙县有几座图书馆？", "", passage, passage.index("五座"), passage.index("五座") + 2)
    left = without_answer(example)
    assert left is not None
    assert not left.answered
    assert left.passage == passage.replace("乙县有图书馆五座。", "")


def test_sentences_and_windows_cover_the_text():
    for spans in (sentences(REPORT), windows(REPORT, 60), windows(REPORT, 10_000)):
        assert "".join(REPORT[start:end] for start, end in spans) == REPORT


def test_held_out_articles_are_never_trained_on(questions):
    trained, held_out = questions.fold(held_out=False), questions.fold(held_out=True)
    assert trained.questions
    assert held_out.questions
    assert len(trained.questions) + len(held_out.questions) == len(questions.questions)
    assert all(is_held_out(d.title) for d in held_out.documents)
    seen = {e.passage for group in groups_of(trained, random.Random(0)) for e in group}
    assert not any(seen_passage in d.text for d in held_out.documents for seen_passage in seen)


def test_words_find_their_passage():
    index = Bigrams(["甲县有图书馆", "乙县有博物馆", "丙县有体育场"])
    assert index.top("乙县的博物馆", 2)[0] == 1


@pytest.mark.parametrize(
    ("question", "asking"),
    [("全市有多少人参加培训？", "how many people"), ("会议什么时候召开？", "date"), ("谁主持会议？", "who")],
)
def test_questions_are_put_into_english_words(question, asking):
    said = {english.in_english(question, random.Random(seed)) for seed in range(12)}
    assert all(text is not None and text[0].isascii() for text in said)
    assert any(asking in str(text).lower() for text in said)


@pytest.fixture(scope="module")
def encoder():
    return Encoder(Tokenizer.from_file(str(next(MODELS.glob("bundled-*-p3")) / "tokenizer.json")))


def test_tokens_of_the_answer_are_those_of_its_characters(groups, encoder):
    for group in groups[:40]:
        example = group[0]
        encoded = encoder.encode(example)
        first, last = encoded.spans[encoded.start - encoded.offset][0], encoded.spans[encoded.end - encoded.offset][1]
        assert first <= example.start
        assert example.end <= last
        batch = collate([[encoded]], torch.device("cpu"))
        assert not batch.outside[0, encoded.start]
        assert batch.outside[0, encoded.offset - 1]


def test_training_goes_on_where_it_was_interrupted(groups, encoder, tmp_path):
    short = [tuple(replace(e, passage=e.passage[:60], start=1, end=3) if e.answered else e for e in g) for g in groups]
    short = [g[:2] for g in short if len(g[1].passage) < 150][:16]
    folder = next(MODELS.glob("bundled-*-p3"))

    class Interrupted(Trainer):
        left = 1

        def _step(self, batch):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            return super()._step(batch)

    def trained(name, trainers):
        (tmp_path / name).mkdir()
        for trainer in trainers:
            torch.manual_seed(0)
            reader = network.untrained(folder)
            with contextlib.suppress(KeyboardInterrupt):
                trainer(reader, encoder, tmp_path / name, every=1).run(Stage("s", lambda _: short, 2, 1e-4))
        return reader.span.weight.detach()

    assert torch.equal(trained("straight", [Trainer]), trained("interrupted", [Interrupted, Trainer]))


def test_missing_data_is_said_in_one_line(tmp_path):
    command = [sys.executable, "-m", "rag.training", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert "DATA=" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("said", "answer", "f1"), [("雨水", "雨水", 1.0), ("雨水充足", "雨水", 2 / 3), ("雨水", "风", 0.0), ("", "风", 0.0)]
)
def test_f1_is_of_the_longest_common_run(said, answer, f1):
    assert sameness.overlap(said, answer) == pytest.approx(f1)


def test_a_short_answer_is_the_fact_and_little_else():
    assert sameness.is_short_answer("4000余人", [["4000余", "4000人"]])
    assert not sameness.is_short_answer("注册的志愿者一共有4000余人", [["4000余"]])
    assert not sameness.is_short_answer("4001人", [["4000余"]])


def test_of_two_groups_the_share_of_pairs_in_order_is_told():
    assert sameness.auc([1, 2, 3], [0, 0.5]) == 1
    assert sameness.auc([0.0], [1.0]) == 0
    assert sameness.auc([1.0, 0.0], [1.0, 0.0]) == pytest.approx(0.5)

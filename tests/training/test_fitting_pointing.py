"""What tells the right figure of a sentence from its others is fitted on sentences that hold several."""

from __future__ import annotations

import numpy as np
import pytest
from shelf import Shelf, reader_of

from rag.evidence.pointing import FEATURES
from rag.training.authored import document_of, question_of
from rag.training.pointing import Row, fit, left_out, row_of

TEXT = "全年改造水厂7座，铺设管网41公里，更换水表2300只。检修泵站5座。"
FIRST, SECOND = "全年改造水厂7座，铺设管网41公里，更换水表2300只。", "检修泵站5座。"


def asked(question, facts, evidence, **rest):
    document = document_of({"id": "d", "title": "供水公司2023年小结", "date": "2023-12-01", "text": TEXT}, "x1")
    row = {"id": "q", "type": "number", "question": question, "facts": facts, "evidence": evidence, **rest}
    return question_of(row, document)


def row(question, span):
    shelf = Shelf({"a.txt": f"供水公司2023年小结\n\n{TEXT}"})
    return row_of(question, shelf.query, reader_of(proved=[FIRST], span=span))


def test_a_row_tells_which_of_the_places_is_right():
    found = row(asked("更换了多少水表？", [["2300只"]], [FIRST]), "2300只")
    assert found.features.shape == (len(found.right), len(FEATURES))
    assert found.right.sum() == 1
    assert found.features[found.right][0][FEATURES.index("told")] == 1.0


@pytest.mark.parametrize(
    "question",
    [
        asked("检修泵站几座？", [["5座"]], [SECOND]),  # one place only
        asked("谁更换了水表？", [["供水公司"]], [FIRST]),
        asked("水表换了吗？", [["更换水表2300只"]], [FIRST], yes=True),
        asked("水厂投资多少万元？", [], []),
    ],
)
def test_questions_without_a_choice_have_no_row(question):
    assert row(question, "") is None


def test_what_is_fitted_prefers_what_was_right():
    def made(author, right):
        features = np.zeros((2, len(FEATURES)))
        features[right, FEATURES.index("told")] = 1.0
        return Row(author, features, np.arange(2) == right)

    rows = [made(f"a{n % 2}", n % 3 % 2) for n in range(40)]
    assert fit(rows)["told"] > 1
    assert all(right and said > 0.5 for said, right in left_out(rows))

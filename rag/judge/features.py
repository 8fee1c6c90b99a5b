"""What the judge knows of a sentence that may answer: one small function a feature. Pure.

Each says one thing, in a range of about one, and none decides anything: what each is worth was fitted on questions and
reports that the reader didn't learn from (`make judge`, docs/quality.md). Shares are in [0, 1]; a thing that is so is
1.0, one that isn't 0.0.
"""

from __future__ import annotations

from rag.judge import of_answer, of_reading, of_subject
from rag.judge.case import Feature

FEATURES: dict[str, Feature] = {
    feature.__name__: feature
    for feature in (
        of_reading.relevance,
        of_reading.margin,
        of_reading.proof,
        of_reading.alone,
        of_reading.told,
        of_reading.settled,
        of_reading.ahead,
        of_reading.elsewhere,
        of_reading.retrieved,
        of_reading.lead,
        of_reading.words,
        of_reading.words_beside,
        of_reading.words_above,
        of_reading.words_unknown,
        of_reading.word_missing,
        of_reading.echoed,
        of_subject.other_place,
        of_subject.same_place,
        of_subject.other_year,
        of_subject.same_year,
        of_subject.year_told,
        of_subject.other_period,
        of_subject.other_rank,
        of_answer.wrong_kind,
        of_answer.other_measure,
        of_answer.pointed,
        of_answer.no_name,
        of_answer.no_body,
        of_answer.planned,
        of_answer.no_plan,
        of_answer.growth,
        of_answer.newly,
        of_answer.denied,
        of_subject.other_body,
        of_subject.other_ordinal,
        of_subject.other_label,
        of_answer.opposite,
        of_answer.opposite_beside,
        of_answer.earlier,
        of_answer.part,
        of_answer.for_each,
        of_answer.other_way,
        of_answer.other_post,
        of_subject.other_name,
        of_answer.left_out,
        of_answer.thing_missing,
        of_answer.figures_many,
        of_subject.day_missing,
        of_answer.exact,
        of_answer.explained,
    )
}
"""By the names under which their weights are kept."""

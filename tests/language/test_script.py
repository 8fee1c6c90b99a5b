"""Folding keeps the length, and what is folded folds to itself."""

from __future__ import annotations

import pytest

from ingest.language.script import fold_script

ODD = [*range(0x2E80, 0x2FD6), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("⼤⽅县科协举办⽂化活动", "大方县科协举办文化活动"),
        ("⻓江⻛景⻋队⻢拉松⻢⻩⻬", "长江风景车队马拉松马黄齐"),
        ("\uf9dd民工程、更\uf9fa", "利民工程、更状"),
        ("\U0002f804", "你"),
        ("臺灣車站", "台湾车站"),
        ("普通的字,没有什么可折", "普通的字,没有什么可折"),
    ],
)
def test_radicals_and_compatibility_forms_are_read_as_the_characters_they_stand_for(text, folded):
    assert fold_script(text) == folded


def test_folding_keeps_the_length_and_changes_nothing_twice():
    text = "".join(map(chr, ODD))
    folded = fold_script(text)
    assert len(folded) == len(text)
    assert fold_script(folded) == folded
    assert [len(fold_script(char)) for char in text] == [1] * len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("首批覆盖3家平台", "首批覆盖3家平台"),
        ("大批覆盖件已到货\n縣府批覆同意", "大批覆盖件已到货\n县府批复同意"),
        ("縣府批覆同意", "县府批复同意"),
        ("乾坤湾", "乾坤湾"),
        ("乾燥箱", "干燥箱"),
    ],
)
def test_a_line_in_simplified_script_stays_as_it_is(text, folded):
    assert fold_script(text) == folded

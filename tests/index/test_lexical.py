"""Lexical search finds what a question names, whatever its script, width and punctuation."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.errors import IndexDamaged
from ingest.index.lexical import Lexical, LexicalDraft, copy_lexical, seals, terms
from rag.search.fuse import fuse

CHUNKS = {
    "museum": "东山县科协建成乡村科普馆21个，举办讲座36场次。",
    "base": "西河市科协有科普教育基地64家，科技志愿者3200余名。",
    "money": "南岭区投入经费1,150万元，增长3.5%，使用APP发放资料。",
}


@pytest.fixture
def folder(tmp_path):
    return _built(tmp_path / "lexical", CHUNKS)


def _built(path, chunks):
    draft = LexicalDraft(path)
    draft.add(list(chunks), list(chunks.values()), [f"{id_}.txt" for id_ in chunks])
    draft.commit()
    return path


def _found(folder, text, k=10):
    return Lexical.open(folder, seals(folder)).search(text, k)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("鄉村科普館有幾個", "museum"),
        ("科普教育基地６４家", "base"),
        ("馆", "museum"),
        ("經費1150萬元", "money"),
        ("１１５０", "money"),
        ("3.5%", "money"),
        ("ａｐｐ", "money"),
        ("志 愿 者", "base"),
    ],
)
def test_a_question_finds_its_chunk_whatever_its_script_and_width(folder, question, best):
    assert _found(folder, question)[0][0] == best


@pytest.mark.parametrize(
    "question",
    [
        '"',
        "科普 NEAR 讲座",
        "-科普",
        "科普*",
        "id:base",
        "(科普",
        "科普 AND NOT 讲座",
        "'; --",
        "\\",
        "\0",
        "[a TO b]",
        "^2~",
    ],
)
def test_no_character_of_a_question_is_an_operator(folder, question):
    plain = "".join(c if c.isalnum() else " " for c in question)
    assert _found(folder, question) == _found(folder, plain)


@pytest.mark.parametrize("question", ["", "？！", " \n", "量子"])
def test_what_no_chunk_says_finds_nothing(folder, question):
    assert _found(folder, question) == []


def test_shares_fall_and_stay_below_1(folder):
    shares = [share for _, share in _found(folder, "科协科普讲座")]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < share < 1 for share in shares)


def test_terms_are_characters_pairs_and_whole_words():
    assert terms("科普館ABC 1,150.5万") == ["科", "普", "馆", "科普", "普馆", "abc", "1150.5", "万"]


def test_a_removed_chunk_is_gone_and_the_original_stays(folder, tmp_path):
    copy_lexical(folder, tmp_path / "next")
    draft = LexicalDraft(tmp_path / "next")
    draft.remove(["museum"])
    draft.add(["new"], ["北原旗建立农技协18个。"], ["new.txt"])
    draft.commit()
    assert Lexical.open(tmp_path / "next", seals(tmp_path / "next")).ids() == {"base", "money", "new"}
    assert Lexical.open(folder, seals(folder)).ids() == set(CHUNKS)


def test_reading_writes_nothing(folder):
    for lock in folder.glob("*.lock"):
        lock.unlink()
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    lexical = Lexical.open(folder, seals(folder))
    lexical.search("科普", 3)
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()} == before


@pytest.mark.parametrize("kind", ["term", "idx", "store", "fieldnorm", "json"])
@pytest.mark.parametrize("how", ["gone", "cut", "changed"])
def test_damage_to_any_file_is_noticed(folder, kind, how):
    sealed = seals(folder)
    path = next(path for path in sorted(folder.glob(f"*.{kind}")) if not path.name.startswith("."))
    data = path.read_bytes()
    path.unlink()
    if how != "gone":
        path.write_bytes(data[:-1] if how == "cut" else bytes([data[0] ^ 1]) + data[1:])
    with pytest.raises(IndexDamaged, match=r"wenbao ingest"):
        Lexical.open(folder, sealed)


def test_files_without_seals_are_not_trusted(folder):
    with pytest.raises(IndexDamaged):
        Lexical.open(folder, {})


def test_threads_search_side_by_side(folder):
    lexical = Lexical.open(folder, seals(folder))
    expected = lexical.search("科普讲座", 3)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert all(found == expected for found in pool.map(lambda _: lexical.search("科普讲座", 3), range(200)))


def test_fusing_prefers_what_both_propose():
    fused = fuse([("a", 0.90), ("b", 0.89)], [("b", 0.6), ("c", 0.2)])
    assert fused[0][0] == "b"
    assert {id_ for id_, _ in fused} == {"a", "b", "c"}
    assert all(0 <= score <= 1 for _, score in fused)
    assert fuse([], []) == []


def test_whoever_may_read_the_folder_may_read_its_files(folder):
    readable = folder.stat().st_mode & 0o444
    assert {path.stat().st_mode & 0o444 for path in folder.iterdir()} == {readable}

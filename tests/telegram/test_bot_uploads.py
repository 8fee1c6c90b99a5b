"""Reports changed from a chat. These scenarios change the reports, so they have a bot of their own."""

from __future__ import annotations

import io
import os
import re
import signal
from pathlib import Path

import pytest
from conftest import ROOT
from office import QUESTION, SHORT, SLOW, loopback_server, open_office
from PIL import Image

from ingest.index.draft import writing

SCAN = ROOT / "tests" / "formats" / "files" / "scan.png"
pytestmark = pytest.mark.usefixtures("no_rule_is_broken")


@pytest.fixture(scope="module")
def server():
    with loopback_server() as server:
        yield server


@pytest.fixture(scope="module")
def bot(tmp_path_factory, embedder, server):
    with open_office(tmp_path_factory.mktemp("office"), embedder, server) as bot:
        yield bot


def _offer(bot, server, name, data, size=None, *, user):
    """An admin sends a file; the message in which the bot says what it would do with it."""
    update, message = server.send_file(user, user, name, data, size)
    assert bot.settled(update, 90) == "done"
    (note,) = server.replies(user, message)
    return note


def _press(bot, server, note, label, *, user):
    assert bot.settled(server.press(user, note, label), 90) == "done"


def _jpeg(picture):
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=90)
    return held.getvalue()


def _changes(bot, name):
    return [row[0] for row in bot.rows("SELECT state FROM changes WHERE name = ?", name)]


def _read_by(process):
    """The bytes that a process has read; one that waits for a request reads none."""
    return int(Path(f"/proc/{process}/io").read_text().split()[1])


def test_only_admins_upload_and_only_in_private(bot, admin, server, user, group):
    assert "只有管理员" in _offer(bot, server, "x.txt", b"x", user=user).text
    document = {"file_id": "f", "file_unique_id": "f", "file_name": "x.txt", "file_size": 3}
    assert bot.settled(server.say(group, admin, None, document=document)[0]) == "done"
    assert server.sent(group) == []
    assert server.called("getFile") == []


def test_a_file_that_is_too_large_is_not_even_asked_for(bot, admin, server):
    before = len(server.called("getFile"))
    note = _offer(bot, server, "huge.txt", b"x", size=21 << 20, user=admin)
    assert "21.0 MB" in note.text
    assert "20.0 MB" in note.text
    assert note.buttons == {}
    assert len(server.called("getFile")) == before


@pytest.mark.parametrize(("size", "outcome"), [(21 << 20, "不能加入:文件大于 20.0 MB"), (4, "(?)\n将作为新报告加入")])
def test_a_file_of_unknown_size_is_measured_before_it_is_downloaded(bot, admin, server, size, outcome):
    file = f"unknown{size}"
    server.files[file] = b"text", size
    document = {"file_id": file, "file_unique_id": file, "file_name": "unknown.txt"}
    update, message = server.say(admin, admin, None, document=document)
    assert bot.settled(update, 90) == "done"
    (note,) = server.replies(admin, message)
    assert outcome in note.text
    for label in {"取消"} & note.buttons.keys():
        _press(bot, server, note, label, user=admin)


@pytest.mark.parametrize("size", [0, 5], ids=["as-announced", "once-downloaded"])
def test_an_empty_file_is_called_empty(bot, admin, server, size):
    note = _offer(bot, server, "empty.txt", b"", size=size, user=admin)
    assert note.text == "empty.txt 是空文件,没有内容可加入。"
    assert _changes(bot, "empty.txt") == []


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("really.pdf", "其实是文字。".encode(), "内容却是"),
        ("broken.pdf", b"%PDF-1.7\nnothing of a PDF follows", "已损坏"),
    ],
    ids=["fake-extension", "corrupt-pdf"],
)
def test_what_is_no_report_is_refused_with_the_reason_and_leaves_nothing(bot, admin, server, name, data, reason):
    note = _offer(bot, server, name, data, user=admin)
    assert note.text.startswith(f"{name} 不能加入:")
    assert reason in note.text
    assert note.buttons == {}
    assert not (bot.settings.reports_dir / name).exists()
    assert list((bot.settings.data_dir / "telegram" / "changes").glob("*")) == []
    assert _changes(bot, name) == []


def test_a_file_that_is_there_already_is_recognised_under_any_name(bot, admin, server):
    note = _offer(bot, server, "copy.txt", (bot.settings.reports_dir / "a.txt").read_bytes(), user=admin)
    assert "与已收录的 a.txt 内容完全相同" in note.text
    assert note.buttons == {}
    assert _changes(bot, "copy.txt") == []


def test_an_uploaded_report_answers_at_once_and_can_be_taken_back(bot, admin, server, user):
    question = "金湖县科协举办多少场展览?"
    note = _offer(
        bot,
        server,
        "../../金湖\u202e县.txt",
        "金湖县科协工作总结\n金湖县科协举办展览73场,观众踊跃。".encode(),
        user=admin,
    )
    assert note.versions[0].startswith("收到 金湖县.txt(0.1 KB)")
    assert "将作为新报告加入,有 1 个新片段" in note.text
    path = bot.settings.reports_dir / "金湖县.txt"
    assert not path.exists()
    forged = note.buttons["✅ 确认"]
    assert bot.settled(server.press(user, note, forged, chat=user)) == "done"
    assert not path.exists()
    assert "没有找到答案" in bot.ask(user, question).text
    asked = server.say(user, user, f"{SLOW}{QUESTION}")  # in work while the index is switched
    _press(bot, server, note, "✅ 确认", user=admin)
    assert note.text.startswith("✅ 金湖县.txt 已加入")
    assert "新增 1" in note.text
    assert path.exists()
    assert bot.settled(asked[0]) == "done"
    assert server.replies(user, asked[1])[0].text.startswith(SHORT)
    answer = bot.ask(user, question)
    assert answer.text.startswith("73场")
    _press(bot, server, note, "撤销", user=admin)
    assert note.text.startswith("↩️ 已撤销")
    assert not path.exists()
    assert "没有找到答案" in bot.ask(user, question).text
    bot.settled(server.press(user, answer, "原文"))
    assert server.sent(user)[-1].text == "这份报告已不在索引里。"
    assert _changes(bot, "金湖县.txt") == ["undone"]


def test_photographs_of_an_album_become_reports_of_their_own(bot, admin, server, user):
    pages = [Image.open(SCAN).convert("RGB"), Image.open(SCAN).convert("RGB").rotate(180)]
    sent = [
        server.send_photo(admin, admin, _jpeg(page), caption, "album")
        for page, caption in zip(pages, ("东山县扫描件", None), strict=True)
    ]
    notes = []
    for update, message in sent:
        assert bot.settled(update, 120) == "done"
        notes += server.replies(admin, message)
    first, second = notes
    assert re.match(r"东山县扫描件-\d+\.jpg\(", first.text)
    assert re.match(r"photo-\d{8}-\d{6}-\d+\.jpg\(", second.text)
    assert all("将作为新报告加入" in note.text for note in notes)
    _press(bot, server, second, "取消", user=admin)
    _press(bot, server, first, "✅ 确认", user=admin)
    assert first.text.startswith("✅ 东山县扫描件-")
    answer = bot.ask(user, "东山县科协新增志愿者多少名?")
    assert "412名" in answer.text
    assert re.search(r"\n\[1\] .* · 识别 · 东山县扫描件-\d+\.jpg \d+-\d+$", answer.text)
    assert bot.settled(server.press(user, answer, "原文")) == "done"
    assert bot.settled(server.press(user, server.sent(user)[-1], "看扫描件")) == "done"
    shown = server.sent(user)[-1]
    assert re.fullmatch(r"东山县扫描件-\d+\.jpg 第 1 页,框内是引用的地方", shown.text)
    assert Image.open(io.BytesIO(shown.picture)).width > 1000
    (kept,) = bot.settings.reports_dir.glob("*.jpg")
    scan = kept.read_bytes()
    kept.write_bytes(scan + b"\0")
    assert bot.settled(server.press(user, server.sent(user)[-2], "看扫描件")) == "done"
    assert "已改过" in server.sent(user)[-1].text
    kept.write_bytes(scan)
    _press(bot, server, first, "撤销", user=admin)
    assert not list(bot.settings.reports_dir.glob("*.jpg"))


def test_only_admins_send_photographs_and_only_in_private(bot, admin, server, user, group):
    update, message = server.send_photo(user, user, b"x", "简报")
    assert bot.settled(update) == "done"
    assert "只有管理员" in server.replies(user, message)[0].text
    assert bot.settled(server.send_photo(group, admin, b"x", "简报")[0]) in ("done", "ignored")
    assert server.sent(group) == []


def test_a_new_version_replaces_the_old_and_old_buttons_say_so(bot, admin, server, user):
    question = "南岭区投入经费多少万元?"
    answer = bot.ask(user, question)
    path = bot.settings.reports_dir / "c.txt"
    before = path.read_bytes()
    note = _offer(
        bot,
        server,
        "c.txt",
        "南岭区科普工作简报\n今年收支平稳。南岭区投入经费999万元。".encode(),
        user=admin,
    )
    assert "将替换同名报告" in note.text
    _press(bot, server, note, "✅ 确认", user=admin)
    _press(bot, server, note, "✅ 确认", user=admin)
    assert "更新 1" in note.text
    assert bot.ask(user, question).text.startswith("999万元")
    bot.settled(server.press(user, answer, "原文"))
    assert server.sent(user)[-1].text.startswith("这份报告在回答之后改过")
    _press(bot, server, note, "撤销", user=admin)
    assert path.read_bytes() == before
    assert bot.ask(user, question).text.startswith("150万元")


def test_a_cancelled_upload_changes_nothing(bot, admin, server):
    generation = bot.ask(admin, "/status").text.split("\n")[0]
    note = _offer(bot, server, "not.txt", "不要这份。".encode(), user=admin)
    _press(bot, server, note, "取消", user=admin)
    assert "已取消" in note.text
    assert _changes(bot, "not.txt") == ["cancelled"]
    assert bot.ask(admin, "/status").text.split("\n")[0] == generation


def test_an_upload_comes_to_its_end_even_when_nobody_can_be_told(bot, admin, server, user):
    note = _offer(bot, server, "quiet.txt", "静水县科协有志愿者83名。".encode(), user=admin)
    server.fail("editMessageText", "403 Forbidden: bot was blocked by the user", chat=admin, times=9)
    _press(bot, server, note, "✅ 确认", user=admin)
    assert _changes(bot, "quiet.txt") == ["done"]
    assert bot.ask(user, "静水县科协有多少名志愿者?").text.startswith("83名")


def test_an_upload_waits_for_another_ingest_and_when_it_dies_all_is_as_it_was(bot, admin, server):
    note = _offer(bot, server, "late.txt", "迟山县科协有志愿者84名。".encode(), user=admin)
    with writing(bot.settings):  # as an ingest in a terminal does
        (child,) = bot.children()
        idle = _read_by(child)
        update = server.press(admin, note, "✅ 确认")
        server.wait(lambda: _read_by(child) > idle)
        os.kill(child, signal.SIGKILL)
        server.wait(lambda: bot.children() not in ([], [child]))
        assert not (bot.settings.reports_dir / "late.txt").exists()
    assert bot.settled(update, 60) == "done"
    assert _changes(bot, "late.txt") == ["failed"]
    assert "意外退出" in note.text
    assert not (bot.settings.reports_dir / "late.txt").exists()
    assert list((bot.settings.data_dir / "telegram" / "changes").glob("*/new/late.txt")) == []


def test_a_report_is_removed_and_brought_back(bot, admin, server, user):
    assert "索引里没有 nope.txt" in bot.ask(admin, "/remove nope.txt").text
    note = bot.ask(admin, "/remove d.txt")
    _press(bot, server, note, "✅ 确认", user=admin)
    assert note.text.startswith("🗑 d.txt 已移除")
    assert "18个" not in bot.ask(user, "北原旗建立多少个农技协?").text.split("\n")[0]
    assert not (bot.settings.reports_dir / "d.txt").exists()
    _press(bot, server, note, "撤销", user=admin)
    assert "北原旗建立农技协18个" in bot.ask(user, "北原旗建立多少个农技协?").text


def test_an_admin_mirrors_the_reports_directory(bot, admin, user):
    (bot.settings.reports_dir / "g.txt").write_text("青石镇科协有宣讲员41名。", encoding="utf-8")
    (bot.settings.reports_dir / "h.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old")
    shown = bot.ask(admin, "/ingest").text
    assert "新增 1" in shown
    assert "h.doc" in shown
    assert bot.ask(user, "青石镇科协有多少名宣讲员?").text.startswith("41名")
    assert "h.doc" in bot.ask(admin, "/status").text

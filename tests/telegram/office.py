"""A small office with a bot of its own: reports, their index, and the real bot process on the loopback server."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conftest import MODELS, ROOT, SMALL_REPORTS, Watcher
from loopback import BOT, PACE, TOKEN, Loopback

from config.settings import Settings
from ingest.embedding.embed import Embedder
from ingest.pipeline import ingest

SLOW = "慢慢"
"""A question with this in it takes SLOW_SECONDS longer, in a bot started with `odd=True`."""
SLOW_SECONDS = 2.0

LONG, EMOJI = "长长", "彩彩"
"""With one of these in a question, that bot's answer is the text below: longer than any report makes it today."""
TEXTS = {
    LONG: "".join(f"第{n}项工作稳步推进," for n in range(1, 1000)) + "得到好评。",
    EMOJI: "👨‍👩‍👧‍👦🇨🇳" * 600 + "反响很好。",
}
MARKS = "标点县科协 <b>研发</b> & 推广 _软件_ *工具* [平台] 共66套,其中 a<b 且 c&d;得到应用。"
REPORTS = {
    **SMALL_REPORTS,
    "long.txt": "长岭县科协工作总结\n" + "长岭县科协稳步推进各项工作。" * 100 + "共建成科普大院99家,得到好评。",
    "marks.txt": f"标点县科协工作总结\n{MARKS}",
}
ADMINS = range(9001, 9031)
USERS = range(1001, 1200)
GROUPS = range(-2001, -2030, -1)
NAME = BOT["username"]
QUESTION, SHORT = "东山县科协举办讲座多少场次?", "36场次"

HURRY = 0.15
"""Seconds that stand for Telegram's one between two messages in a chat, where both sides are told so."""

IMPATIENT = 0.4
"""Seconds that stand for the five that the bot waits for a state in other hands, and for the two or five between two
tries to write one, and for the ten between two looks at how an ingest ended, in a bot started with `IMPATIENT="1"`."""

_ODDER = f"""
import dataclasses, functools, os, sys, time
def odder(self, text, *rest, **options):
    if {SLOW!r} in text:
        time.sleep({SLOW_SECONDS})
    answer = ask(self, text.replace({SLOW!r}, ""), *rest, **options)
    for mark, long in {TEXTS!r}.items():
        if mark in text:
            answer = dataclasses.replace(answer, answer=long + " [1]")
    return answer
if sys.orig_argv[-1].endswith("bot.py"):  # and not what the bot starts
    import rag.engine, rag.telegram.app
    ask, rag.engine.Engine.ask = rag.engine.Engine.ask, odder
    if "HURRY" in os.environ:
        rag.telegram.app.Pacing = functools.partial(rag.telegram.app.Pacing, every={HURRY})
    if "IMPATIENT" in os.environ:
        import sqlite3, rag.telegram.shelf.unwatched
        rag.telegram.shelf.unwatched._EVERY = {IMPATIENT}
        sqlite3.connect = functools.partial(sqlite3.connect, timeout={IMPATIENT})
        rag.telegram.app.Intake = functools.partial(rag.telegram.app.Intake, until_written={IMPATIENT})
        rag.telegram.app.JournalQueue = functools.partial(rag.telegram.app.JournalQueue, pause={IMPATIENT})
"""


def make_office(folder: Path, embedder: Embedder | None, reports: dict[str, str] = REPORTS) -> Settings:
    """A reports directory and, with an embedder, its published index."""
    settings = Settings(reports_dir=folder / "reports", data_dir=folder / "data", models_dir=MODELS)
    settings.reports_dir.mkdir(parents=True)
    for name, text in reports.items():
        (settings.reports_dir / name).write_text(text, encoding="utf-8")
    if embedder is not None:
        ingest(settings, [], Watcher(), embedder=embedder)
    return settings


class Bot:
    """The real `bot.py` in a process of its own."""

    def __init__(self, settings: Settings, server: Loopback, folder: Path, *, odd: bool = False, **env: str) -> None:
        self.settings, self.server = settings, server
        self.log_path = folder / f"bot-{time.monotonic_ns()}.log"
        paths = [str(ROOT)]
        if odd:
            (folder / "odd").mkdir(exist_ok=True)
            (folder / "odd" / "sitecustomize.py").write_text(_ODDER, encoding="utf-8")
            paths.insert(0, str(folder / "odd"))
        clean = {key: value for key, value in os.environ.items() if not key.startswith("WENBAO_")}
        self.env = clean | {
            "NO_PROXY": "127.0.0.1,localhost",
            "PYTHONPATH": os.pathsep.join(paths),
            "WENBAO_REPORTS_DIR": str(settings.reports_dir),
            "WENBAO_DATA_DIR": str(settings.data_dir),
            "WENBAO_MODELS_DIR": str(MODELS),
            "WENBAO_TELEGRAM_TOKEN": TOKEN,
            "WENBAO_TELEGRAM_API_URL": server.url,
            "WENBAO_TELEGRAM_TIMEOUT": "4",
            "WENBAO_TELEGRAM_SLOW_SECONDS": "1.2",
            **env,
        }  # fmt: skip
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, limit: Any = None, wait: bool = True) -> Bot:
        """Start it, and wait until it takes messages; `limit` runs in the process before the bot does."""
        began = time.monotonic()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "bot.py")], env=self.env, cwd=self._folder, stderr=log, preexec_fn=limit
            )
        if wait:
            self.server.wait(
                lambda: self.server.called("getUpdates", since=began) or self.server.webhook or self.ended(),
                90,
                "the bot did not start",
            )
            assert not self.ended(), self.log
        return self

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")

    def wait_end(self, seconds: float = 60) -> int:
        assert self.process is not None
        return self.process.wait(seconds)

    def terminate(self, seconds: float = 60) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.wait_end(seconds)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()

    def children(self) -> list[int]:
        """The processes that it has started and that still run: the one that ingests."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in path.read_text().split()]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the state database says."""
        path = self.settings.data_dir / "telegram" / f"{BOT['id']}.db"
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql, values).fetchall()

    def outcome(self, update: int) -> str | None:
        found = self.rows("SELECT state FROM journal WHERE update_id = ?", update)
        return found[0][0] if found else None

    def settled(self, update: int, seconds: float = 40) -> str:
        """How the bot has dealt with an update, once it has."""
        return str(
            self.server.wait(
                lambda: (outcome := self.outcome(update)) != "received" and outcome,
                seconds,
                f"(update {update} is {self.outcome(update)})",
            )
        )

    def seen(self) -> None:
        """Wait until Telegram's queue is empty, for updates that leave no trace."""
        self.server.wait(lambda: self.server.pending() == 0, 40)

    def ask(self, user: int, text: str, **extra: Any) -> Any:
        """Ask in private; the one message that answers."""
        update, message = self.server.say(user, user, text, **extra)
        assert self.settled(update) == "done"
        replies = self.server.replies(user, message)
        assert len(replies) == 1, [reply.text for reply in replies]
        return replies[0]

    def status(self, user: int) -> list[str | None]:
        """What became of a person's questions."""
        return [row[0] for row in self.rows("SELECT status FROM questions WHERE user = ? ORDER BY id", user)]


def events(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines()]


def loopback_server() -> Loopback:
    """Telegram as the bot of an open office knows it: it lets a chat be written to more often."""
    return Loopback(pace=HURRY * PACE)


@contextlib.contextmanager
def open_office(folder: Path, embedder: Embedder, server: Loopback) -> Iterator[Bot]:
    """An office whose bot knows ADMINS, USERS and GROUPS; its log holds no secret, no question and no accident."""
    bot = Bot(
        make_office(folder, embedder),
        server,
        folder,
        odd=True,
        HURRY="1",
        WENBAO_TELEGRAM_WORKERS="4",
        WENBAO_ALLOWED_USERS=",".join(map(str, USERS)),
        WENBAO_ALLOWED_CHATS=" ".join(map(str, GROUPS)),
        WENBAO_ADMIN_USERS=",".join(map(str, ADMINS)),
    )
    server.chat(ADMINS[0])
    yield bot.start()
    bot.close()
    assert TOKEN not in bot.log
    assert QUESTION not in bot.log
    assert "Traceback" not in bot.log, bot.log

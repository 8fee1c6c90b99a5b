"""A nightly ingest that fails is a message to every admin, once; so is its end."""

from __future__ import annotations

import contextlib

from loopback import Loopback
from office import Bot, make_office

from config.errors import StorageError
from ingest.index import runs
from ingest.records import Failure, IngestSummary

ADMINS = (9001, 9002)
FULL = StorageError("磁盘已满", "the disk is full")


def ended(settings, *failed: str, error: StorageError | None = None) -> None:
    """An ingest comes to this end."""

    def work() -> IngestSummary:
        if error is not None:
            raise error
        return IngestSummary((), (), (), 0, tuple(Failure(name, "damaged") for name in failed), 0, 0, "g", 0.0)

    with contextlib.suppress(StorageError):
        runs.recorded(settings, work)


def test_admins_hear_of_a_failed_ingest_once_and_when_it_works_again(tmp_path):
    settings = make_office(tmp_path / "office", None)
    people = {"WENBAO_ADMIN_USERS": ",".join(map(str, ADMINS)), "WENBAO_ALLOWED_USERS": "1001", "IMPATIENT": "1"}
    with Loopback() as server:
        for person in (*ADMINS, 1001):
            server.chat(person)

        def heard(count: int) -> list[list[str]]:
            """What each admin was told, once it is so much."""
            server.wait(lambda: all(len(server.sent(admin)) >= count for admin in ADMINS), 40)
            return [[message.text for message in server.sent(admin)] for admin in ADMINS]

        ended(settings, error=FULL)
        first = Bot(settings, server, tmp_path, odd=True, **people).start()
        try:
            for texts in heard(1):
                assert "磁盘已满" in texts[0]
                assert "还没有可以回答的索引" in texts[0]
            ended(settings, "b.pdf")
            for texts in heard(3):
                assert "恢复正常" in texts[1]
                assert "b.pdf" in texts[2]
            ended(settings, "b.pdf", error=FULL)
            heard(4)
        finally:
            first.close()
        ended(settings, error=FULL)  # the same again, while no bot runs
        second = Bot(settings, server, tmp_path, odd=True, **people).start()
        try:
            ended(settings, "b.pdf", "c.pdf")
            for texts in heard(6):
                assert "恢复正常" in texts[4]
                assert "c.pdf" in texts[5]
                assert "b.pdf" not in texts[5]
            assert server.sent(1001) == []
        finally:
            second.close()
        assert server.violations == []

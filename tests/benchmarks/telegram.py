"""How fast the bot is when everybody asks at once: `make bench` prints it; nothing is asserted here.

usage: python tests/benchmarks/telegram.py
The real bot process, with the seeds as its reports, against the loopback server: 50 people ask one question
each at the same moment. Printed: seconds from the update being there to the answer being delivered, the
event loop's largest lag since it took messages, and the same for one person alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "telegram")]

from conftest import MODELS, SEEDS, Watcher  # noqa: E402  # found through the path above
from loopback import Loopback  # noqa: E402
from office import Bot  # noqa: E402

from config.settings import Settings  # noqa: E402
from ingest.pipeline import ingest  # noqa: E402

_PEOPLE = 50
_QUESTIONS = ("巴州有多少个乡村科普馆?", "塔城有多少家科普教育基地?", "雨花區總共組建了多少個科普(科技)志願服務組織?")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, Loopback() as server:
        work = Path(folder)
        settings = Settings(reports_dir=SEEDS, data_dir=work / "data", models_dir=MODELS)
        ingest(settings, [], Watcher())
        people = [server.chat(1000 + n) for n in range(_PEOPLE + 1)]
        bot = Bot(settings, server, work, WENBAO_ALLOWED_USERS=",".join(map(str, people))).start()
        try:
            bot.ask(people[0], _QUESTIONS[0])
            alone = sorted(_ask(bot, server, [people[0]])[0] for _ in range(10))
            many = sorted(_ask(bot, server, people[1:]))
            time.sleep(3)  # the health file is written every two seconds
            health = json.loads((settings.data_dir / "telegram" / "health.json").read_text(encoding="utf-8"))
        finally:
            bot.close()
        print(f"one person      p50 {_at(alone, 0.5):.2f} s  p95 {_at(alone, 0.95):.2f} s (a second apart)")
        print(f"{_PEOPLE} people at once p50 {_at(many, 0.5):.2f} s  p95 {_at(many, 0.95):.2f} s")
        print(f"largest lag of the event loop: {health['largest_lag_ms']:.0f} ms")
        print(f"limits broken: {len(server.violations)}")


def _ask(bot: Bot, server: Loopback, people: list[int]) -> list[float]:
    """Seconds until each of them has an answer."""
    with server.lock:
        began = time.time()
        asked = [(person, *server.say(person, person, _QUESTIONS[n % 3])) for n, person in enumerate(people)]
    took = []
    for person, update, message in asked:
        bot.settled(update, 300)
        (answer,) = server.replies(person, message)
        took.append(answer.at - began)
    return took


def _at(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


if __name__ == "__main__":
    main()

"""Real parts, shared where they are costly: the bundled model is prepared once for all test runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import signals

from config.errors import Message
from config.settings import Settings
from ingest.embedding.embed import Embedder
from ingest.embedding.prepare import prepare
from ingest.pipeline import ingest
from ingest.records import IngestSummary
from rag.engine import Engine
from rag.reader.prepare import prepare as prepare_reader
from rag.reader.reader import Reader

pytest_plugins = ["shared_bot"]

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
MODELS = Path(os.environ.get("WENBAO_MODELS_DIR", ROOT / ".wenbao" / "models")).absolute()


LONGEST = ("test_patterns.py", "test_process.py", "test_set_aside.py", "test_trouble.py", "test_embed.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process of the suite waits for another's last one."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Prepare the models before the first test, where their minute can be seen."""
    signals.heeded()
    if session.config.option.collectonly:
        return
    capture = session.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        for make in (prepare, prepare_reader):
            make(Settings(models_dir=MODELS), lambda message: print(message.en, file=sys.stderr, flush=True))


class Watcher:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.embedded: list[tuple[int, int]] = []

    def notify(self, message: Message) -> None:
        self.messages.append(message)

    def embedding(self, done: int, total: int) -> None:
        self.embedded.append((done, total))


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("WENBAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


SMALL_REPORTS = {
    "a.txt": "东山县科协工作总结\n东山县科协建成乡村科普馆21个,举办讲座36场次。第二次代表大会于2021年5月8日召开。",
    "b.txt": "西河市科協年度報(bào)告\n西河市科協有科普教育基地64家,科技志愿者3200余名。",
    "c.txt": "南岭区科普工作简报\n发布时间: 2023-04-05 10:00\n南岭区投入经费150万元,发放资料2.6万册。",
    "d.txt": "北原旗科协总结\n一、组织建设\n北原旗建立农技协18个。\n二、科普活动\n全旗开展科普日活动40余场次。",
    "e.txt": "中川县科协开展了送科技下乡活动。",
}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A reports directory of its own, holding a few short reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for name, text in SMALL_REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path, reports: Path) -> Settings:
    return Settings(reports_dir=reports, data_dir=tmp_path / "data", models_dir=MODELS)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder.open(Settings(models_dir=MODELS), lambda message: print(message.en, file=sys.stderr))


@pytest.fixture(scope="session")
def reader() -> Reader:
    found = Reader.open(Settings(models_dir=MODELS), lambda message: print(message.en, file=sys.stderr))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def engine_of(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, reader: Reader
) -> Iterator[Callable[[Mapping[str, str]], Engine]]:
    """Makes an engine on reports, each the text of a file of its name; closed with the module that asks it."""
    opened: list[Engine] = []

    def of(texts: Mapping[str, str]) -> Engine:
        folder = tmp_path_factory.mktemp("reports")
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        settings = Settings(reports_dir=folder, data_dir=tmp_path_factory.mktemp("data"), models_dir=MODELS)
        ingest(settings, [], Watcher(), embedder=embedder)
        opened.append(Engine(settings, Watcher().notify, embedder, reader))
        return opened[-1]

    yield of
    for engine in opened:
        engine.close()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Settings:
    """An index of the seeds that tests only read."""
    settings = Settings(reports_dir=SEEDS, data_dir=tmp_path_factory.mktemp("seeded"), models_dir=MODELS)
    ingest(settings, [], Watcher(), embedder=embedder)
    return settings


@pytest.fixture
def sync(settings: Settings, embedder: Embedder) -> Callable[..., IngestSummary]:
    """Ingest into the test's own index."""

    def run(*paths: Path, **options: Any) -> IngestSummary:
        return ingest(settings, list(paths), Watcher(), embedder=embedder, **options)

    return run


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def wenbao(tmp_path: Path) -> Run:
    """The real program in a process of its own, in an empty working directory."""

    def run(
        *arguments: str, settings: Settings | None = None, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}
        environment["WENBAO_MODELS_DIR"] = str(MODELS)
        if settings is not None:
            environment |= {"WENBAO_REPORTS_DIR": str(settings.reports_dir), "WENBAO_DATA_DIR": str(settings.data_dir)}
        return subprocess.run(
            [sys.executable, "-m", "rag", *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env=environment | {"PYTHONPATH": str(ROOT)} | (env or {}),
            cwd=tmp_path,
            timeout=300,
            check=False,
        )

    return run


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def assert_one_line(stderr: str, *parts: str) -> None:
    """An expected failure is one line for the user, naming what helps, and never a traceback."""
    lines = stderr.strip().split("\n")
    assert len(lines) == 1, stderr
    assert lines[0].startswith("wenbao: "), stderr
    for part in parts:
        assert part in lines[0], stderr

"""`wenbao chat`: one conversation on a terminal, from lines typed or piped in to answers shown.

The prompt stands at once; index and model are loaded beside it. A question runs in a thread of its own, so
that Ctrl-C gives the prompt back whatever it is doing. What a line means is in `Chat`, how a line is typed
in rag.commands.prompt, how things look in rag.show.terminal.
"""

from __future__ import annotations

import datetime
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from config.errors import Message, StorageError, UsageError, WenbaoError, reason
from config.settings import Settings
from ingest import console, entry, running
from ingest.durable import write_atomically
from ingest.index.catalog import ReportEntry
from rag.answers.citing import title_of
from rag.answers.table import check, set_out
from rag.commands import browse
from rag.question.understand import understand
from rag.records import Citation
from rag.search.filters import EVERYTHING, Filter, choose, guess, regions, scope, years
from rag.show.labels import CHANGED, GONE
from rag.show.minutes import Exchange, minutes
from rag.show.terminal import LOADING, Screen

if TYPE_CHECKING:
    from rag.commands.prompt import Candidate
    from rag.engine import Engine

T = TypeVar("T")

_PATIENCE = 0.3  # seconds before it is said what is going on
_LINE = re.compile(r"\s*+[:：]\s*+(\S*+)\s*+(.*)", re.DOTALL)

COMMANDS = {
    "1": Message("打开出处 1(2、3…同样),看引文的上下文", "open citation 1 (or 2, 3 …) in its surroundings"),
    "raw": Message(":raw 1 打开出处 1 在送来的原文中的样子", ":raw 1 shows citation 1 in the text as delivered"),
    "table": Message(
        ":table 指标 列出各地区的数字;加 按报告、按年 另行排列",
        ":table INDICATOR sets it out by place; add by report or by year for another way",
    ),
    "sources": Message("列出报告", "list the reports"),
    "report": Message(":report 名称 阅读一份报告", ":report NAME reads a report"),
    "only": Message(
        ":only 名称、年份或地名 只在这些报告中查找;换了报告或地方就是新的话题",
        ":only NAME, YEAR or PLACE looks only there; another report or place is a new topic",
    ),
    "all": Message("恢复在全部报告中查找", "look in all reports again"),
    "new": Message("开始新的话题,不再承接之前的问题", "start over: earlier questions are no longer carried along"),
    "save": Message(
        ":save 文件.md 把问答存为会议记录(:save! 覆盖已有文件)",
        ":save FILE.md writes the minutes (:save! replaces a file)",
    ),
    "help": Message("列出命令", "list the commands"),
    "quit": Message("离开", "leave"),
}
_ALIASES = {
    "表": "table",
    "来源": "sources",
    "报告": "report",
    "只看": "only",
    "全部": "all",
    "新话题": "new",
    "保存": "save",
    "原文": "raw",
    "帮助": "help",
    "退出": "quit",
    "q": "quit",
    "h": "help",
    "exit": "quit",
    "?": "help",
}
_WELCOME = Message(
    "问报 · {} 份报告。直接提问;:help 列出命令,Ctrl-D 离开。",
    "wenbao · {} reports. Just ask; :help lists the commands, Ctrl-D leaves.",
)
_HELP = Message(
    "直接输入问题即可提问,接着可以追问(那…呢?)。Ctrl-C 取消问题,Ctrl-D 离开。命令:",
    "Type a question; you can follow up. Ctrl-C cancels a question, Ctrl-D leaves. Commands:",
)
_PROMPT = Message("问> ", "ask> ")
_LOADED = Message("就绪", "ready")
_REPORTS = Message("{} 份报告", "{} reports")
_UNUSABLE = Message("无法载入,提问时会重试", "could not be loaded; asking tries again")
_SEARCHING = Message("正在查找…(Ctrl-C 取消)", "looking it up … (Ctrl-C cancels)")
_CANCELLED = Message("已取消。", "Cancelled.")
_HOW_TO_LEAVE = Message("按 Ctrl-D 或输入 :quit 离开。", "Ctrl-D or :quit leaves.")
_EVERYWHERE = Message("在全部 {} 份报告中查找。", "Looking in all {} reports.")
_FRESH = Message(
    "新话题:不再承接之前的问题,在全部报告中查找。", "Starting over: earlier questions and limits no longer count."
)
_SAVED = Message("已保存 {} 个问答:{}", "saved {} answers: {}")
_OPEN_HINT = Message("输入 :1 查看出处的上下文", ":1 shows the source in its surroundings")


def run(settings: Settings) -> None:
    """Talk until the input ends. Raises an IndexUnavailable when there is nothing to ask."""
    with browse.published(settings) as catalog:
        entries = catalog.entries()
    interactive = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    chat = Chat(settings, Screen(settings.language), entries)
    if interactive:
        _type(chat, settings)
    else:
        _pipe(chat)
    if not chat.loaded:
        # The native code that is still reading the model can't be interrupted, and nothing waits for it.
        sys.stdout.flush()
        running.end(0)


def _type(chat: Chat, settings: Settings) -> None:
    from rag.commands.prompt import Prompt

    language = settings.language
    prompt = Prompt(_PROMPT.text(language), settings.chat_history_path, chat.suggest, chat.toolbar)
    chat.loaded_or_not = prompt.refresh
    chat.screen.say(_WELCOME.text(language).format(len(chat.entries)), "dim")
    while True:
        try:
            line = prompt.read(chat.load)
            if not chat.take(line):
                return
            chat.screen.say("")
        except KeyboardInterrupt:
            chat.screen.say(_HOW_TO_LEAVE.text(language), "dim")
        except EOFError:
            return
        except WenbaoError as exc:
            chat.screen.say(exc.text(language), "red")


def _pipe(chat: Chat) -> None:
    """Each line is a question or a command; the transcript goes to stdout, errors to stderr."""
    language = chat.screen.language
    lines = entry.typed()
    asking = sys.stdin is not None and sys.stdin.isatty()
    while True:
        if asking:
            console.prompt(_PROMPT.text(language))
        line = next(lines, None)
        if line is None:
            return
        if not line.strip():
            continue
        chat.screen.say(f"> {line.strip()}", "bold")
        try:
            if not chat.take(line):
                return
        except WenbaoError as exc:
            console.warn(exc.text(language))
        chat.screen.say("")


class Chat:
    """A conversation: what was asked, what is looked in, what the last answer cites."""

    def __init__(self, settings: Settings, screen: Screen, entries: list[ReportEntry]) -> None:
        self._settings = settings
        self.screen, self.entries = screen, entries
        self.loaded_or_not: Callable[[], None] = lambda: None
        self._engine: Future[Engine] | None = None
        self._loading = LOADING
        self._exchanges: list[Exchange] = []
        self._history: list[str] = []
        self._only = EVERYTHING
        self._citations: tuple[Citation, ...] = ()
        self._saved: Path | None = None

    @property
    def loaded(self) -> bool:
        """Whether no engine is still being loaded."""
        return self._engine is None or self._engine.done()

    def load(self) -> None:
        """Begin to load the engine beside whatever goes on; once, and again after it failed."""
        if self._engine is None or _failed(self._engine):
            self._engine = running.beside(self._open)
            self._engine.add_done_callback(lambda _: self.loaded_or_not())

    def _open(self) -> Engine:
        from rag.engine import Engine

        return Engine(self._settings, self._notice)

    def _notice(self, message: Message) -> None:
        self._loading = message
        self.loaded_or_not()

    def toolbar(self) -> str:
        """Where questions are sought, and whether they can be answered yet."""
        language = self.screen.language
        where = self._only.text(language) or _REPORTS.text(language).format(len(self.entries))
        if self._engine is None or not self._engine.done():
            state = self._loading
        else:
            state = _UNUSABLE if _failed(self._engine) else _LOADED
        return f"{where} · {state.text(language)}"

    def take(self, line: str) -> bool:
        """Answer a line or do what it says; False when it says to leave. Raises a WenbaoError."""
        line = entry.text(line)
        if not line.strip():
            return True
        command = _LINE.fullmatch(line.rstrip())
        if command is None:
            self._ask(line)
            return True
        name = unicodedata.normalize("NFKC", command[1]).lower()
        forced, name = name.endswith("!"), name.removesuffix("!")
        name = _ALIASES.get(name, name)
        if name.isdecimal():
            self._open_citation(name, raw=False)
        elif name == "save":
            self._save(command[2], forced=forced)
        elif name == "quit":
            return False
        elif name in self._doing:
            self._doing[name](command[2])
        else:
            known = " ".join(f":{known}" for known in COMMANDS)
            raise UsageError(f"没有命令 :{name};可用:{known}", f"there is no :{name}; there are {known}")
        return True

    @property
    def _doing(self) -> dict[str, Callable[[str], None]]:
        return {
            "raw": lambda words: self._open_citation(words, raw=True),
            "table": self._tabulate,
            "sources": self._list,
            "report": self._read,
            "only": self._narrow,
            "all": self._widen,
            "new": self._start_over,
            "help": self._help,
        }

    def suggest(self, line: str) -> Iterable[Candidate] | None:
        """What may follow the beginning of a command; None where that is a path."""
        from rag.commands.prompt import Candidate

        name, space, words = line[1:].partition(" ")
        name = _ALIASES.get(name.lower().removesuffix("!"), name.lower().removesuffix("!"))
        language = self.screen.language
        if not space:
            shown = [each for each in COMMANDS if each != "1"] + [str(c.n) for c in self._citations]
            meanings = {each: COMMANDS[each if each in COMMANDS else "1"].text(language) for each in shown}
            return [Candidate(each, len(name), meanings[each]) for each in shown if each.startswith(name)]
        if name == "save":
            return None
        if name not in ("report", "only"):
            return []
        titles = [title_of(entry.title, entry.source) for entry in self.entries]
        names = titles if name == "report" else [*years(self.entries), *regions(self.entries), *titles]
        return [Candidate(each, len(words)) for each in dict.fromkeys(names) if words in each]

    def _ask(self, line: str) -> None:
        understand(line, self._history)  # what can't be asked is said at once
        self._citations = ()
        history, only = tuple(self._history), self._only
        answer = self._run(lambda engine: engine.ask(line, history, only=only))
        if answer is None:
            return
        first = not self._exchanges
        self._exchanges.append(Exchange(answer, only, datetime.datetime.now().astimezone()))
        self._history.append(line)
        self._citations = answer.citations or answer.nearest
        self.screen.answer(answer)
        if first and self._citations and not self.screen.plain:
            self.screen.say(_OPEN_HINT.text(self.screen.language), "dim")

    def _tabulate(self, words: str) -> None:
        indicator, by = set_out(words)
        if not indicator:
            raise UsageError(":table 后请写指标,例如 :table 科普馆 按年", "write an indicator after :table")
        check(indicator)
        self._citations = ()
        only = self._only
        table = self._run(lambda engine: engine.table(indicator, by, only=only))
        if table is not None:
            self._exchanges.append(Exchange(table, only, datetime.datetime.now().astimezone()))
            self._citations = table.citations
            self.screen.table(table)

    def _run(self, work: Callable[[Engine], T]) -> T | None:
        """What the engine says; None when the question was cancelled. Says what is going on when it takes long."""
        self.load()
        engine = self._engine
        if engine is None:
            raise AssertionError("load() sets it")
        task = running.beside(lambda: work(engine.result()))
        try:
            if not wait([task], _PATIENCE).done and not self.screen.plain:
                self._show_waiting(engine, task)
            return task.result()
        except KeyboardInterrupt:
            if self.screen.plain:
                raise
            self.screen.say(_CANCELLED.text(self.screen.language), "dim")
            return None

    def _show_waiting(self, engine: Future[Engine], task: Future[T]) -> None:
        language = self.screen.language
        while not engine.done():
            with self.screen.working(self._loading.text(language)):
                wait([engine], 1)
        with self.screen.working(_SEARCHING.text(language)):
            wait([task])

    def _open_citation(self, words: str, *, raw: bool) -> None:
        n = unicodedata.normalize("NFKC", words or "1")
        citation = next((c for c in self._citations if str(c.n) == n), None)
        if citation is None:
            there = "、".join(f":{c.n}" for c in self._citations) or "-"
            raise UsageError(f"没有出处 {n};可用:{there}", f"there is no citation {n}; there are: {there}")
        entry = next((entry for entry in self._refreshed() if entry.source == citation.source), None)
        if entry is None:
            raise UsageError(*GONE)
        with browse.published(self._settings) as catalog:
            report = catalog.report(citation.source)
        if report.text[citation.start : citation.end] != citation.quote:
            raise UsageError(*CHANGED)
        self.screen.citation(citation, report, raw=raw)

    def _refreshed(self) -> list[ReportEntry]:
        """The reports as they are published now."""
        with browse.published(self._settings) as catalog:
            self.entries = catalog.entries()
        return self.entries

    def _list(self, _: str) -> None:
        with browse.published(self._settings) as catalog:
            self.entries = catalog.entries()
            chosen = choose(self.entries, self._only, catalog.naming)
        self.screen.entries([entry for entry in self.entries if entry.source in chosen])

    def _read(self, name: str) -> None:
        with browse.published(self._settings) as catalog:
            entry = browse.find(catalog, name)
            report = catalog.report(entry.source)
        if remark := browse.only_mentioned(entry, name):
            self.screen.say(remark.text(self.screen.language), "dim")
        self.screen.report(report, entry, raw=False)

    def _narrow(self, words: str) -> None:
        if not words:
            raise UsageError(
                f":only 后请写名称、年份或地名(现在:{self._only.text('zh') or '全部'})",
                f"write a name, year or place after :only (now: {self._only.text('en') or 'all'})",
            )
        with browse.published(self._settings) as catalog:
            self.entries = catalog.entries()
            only = guess(words, self.entries, catalog.naming)
            chosen = choose(self.entries, only, catalog.naming)
        self._look_in(only)
        self.screen.say(scope(self.entries, chosen, only).text(self.screen.language))

    def _look_in(self, only: Filter) -> None:
        """Another place or report is another topic; the same in another year isn't."""
        if (only.reports, only.places) != (self._only.reports, self._only.places):
            self._history.clear()
        self._only = only

    def _widen(self, _: str) -> None:
        self._look_in(EVERYTHING)
        self.screen.say(_EVERYWHERE.text(self.screen.language).format(len(self._refreshed())))

    def _start_over(self, _: str) -> None:
        self._history.clear()
        self._only = EVERYTHING
        self.screen.say(_FRESH.text(self.screen.language))

    def _save(self, name: str, *, forced: bool) -> None:
        if not name:
            raise UsageError(
                ":save 后请写文件名,例如 :save minutes.md", "write a file after :save, as :save minutes.md"
            )
        path = _file(name)
        text = minutes(self._exchanges, self.screen.language, datetime.datetime.now().astimezone())
        try:
            entry.may_write(path, f":save! {path}", forced=forced or path == self._saved)
            write_atomically(path, text)
        except OSError as exc:
            raise StorageError(f"无法写入 {path}:{reason(exc).zh}", f"can't write {path}: {reason(exc).en}") from exc
        self._saved = path
        self.screen.say(_SAVED.text(self.screen.language).format(len(self._exchanges), path))

    def _help(self, _: str) -> None:
        language = self.screen.language
        self.screen.say(_HELP.text(language))
        self.screen.pairs((f":{name}", meaning.text(language)) for name, meaning in COMMANDS.items())


def _file(name: str) -> Path:
    """The file of that name. Raises UsageError where `~` names nobody."""
    try:
        return Path(name).expanduser()
    except RuntimeError as exc:
        raise UsageError(f"没有这个用户的目录:{name}", f"there is no such user's directory: {name}") from exc


def _failed(task: Future[Any]) -> bool:
    return task.done() and task.exception() is not None

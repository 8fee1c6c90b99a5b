"""Draw the screenshots of the README: what the program really says about the index of seeds/, line by line."""

from __future__ import annotations

import html
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from config.settings import load_settings
from rag.commands.chat import Chat
from rag.engine import Engine
from rag.show.terminal import Screen

FOLDER = Path(__file__).parent
QUESTION = "为落实群团工作改革部署,雨花区出台了一份什么文件?"
_TEXT = re.compile(r'textLength="[^"]*"([^>]*>)([^<]*)</text>')
_COLUMN = 12.2  # rich's width of a column in its SVG
CHAT = (":only 2022", "巴州有多少个乡村科普馆?", ":1", ":save minutes.md")


def main() -> None:
    """Write ask.svg, chat.svg and sources.svg beside this file."""
    settings = load_settings()
    engine = Engine(settings, lambda message: print(message.en))
    screen, shown = terminal(76)
    screen.say(f'$ wenbao ask "{QUESTION}"')
    screen.answer(engine.ask(QUESTION))
    draw("ask", shown, 76)
    screen, shown = terminal(110)
    screen.say("$ wenbao sources")
    screen.entries(engine.reports())
    draw("sources", shown, 110)
    screen, shown = terminal(76)
    chat = Chat(settings, screen, engine.reports())
    chat.load()
    while not chat.loaded:  # else the pictures show it waiting
        time.sleep(0.1)
    for line in CHAT:
        screen.say(f"问> {line}")
        if not line.startswith(":save"):  # leaves no file behind
            chat.take(line)
            screen.say("")
    draw("chat", shown, 76)
    engine.close()


def terminal(width: int) -> tuple[Screen, io.StringIO]:
    """A terminal of so many columns, and what is written to it."""
    shown = io.StringIO()
    console = Console(width=width, force_terminal=True, file=shown, highlight=False, color_system="standard")
    return Screen("zh", console=console), shown


def draw(name: str, shown: io.StringIO, width: int) -> None:
    """Save what was written, its lines broken where a terminal breaks them."""
    console = Console(record=True, width=width, force_terminal=True, file=io.StringIO())
    for line in Text.from_ansi(shown.getvalue()).split("\n", allow_blank=True):
        for row in rows(line, width):
            console.print(row, no_wrap=True, overflow="ignore", crop=False)
    svg = _TEXT.sub(widened, console.export_svg(title=f"wenbao {name}"))
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def widened(match: re.Match[str]) -> str:
    """A piece of text as wide as its columns; rich counts its characters, and wide ones would overlap."""
    return f'textLength="{_COLUMN * max(1, cell_len(html.unescape(match[2]))):g}"{match[1]}{match[2]}</text>'


def rows(line: Text, width: int) -> Iterator[Text]:
    """A line in pieces of at most `width` columns."""
    start = taken = 0
    for at, char in enumerate(line.plain):
        if taken + cell_len(char) > width:
            yield line[start:at]
            start, taken = at, 0
        taken += cell_len(char)
    yield line[start:]


if __name__ == "__main__":
    main()

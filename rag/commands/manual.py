"""The help pages: like a manual's, in the language of the interface, with examples below each command.

Commands carry their help in Chinese; English is looked up here, so that neither a command nor whoever adds
one has to know about languages. A text without a translation stays as it is.
"""

from __future__ import annotations

import functools
import io
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from config.errors import Language, Message

if TYPE_CHECKING:
    import typer

_ASKS = frozenset({"-h", "--help"})


class Example(NamedTuple):
    """A command line that can be typed as it stands, and what it does."""

    line: str
    meaning: Message


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "": (
        Example("wenbao ingest", Message("把报告目录读进索引", "read the reports directory into the index")),
        Example('wenbao ask "巴州有多少个乡村科普馆?"', Message("提一个问题", "ask a question")),
        Example("wenbao chat", Message("会议上连续提问", "keep asking, in a meeting")),
        Example("wenbao sources", Message("看看有哪些报告", "see which reports there are")),
    ),
    "ask": (
        Example('wenbao ask "巴州有多少个乡村科普馆?"', Message("提问", "ask")),
        Example('wenbao ask "那科普示范基地呢?" --history "巴州有多少个乡村科普馆?"', Message("追问", "follow up")),
        Example(
            'wenbao ask "建成多少家科普教育基地?" --place 塔城地区 --since 2022',
            Message("只在 2022 年以来提到塔城地区的报告中查找", "only in reports since 2022 that mention a place"),
        ),
        Example(
            'wenbao ask "巴州有多少个乡村科普馆?" --markdown', Message("粘贴进会议记录", "to paste into the minutes")
        ),
    ),
    "search": (
        Example('wenbao search "科技志愿服务" -k 5', Message("最相关的 5 个片段", "the 5 best passages")),
        Example('wenbao search "科技志愿服务" --report 雨花区', Message("只在一份报告中检索", "only in one report")),
    ),
    "table": (
        Example("wenbao table 乡村科普馆", Message("各地区的数字", "the figures of all places")),
        Example("wenbao table 志愿者 --by report", Message("每份报告一行", "a row for each report")),
        Example(
            "wenbao table 乡村科普馆 --place 巴州 --place 塔城地区 --csv",
            Message("两个地区,存入电子表格", "two places, for a spreadsheet"),
        ),
        Example("wenbao table 志愿者 --by report --plot by-report.svg", Message("画成图", "as a picture")),
    ),
    "sources": (
        Example("wenbao sources", Message("全部报告", "all reports")),
        Example("wenbao sources --place 常德市", Message("提到常德市的报告", "the reports that mention a place")),
    ),
    "show": (
        Example("wenbao show 雨花区", Message("标题含“雨花区”的报告", "the report with this in its title")),
        Example("wenbao show 雨花区 --raw", Message("送来的原文", "the text as delivered")),
    ),
    "ingest": (
        Example("wenbao ingest", Message("同步整个目录", "mirror the whole directory")),
        Example("wenbao ingest --dry-run", Message("只看会做什么", "only say what would be done")),
    ),
    "clean": (
        Example(
            "wenbao clean seeds/004_5424facde4044a2c.txt --diff",
            Message("清理改动了什么", "what cleaning changed"),
        ),
    ),
    "backup": (
        Example(
            "wenbao backup wenbao-state.db", Message("机器人运行时也可以备份", "to back up, also while the bot runs")
        ),
    ),
    "restore": (
        Example("wenbao restore wenbao-state.db", Message("停止机器人后恢复", "to restore, once the bot is stopped")),
    ),
}

ENGLISH = {
    "问报:向工作报告提问,得到附逐字出处的回答。": "Ask work reports and get answers with verbatim sources.",
    "提问,得到附出处的回答;没有答案时退出码为 3。": "Ask, and get an answer with its source; exit code 3 without one.",
    "只检索,不作答:列出最相关的片段。": "Search without answering: list the best passages.",
    "连续提问,可追问、查看原文、保存会议记录。": "Keep asking: follow up, open sources, save the minutes.",
    "检查模型、索引、磁盘和权限,并向每份报告自测提问;有错误时退出码为 1。": (
        "Check model, index, disk and permissions, and ask each report a question; exit code 1 on an error."
    ),
    "启动 Telegram 机器人。": "Start the Telegram bot.",
    "用带标准答案的问题衡量回答的质量。": "Measure answers against questions whose answers are known.",
    "每行一个带标准答案的问题": "a question with its known answers on each line",
    "按地区、报告或年份列出一个指标,每个数字附出处;都没有给出时退出码为 3。": (
        "Set out an indicator by place, report or year, each figure with its source; exit code 3 without any."
    ),
    "要列表的指标,例如 乡村科普馆": "the indicator to set out, as 乡村科普馆",
    "每行一个地区、一份报告或一年(默认一个地区)": "a row for each place, report or year (default: place)",
    "只列这个地区,可多次给出": "a row for this place only; repeatable",
    "以 CSV 输出": "print CSV",
    "写成 Excel 文件": "write an Excel file",
    "画成条形图(SVG)": "draw a bar chart (SVG)",
    "覆盖已有的文件": "replace a file that is there",
    "再向除原报告以外的报告提问,统计答了多少本不能知道的问题": "also ask all reports but the right one; counts answers",
    "列出索引中的报告:标题、日期、发布者、篇幅,以及原文的缺损。": "List the indexed reports and their flaws.",
    "分页显示一份报告;或显示其中识别出来的一处在扫描件上的样子。": (
        "Show a report, page by page; or what a place in it that was recognised looks like on the scan."
    ),
    "把识别出 --at 这一处的页面存成图像,标出位置": "write the page that --at was recognised on, with the place boxed",
    "出处后面的位置,例如 120-160,或报告里的一句话": "the place behind a source, as 120-160, or words of the report",
    "把报告目录同步进索引:新增、更新、删除。": "Mirror the reports directory into the index.",
    "显示一份报告清理后的正文。": "Show a report's text once it is cleaned.",
    "说明索引里有什么。": "Say what is in the index.",
    "把机器人的状态(谁可以提问、谁被拒绝、未完成的消息)备份进一个文件;机器人可以照常运行。": (
        "Back up the bot's state (who may ask, who may not, unfinished messages) into a file; the bot may run on."
    ),
    "用备份文件恢复机器人的状态;请先停止机器人。": "Restore the bot's state from a backup; stop the bot first.",
    "备份文件": "the backup",
    "要问的问题": "the question",
    "要检索的问题": "what to search for",
    "以 JSON 输出": "print JSON",
    "以 JSON 输出结果": "print JSON",
    "之前问过的问题,可多次给出": "an earlier question; may be given several times",
    "检索多少个片段": "how many passages to retrieve",
    "返回多少个片段(默认 10)": "how many passages to list (default 10)",
    'JSONL 行 {"id","question"},每行输出一个 JSON': 'JSONL rows {"id","question"}; one JSON object a row',
    'JSONL 行 {"id","text"}': 'JSONL rows {"id","text"}',
    "只在标题或文件名含此名称的报告中查找,可多次给出": "only in reports with this in title or file name; repeatable",
    "只在提到此地的报告中查找,可多次给出": "only in reports that mention this place; repeatable",
    "只在此日以后的报告中查找:2023、2023-04 或 2023-04-05": "only in reports from 2023, 2023-04 or 2023-04-05 on",
    "只在此日以前(含)的报告中查找": "only in reports up to this day",
    "纯文本,便于复制": "plain text, to copy",
    "以 Markdown 输出,便于粘贴进会议记录": "print Markdown, to paste into the minutes",
    "每份报告一行,以制表符分隔": "one line a report, its fields parted by tabs",
    "报告的文件名或标题的一部分": "a report's file name, or a part of its title",
    "送来的原文,而不是清理后的正文": "the text as delivered instead of the cleaned one",
    "只加入或更新这些文件或文件夹": "only add or update these files or folders",
    "只说明会做什么,不写入": "only say what would be done",
    "要清理的文件": "the files to clean",
    "每个文件输出一行 JSON,列出每处改动": "one JSON object a file, listing every edit",
    "显示改动和略去的内容,终端上带颜色": "show what was changed and left out, coloured on a terminal",
    "为当前 shell 安装命令补全": "Install completion for the current shell.",
    "显示命令补全脚本,供自行安装": "Show completion for the current shell, to copy it or customize the installation.",
    "显示版本": "Show the version and exit.",
    "显示帮助": "Show this message and exit.",
}
_CHINESE = {english: chinese for chinese, english in ENGLISH.items()}
_USAGE = Message("用法", "Usage")
_COMMANDS = Message("命令", "Commands")
_COMMAND = Message("命令 …", "COMMAND …")
_OPTIONS = Message("选项", "Options")
_EXAMPLES = Message("例", "Examples")
_MORE = Message("每个命令的用法:wenbao 命令 --help", "More about a command: wenbao COMMAND --help")


def command(app: typer.Typer, arguments: list[str] | None = None) -> Any:
    """The whole command line; where the arguments ask for help, with pages in the language of the interface."""
    from typer.main import get_command

    root = get_command(app)
    if _ASKS.intersection(sys.argv[1:] if arguments is None else arguments):
        from ingest import console

        language = console.language()
        for name, each in {"": root, **getattr(root, "commands", {})}.items():
            each.format_help = functools.partial(_write, each, name, language)
    return root


def _write(command: Any, name: str, language: Language, context: Any, formatter: Any) -> None:
    """What click calls to fill a page."""
    formatter.write(page(command, name, language, context))


def page(command: Any, name: str, language: Language, context: Any) -> str:
    """The help of a command; coloured, so that whoever writes it to a pipe strips that."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(file=io.StringIO(), force_terminal=True, width=Console().width, highlight=False, markup=False)

    def section(title: Message, rows: list[tuple[str, str]]) -> None:
        table = Table.grid(padding=(0, 3, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for left, right in rows:
            table.add_row(left, right)
        console.print(Text(f"\n{title.text(language)}", "bold"))
        console.print(Padding(table, (0, 0, 0, 2)))

    arguments = [each for each in command.params if each.param_type_name == "argument"]
    commands = getattr(command, "commands", {})
    of_all = [_COMMAND.text(language)] if commands else []
    usage = " ".join([context.command_path, f"[{_OPTIONS.text(language)}]", *of_all, *map(_name, arguments)])
    console.print(Text.assemble((f"{_USAGE.text(language)}: ", "bold"), usage))
    console.print(f"\n{_text(command.help, language)}", soft_wrap=True)
    if commands:
        section(_COMMANDS, [(each, _text(sub.help, language)) for each, sub in commands.items()])
    section(_OPTIONS, [(_name(each), _text(each.help, language)) for each in command.get_params(context)])
    if examples := EXAMPLES.get(name, ()):
        console.print(Text(f"\n{_EXAMPLES.text(language)}", "bold"))
        for example in examples:
            console.print(Text(f"  # {example.meaning.text(language)}", "dim"), soft_wrap=True)
            console.print(f"  {example.line}", soft_wrap=True)
    if commands:
        console.print(f"\n{_MORE.text(language)}", soft_wrap=True)
    buffer = console.file
    return buffer.getvalue() if isinstance(buffer, io.StringIO) else ""


def _name(parameter: Any) -> str:
    """How an option or argument is typed."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or (parameter.name or "").upper())
    names = ", ".join(parameter.opts)
    if parameter.is_flag or parameter.count:
        return names
    return f"{names} {parameter.metavar or 'TEXT'}"


def _text(text: str | None, language: Language) -> str:
    plain = (text or "").strip()
    return ENGLISH.get(plain, plain) if language == "en" else _CHINESE.get(plain, plain)

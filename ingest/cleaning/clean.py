"""Leave out what a web page put around and into a report: its furniture, notices, other articles' teasers.

Pure: text in, removals out, each with its reason; nothing is deleted silently. The rules are about how
pages label things (a line that is nothing but `浏览次数:` or `上一篇`), never about a report's subject;
an ordinary short line of a report (heading, list item, signature, table row) stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.language.pinyin import HAN
from ingest.language.words import alternation, table
from ingest.offsets import Replacement


class Removal(NamedTuple):
    """`text[start:end]` is no part of the report, because of `reason`."""

    start: int
    end: int
    reason: str


_COLON = "[:：]"
_TIME = r"\d{2,4}[\d :：/.年月日时分-]*"
_WORD = (
    "点赞|收藏|分享|转发|打印(?:本页)?|评论|举报|投诉|纠错|关闭(?:窗口|本页)?|返回(?:顶部|首页|列表)|回到顶部|在看|更多|登[录陆]|注册"
    "|下载附件|加入收藏|设为首页|扫一扫|复制链接|繁体|无障碍"
)
_NO_SENTENCE = "[^。，；！？,;!?]{0,80}"
_NAMES = r"\s*[\u4e00-\u9fff·、 \u3000]{0,16}"
_SOURCE = rf"(?:文章|信息|稿件|新闻)?(?:来源|出处)\s*{_COLON}.{{0,40}}"
# A line that can only be the page's.
_STRONG = re.compile(
    rf"""[|>»·\s]*(?:
        (?:您|你)(?:现在|当前)?(?:所在)?的?位置\s*{_COLON}{_NO_SENTENCE}
      | (?:当前|现在|所在)的?位置\s*{_COLON}{_NO_SENTENCE}
      | 首页\s*[>»›/]{_NO_SENTENCE}
      | (?:发布|发表|更新|创建|录入|刊登)(?:时间|日期)\s*{_COLON}\s*(?:{_TIME})?(?:\s*来源\s*{_COLON}.{{0,30}})?
      | {_TIME}\s+来源\s*{_COLON}.{{0,30}}
      | (?:浏览|阅读|点击|访问)(?:次数|量|数)\s*{_COLON}\s*[\d,]*[万+]*\s*次? | 阅读\s*[\d,]+[万+]*
      | (?:责任|网络|本期|本文)编辑\s*{_COLON}{_NAMES} | [一二三]审\s*{_COLON}{_NAMES}
      | (?:字号|字体)\s*{_COLON}[\s大中小\[\]【】|]*
      | (?:推荐访问|热门标签|相关标签|本文链接|本文地址|原文链接)\s*{_COLON}.*
      | 版权声明\s*{_COLON}.*(?:版权所有|转载|本站|本网|侵权).*
      | 点赞 | 我要举报 | 返回顶部 | 回到顶部 | 打印本页 | 关闭窗口 | 展开全文 | 阅读全文 | 阅读原文 | 分享到{_COLON}?
      | (?:上一|下一)[篇页条]\s*{_COLON}.*
      | 用户登[录陆] | (?:立即|免费)注册 | 还没有账号[?？]? | 忘记密码[?？]?
      | [^。，,；;]{{0,20}}ICP备\s*\d+号[^。，；;]{{0,40}} | 如有侵权.{{0,10}}(?:联系|告知|通知).{{0,12}}删除.{{0,10}}
      | (?:[【\[](?:{_WORD})[】\]]\s*)+ | (?:{_WORD})(?:[\s|/·]+(?:{_WORD}))+
      | 关于我们\s*(?:[|·][^|·]{{2,12}})++
    )[|>»·\s]*""",
    re.VERBOSE,
)
# A line that is the page's where a line of the first kind is near.
_WEAK = re.compile(
    rf"""[|>»·\s]*(?:
        (?:时间|日期)\s*{_COLON}\s*\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:\s+[\d:]+)?
      | (?:{alternation(table("pages")["byline"])})\s*{_COLON}{_NAMES} | 版权所有\s*{_COLON}.{{0,20}}
      | (?:关键词|标签)\s*{_COLON}.{{0,40}}
      | {_SOURCE}
      | {_WORD} | NEW | HOT | TOP
    )[|>»·\s]*""",
    re.VERBOSE,
)
# When the page was made; what follows are its counters of views and thumbs.
_TIMESTAMP = re.compile(rf"[|>»·\s]*(?:发布|发表|更新)(?:时间|日期)\s*{_COLON}\s*{_TIME}[|>»·\s]*")
_COUNTER = re.compile(r"\d{1,7}")
# Worth reading at a report's end, furniture at a page's: left out only where other furniture was found.
_SOURCE_LINE = re.compile(_SOURCE)
# From here on a page lists other articles.
_RELATED = re.compile(
    r"[>»|•·\s]*+(?:【[^】]{0,60}】\s*+)?(?:[\u4e00-\u9fff]{0,8}?(?:相关|最新|热门|精彩)推荐"
    r"|(?:相关|最新|热门|精彩|延伸|更多|为您|本类)(?:推荐|阅读|文章))\s*[:：]?"
    r"|猜你喜欢[:：]?|大家都在看[:：]?|推荐阅读[:：]?"
)
_BULLET = re.compile(r"\s*[•·●◆■▪※○-]\s*\S")
_NUMBERED = re.compile(r"[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]")
_FINISHED = frozenset("。！？!?…；;：:）)”】")
_NOTICE = re.compile(
    r"[(（【\[](?:(?P<words>[^()（）【】\[\]\n]{0,120})[)）】\]]|(?P<open>[^()（）【】\[\]\n。]{0,70})。)"
)
# What makes the words between brackets a notice, and what makes them the report's own.
_RIGHTS = re.compile(
    r"转载请|请注明(?:出处|来源)|侵权必究|(?:未经|不得).{0,10}(?:转载|复制)|免费(?:公文|范文|论文|资料).{0,6}(?:来自|来源|下载|网)"
    r"|本文(?:转自|来自|来源).{0,6}(?:网|公众号|www|http)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d+(?:\.\d+)?\s*[万亿%]?[\u4e00-\u9fff%]")
_STRAY = re.compile(rf"(?<=[{HAN}])`(?=[{HAN}])")
_DOUBLED = re.compile(rf",(?<=[{HAN}\d%)）”》],)(?=[,。、](?:[{HAN}\d(（“《\s]|$))")
_BLANK = re.compile(r"\n[ \t\n]*")
_PAGE_BREAK = re.compile(r"\n?\f+(?:\n?\f)*")
_OFTEN = 3  # doubled marks that show a text went through the converter, rather than one slip of a typist
_CLOSE = 3  # lines from one piece of furniture to the next, the blank ones counted
_COUNTERS = 3  # numbers that a page shows of itself
_LONGEST_LABEL = 120  # characters; a longer line is text
_ENTRIES = 3  # openings of other articles that make a list of them
_ENTRY = 20  # characters from which on a line that ends in mid-sentence is such an opening


def page_furniture(text: str) -> list[Removal]:
    """Lines of the page around the report, and everything under a list of other articles."""
    lines = [_Line(start, end, line.strip()) for start, end, line in _lines(text)]
    found = {n: "page" for n, line in enumerate(lines) if line.label and _STRONG.fullmatch(line.text)}
    found |= dict.fromkeys(_counters(lines), "page")
    frontier = list(found)
    while frontier:  # a weak one is the page's where it stands by a strong one, or by another weak one that does
        beside = {m for n in frontier for m in _neighbours(lines, n) if m not in found}
        frontier = [m for m in beside if lines[m].label and _WEAK.fullmatch(lines[m].text)]
        found |= dict.fromkeys(frontier, "page")
    if found:
        for n in _last(lines):
            if _SOURCE_LINE.fullmatch(lines[n].text):
                found[n] = "page"
    found |= dict.fromkeys(_teasers(lines), "teaser")
    return _merged(Removal(lines[n].start, lines[n].end, found[n]) for n in sorted(found))


class _Line(NamedTuple):
    """A line's span, its break included, and its text without surrounding white space."""

    start: int
    end: int
    text: str

    @property
    def label(self) -> bool:
        """Whether the line is short enough to be one, and not empty."""
        return 0 < len(self.text) <= _LONGEST_LABEL


def _neighbours(lines: list[_Line], n: int) -> Iterator[int]:
    """The next line with text before line n and after it, a few blank lines away at most."""
    for step in (-1, 1):
        for m in range(n + step, n + step * (_CLOSE + 1), step):
            if 0 <= m < len(lines) and lines[m].text:
                yield m
                break


def _counters(lines: list[_Line]) -> Iterator[int]:
    """The bare numbers under the line that says when the page was made, a blank line or the end below them."""
    for n, line in enumerate(lines):
        if not (line.label and _TIMESTAMP.fullmatch(line.text)):
            continue
        after = n + 1
        while after < len(lines) and after <= n + _CLOSE and not lines[after].text:
            after += 1
        end = after
        while end < len(lines) and _COUNTER.fullmatch(lines[end].text):
            end += 1
        if end <= after + _COUNTERS and (end == len(lines) or not 0 < len(lines[end].text) < _ENTRY):
            yield from range(after, end)


def _last(lines: list[_Line]) -> list[int]:
    """The last line with text, if there is one."""
    return [n for n in range(len(lines) - 1, -1, -1) if lines[n].text][:1]


def notices(text: str) -> list[Removal]:
    """Copyright notices in brackets, wherever they were inserted."""
    return [
        Removal(*match.span(), "notice")
        for match in _NOTICE.finditer(text)
        if (words := match["words"] or match["open"]) and _RIGHTS.search(words) and not _COUNTED.search(words)
    ]


def stray_marks(text: str) -> list[Removal]:
    """A lone backtick between two Han characters; code has two."""
    return [Removal(*match.span(), "stray") for match in _STRAY.finditer(text)] if text.count("`") == 1 else []


def doubled_punctuation(text: str, *, annotated: bool = False) -> list[Replacement]:
    """The comma that the converter put before another mark, where it did so again and again.

    Two commas are also an empty field of a table; so it must have left its other traces too: a comma
    before a full stop, or annotations (`annotated`).
    """
    found = [Replacement(*match.span(), "") for match in _DOUBLED.finditer(text)]
    sure = annotated or any(text[replacement.end] != "," for replacement in found)
    return found if len(found) >= _OFTEN and sure else []


def blank_lines(text: str) -> list[Replacement]:
    """More than one blank line in a row, and those at either end, as left by what was removed."""
    body_start = len(text) - len(text.lstrip())
    body_end = len(text.rstrip())
    if body_start >= body_end:
        return [Replacement(0, len(text), "")] if text else []
    opening = text.rfind("\n", 0, body_start) + 1  # an indent of the first line stays
    found = [Replacement(0, opening, "")] if opening else []
    blank = [match for match in _BLANK.finditer(text, body_start, body_end) if match[0].count("\n") > 2]
    found += [Replacement(match.start(), match.start() + match[0].rfind("\n") + 1, "\n\n") for match in blank]
    if body_end < len(text):
        found.append(Replacement(body_end, len(text), ""))
    return found


def wrapped_lines(text: str) -> list[Replacement]:
    """The page breaks: a form feed inside a line stands inside a sentence, one after a line break doesn't count.

    The lines that a layout broke are joined where it is known (`ingest.formats.layout`).
    """
    found = []
    for match in _PAGE_BREAK.finditer(text):
        before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
        latin = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
        inside = not match[0].startswith("\n")
        found.append(Replacement(*match.span(), (" " if latin else "") if inside else "\n"))
    return found


def _teasers(lines: list[_Line]) -> list[int]:
    """The lines from a heading such as `相关推荐` to the end, if they are nothing but other articles' openings.

    A numbered item or a finished sentence is the report's own. Before such, only bare titles are dropped.
    """
    entries = 0
    heading = None
    for n in range(len(lines) - 1, -1, -1):
        line = lines[n]
        if line.label and _RELATED.fullmatch(line.text):
            heading = n if entries >= _ENTRIES else heading
        elif line.text and not (line.label and (_STRONG.fullmatch(line.text) or _WEAK.fullmatch(line.text))):
            if _NUMBERED.match(line.text) or not (_BULLET.match(line.text) or _breaks_off(line.text)):
                break
            entries += 1
    if heading is not None:
        return list(range(heading, len(lines)))
    found: list[int] = []
    for n, line in enumerate(lines):
        if line.label and _RELATED.fullmatch(line.text):
            end = next((m for m in range(n + 1, len(lines)) if not _is_title(lines[m].text)), len(lines))
            found += range(n, end) if end - n > _ENTRIES else ()
    return found


def _is_title(text: str) -> bool:
    """Whether a line is an entry of a list, without a figure that it might report."""
    return bool(_BULLET.match(text)) and not re.search(r"\d", text)


def _breaks_off(text: str) -> bool:
    return len(text) >= _ENTRY and (text[-1] not in _FINISHED or text[-1] == "…")


def _merged(removals: Iterable[Removal]) -> list[Removal]:
    """Neighbouring removals for one reason as one."""
    merged: list[Removal] = []
    for removal in removals:
        if merged and merged[-1].end == removal.start and merged[-1].reason == removal.reason:
            merged[-1] = Removal(merged[-1].start, removal.end, removal.reason)
        else:
            merged.append(removal)
    return merged


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, line) with the line break inside the span but not in the line."""
    start = 0
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        yield start, end, line
        start = end

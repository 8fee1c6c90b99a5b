"""Texts in every encoding, Markdown, web pages, mails, saved pages, archives: all by hand."""

from __future__ import annotations

import base64
import email.policy
import quopri
from email.message import EmailMessage

from made_word import document, saved
from making import Facts, made

from ingest.language.script import to_traditional

PUBLIC = "<!DOCTYPE html><html><head>{head}<title>{title}</title></head><body>{body}</body></html>"


def text(f: Facts) -> str:
    return f"{f.title}\n{f.said}\n{f.other}\n"


@made("utf8.txt", "{said}", "{other}")
def utf8(f: Facts) -> bytes:
    return text(f).encode()


@made("marked.txt")
def marked(f: Facts) -> bytes:
    return text(f).replace("\n", "\r\n").encode("utf-8-sig")


@made("gbk.txt")
def gbk(f: Facts) -> bytes:
    return text(f).encode("gbk")


@made("gb18030.txt", "{said}", "㐂𠀀镇")
def gb18030(f: Facts) -> bytes:
    return (text(f) + "㐂𠀀镇参加。").encode("gb18030")


@made("utf16.txt")
def utf16(f: Facts) -> bytes:
    return text(f).encode("utf-16")


@made("utf16-unmarked.txt")
def utf16_unmarked(f: Facts) -> bytes:
    return text(f).encode("utf-16-le")


@made("big5.txt", "举办科普讲座{n}场")
def big5(f: Facts) -> bytes:
    return to_traditional(f"{f.title}\n{f.said}\n").replace("〇", "○").encode("big5")


@made("mixed.txt")
def mixed(f: Facts) -> bytes:
    """A line pasted from elsewhere is of another encoding."""
    return (f.title + "\n").encode("gbk") + (f.said + "\n" + f.other + "\n").encode("gbk") + b"\xff\n"


@made("old-mac.txt")
def old_mac(f: Facts) -> bytes:
    return text(f).replace("\n", "\r").encode()


@made("wrapped.txt", "{said}")
def wrapped(f: Facts) -> bytes:
    """Lines broken at a width, as old mail programs and copied PDFs have them."""
    filler = "县科协围绕中心工作，扎实开展科学普及，团结引领广大科技工作者，各项工作取得新的成效。"
    whole = filler * 2 + f.said + filler * 3
    lines = [whole[at : at + 34] for at in range(0, len(whole), 34)]
    return (f.title + "\n\n" + "\n".join(lines) + "\n").encode()


@made("radicals.txt", "{said}")
def radicals(f: Facts) -> bytes:
    """Kangxi radicals and compatibility ideographs, as copied from PDFs."""
    said = f.said.replace("人", "\u2f08").replace("年", "\uf98e").replace("山", "\u2f2d").replace("办", "\u529e")
    return f"{f.title}\n{said}\n{f.other}\n".encode()


@made("spaced.txt", "{said}")
def spaced(f: Facts) -> bytes:
    """Blanks between characters, and characters that nobody sees."""
    said = f.said.replace("科普", "科\u200b普").replace("讲座", "讲\u00ad座").replace("，", "，\ufeff")
    return f"{f.title}\n{said}\n{f.other}\n".encode()


@made("full-width.txt", "全年举办科普讲座")
def full_width(f: Facts) -> bytes:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return f"{f.title}\n{f.said.translate(wide)}\n".encode()


@made("plain.md", "{said}", "{other}")
def plain_md(f: Facts) -> bytes:
    return f"# {f.title}\n\n## 一、科普活动\n\n{f.said}\n\n- {f.other}\n".encode()


@made("table.md", "北岭镇", "{n}", ask="{place}北岭镇志愿者多少人?")
def table_md(f: Facts) -> bytes:
    return f"# {f.title}\n\n| 乡镇 | 志愿者(人) |\n|---|---:|\n| 北岭镇 | {f.n} |\n| 石桥镇 | 268 |\n".encode()


@made("front-matter.markdown")
def front_matter(f: Facts) -> bytes:
    return f"---\ntitle: {f.title}\ndate: 2023-12-01\n---\n\n{f.said}\n".encode()


def page(f: Facts, body: str = "", head: str = "") -> str:
    return PUBLIC.format(head=head, title=f.title, body=body or f"<h1>{f.title}</h1><p>{f.said}</p><p>{f.other}</p>")


@made("plain.html", "{said}")
def plain_html(f: Facts) -> bytes:
    return page(f, head='<meta charset="utf-8">').encode()


@made("gbk.html", "{said}")
def gbk_html(f: Facts) -> bytes:
    return page(f, head='<meta http-equiv="Content-Type" content="text/html; charset=gb2312">').encode("gbk")


@made("lying.html", "{said}")
def lying(f: Facts) -> bytes:
    """Says GB2312 and is UTF-8."""
    return page(f, head='<meta charset="gb2312">').encode()


@made("lying-too.html", "{said}")
def lying_too(f: Facts) -> bytes:
    """Says UTF-8 and is GBK."""
    return page(f, head='<meta charset="utf-8">').encode("gbk")


@made("unmarked.htm", "{said}")
def unmarked(f: Facts) -> bytes:
    return page(f).encode("gb18030")


@made("utf16.html", "{said}")
def utf16_html(f: Facts) -> bytes:
    return page(f).encode("utf-16")


@made("entities.html", "{said}")
def entities(f: Facts) -> bytes:
    coded = "".join(char if char.isascii() else f"&#x{ord(char):x};" for char in f.said)
    return page(f, f"<h1>{f.title}</h1><p>{coded}</p>").encode("ascii", "xmlcharrefreplace")


@made("news.html", "{said}", "{other}", never=("友情链接", "上一篇", "alert"))
def news(f: Facts) -> bytes:
    links = "".join(f'<li><a href="/{n}">栏目{n}</a></li>' for n in range(12))
    body = (
        f"<header><nav><ul>{links}</ul></nav></header><script>alert('{f.n}')</script><style>p{{color:red}}</style>"
        f'<div class="article"><h1>{f.title}</h1><p>发布时间：2023-12-01</p><p>{f.said}</p><p>{f.other}</p>'
        f"<p>县科协围绕中心工作，扎实开展科学普及，团结引领广大科技工作者，各项工作取得新的成效。</p></div>"
        f'<div class="prev"><a href="/1">上一篇：无</a></div><footer>友情链接 版权所有</footer>'
    )
    return page(f, body).encode()


@made("table.html", "北岭镇", "{n}", ask="{place}北岭镇志愿者多少人?")
def table_html(f: Facts) -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in f.rows)
    return page(f, f"<h1>{f.title}</h1><p>{f.other}</p><table border=1>{rows}</table>").encode()


@made("unseen.html", "{said}", never=("作废",))
def unseen(f: Facts) -> bytes:
    hidden = '<p style="display:none">作废9场</p><!-- 作废 -->'
    return page(f, f"<h1>{f.title}</h1>{hidden}<p>{f.said}</p><p>{f.other}</p>").encode()


@made("word.htm", "{said}")
def word_htm(f: Facts) -> bytes:
    """What Word saves as a web page."""
    body = (
        f"<div class=WordSection1><p class=MsoNormal><span lang=ZH-CN style='font-family:宋体'>{f.title}<o:p></o:p>"
        f"</span></p><p class=MsoNormal>{f.said[:6]}<span lang=EN-US>{f.said[6:]}</span></p></div>"
    )
    head = (
        "<meta name=Generator content='Microsoft Word 15'>"
        "<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->"
    )
    space = "xmlns:w='urn:schemas-microsoft-com:office:word'"
    return f"<html {space}><head>{head}</head><body lang=ZH-CN>{body}</body></html>".encode("gbk")


def message(f: Facts) -> EmailMessage:
    new = EmailMessage(policy=email.policy.SMTP)
    new["Subject"], new["From"], new["To"] = f.title, "县科协办公室 <a@example.cn>", "b@example.cn"
    new["Date"] = "Mon, 08 May 2023 09:30:00 +0800"
    return new


@made("plain.eml", "{title}", "{said}")
def plain_eml(f: Facts) -> bytes:
    new = message(f)
    new.set_content(f.said + "\n" + f.other)
    return new.as_bytes()


@made("html-only.eml", "{said}")
def html_only(f: Facts) -> bytes:
    new = message(f)
    new.set_content(page(f), subtype="html")
    return new.as_bytes()


@made("both.eml", "{said}")
def both(f: Facts) -> bytes:
    new = message(f)
    new.set_content(f.said)
    new.add_alternative(page(f), subtype="html")
    return new.as_bytes()


@made("attached.eml", "{said}", never=("附件一",))
def attached(f: Facts) -> bytes:
    new = message(f)
    new.set_content(f.said)
    new.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="附件一.docx")
    return new.as_bytes()


def raw_mail(charset: str, coding: str, body: bytes, subject: str = "=?gb2312?B?18C94Q==?=") -> bytes:
    head = (
        f"From: a@example.cn\r\nTo: b@example.cn\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: {coding}\r\n\r\n'
    )
    return head.encode("ascii") + body


@made("foxmail.eml", "{said}")
def foxmail(f: Facts) -> bytes:
    return raw_mail("gb2312", "base64", base64.encodebytes(text(f).encode("gbk")))


@made("quoted.eml", "{said}")
def quoted(f: Facts) -> bytes:
    return raw_mail("utf-8", "quoted-printable", quopri.encodestring(text(f).encode()))


@made("mislabelled.eml", "{said}")
def mislabelled(f: Facts) -> bytes:
    """Says UTF-8 and is GBK."""
    return raw_mail("utf-8", "8bit", text(f).encode("gbk"))


def saved_page(charset: str, coding: str, body: bytes) -> bytes:
    boundary = "----=_NextPart_01"
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.cn/1\r\nSubject: =?utf-8?B?5oC757uT?=\r\n"
        f'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {coding}\r\n"
        "Content-Location: https://example.cn/1\r\n\r\n"
    )
    picture = (
        f"\r\n--{boundary}\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Location: a.png\r\n\r\niVBORw0KGgo=\r\n--{boundary}--\r\n"
    )
    return head.encode() + body + picture.encode()


@made("base64.mht", "{said}")
def base64_mht(f: Facts) -> bytes:
    return saved_page('"utf-8"', "base64", base64.encodebytes(page(f).encode()))


@made("chrome.mhtml", "{said}")
def chrome(f: Facts) -> bytes:
    return saved_page("utf-8", "quoted-printable", quopri.encodestring(page(f).encode()))


@made("word.mht", "{said}")
def word_mht(f: Facts) -> bytes:
    return saved_page('"gb2312"', "quoted-printable", quopri.encodestring(page(f).encode("gbk")))


@made("named.doc", "{said}")
def page_named_doc(f: Facts) -> bytes:
    """A web page that an office system exports as .doc."""
    return word_htm(f)


@made("named.xls", "北岭镇", "{n}", ask="{place}北岭镇志愿者多少人?")
def page_named_xls(f: Facts) -> bytes:
    return table_html(f)


@made("named.wps", "{said}")
def word_named_wps(f: Facts) -> bytes:
    return saved(document(f.title, f.said))


@made("member.zip/甲/总结.docx", "{said}")
def member(f: Facts) -> bytes:
    return saved(document(f.title, f.said))


@made("bytes-in-head.eml", "{title}", "{said}")
def bytes_in_head(f: Facts) -> bytes:
    """A head in GBK, against the rules, as old programs send it."""
    head = f"Subject: {f.title}\r\nFrom: 县科协 <a@example.cn>\r\nTo: b@example.cn\r\nMIME-Version: 1.0\r\n"
    return (head + f"Content-Type: text/plain; charset=gbk\r\n\r\n{f.said}").encode("gbk")


@made("big5.html", "举办科普讲座{n}场")
def big5_html(f: Facts) -> bytes:
    body = to_traditional(f"<p>{f.title}</p><p>{f.said}</p>").replace("〇", "○")
    return f"<html><head><meta charset=big5></head><body>{body}</body></html>".encode("big5")


@made("no-tags-closed.html", "{said}")
def unclosed(f: Facts) -> bytes:
    return f"<p>{f.title}<p>{f.said}".encode("gbk")


@made("downwards.txt", "{said}")
def downwards(f: Facts) -> bytes:
    """A character on each line, as text set downwards is copied."""
    return "\n".join(f.said).encode()

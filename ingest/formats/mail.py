"""Mails (.eml) and web pages saved as one file (.mht): the text that is shown; attachments are listed."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, cast

from ingest.formats.blocks import LeftOut, rendered
from ingest.formats.encoding import decode
from ingest.formats.kinds import MAIL, damaged

_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")


def read(data: bytes) -> dict[str, Any]:
    """The text of a mail, its subject first, or of a saved page as a browser shows it."""
    message = _parsed(data)
    if not message.keys():
        raise damaged(MAIL)
    body = message.get_body(("plain", "html"))
    page = message.get_body(("html", "plain")) if _is_page(message) else body
    properties = _properties(message)
    attachments = [LeftOut("attachment", name) for name in _attachments(message)]
    if page is not None and page.get_content_type() == "text/html":
        return _shown(_content(page), properties, attachments, titled=not _is_page(message))
    lines = _content(body).splitlines() if body is not None else []
    return rendered([properties["title"] or "", *lines, *attachments], **properties)


def _parsed(data: bytes) -> EmailMessage:
    """The mail; what its head says in bytes of its own encoding, against the rules, is read as well."""
    ends = _HEAD_ENDS.search(data)
    head = data[: ends.end()] if ends else data
    if head.isascii():
        return email.message_from_bytes(data, policy=email.policy.default)
    rest = data[len(head) :].decode("ascii", "surrogateescape")
    return email.message_from_string(decode(head) + rest, policy=email.policy.default)


def _is_page(message: EmailMessage) -> bool:
    """Whether it is a page that a browser or an office program saved, which came from nobody."""
    return message.get_content_type() == "multipart/related" and "to" not in message


def _content(part: MIMEPart) -> str:
    """The part's text in the encoding that it names, or else in the one that makes sense of it."""
    raw = cast(bytes, part.get_payload(decode=True)) or b""
    charset = part.get_content_charset() or ""
    try:
        text = raw.decode({"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset or "utf-8"))
    except (LookupError, UnicodeDecodeError):
        return decode(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _shown(source: str, properties: dict[str, Any], attachments: list[LeftOut], *, titled: bool) -> dict[str, Any]:
    from ingest.formats.pages import shown

    text, around = shown(source)
    head = f"{properties['title']}\n" if titled and properties["title"] else ""
    report = rendered([*(head + text).split("\n"), *attachments], **properties)
    start = len(head)
    return report | {"dropped": [*(("page", start + a, start + b) for a, b in around), *report["dropped"]]}


def _properties(message: EmailMessage) -> dict[str, Any]:
    name, address = parseaddr(str(message.get("from", "")))
    return {
        "title": " ".join(str(message.get("subject", "")).split()) or None,
        "date": _date(str(message.get("date", ""))),
        "publisher": None if _is_page(message) else name or address or None,
    }


def _date(value: str) -> str | None:
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in message.iter_attachments() if message.is_multipart() and not _is_page(message) else ():
        inner = part.get_payload(0) if part.get_content_type() == "message/rfc822" else None  # one that is passed on
        subject = " ".join(str(inner.get("subject", "")).split()) if isinstance(inner, EmailMessage) else ""
        yield part.get_filename() or subject or part.get_content_type()

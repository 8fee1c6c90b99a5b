"""Files of formats that no library here writes, made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

OFD_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def packed(members: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def ofd(
    *pages: Sequence[tuple[str, float, float] | str], title: str = "", pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """An OFD file: for each page its texts, each with where it begins on an A4 page, in millimetres, or its XML.

    `pictures` by their ids.
    """
    listed = "".join(f'<ofd:Page ID="{10 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n, _ in enumerate(pages))
    members = {
        "OFD.xml": '<?xml version="1.0" encoding="UTF-8"?>'
        f'<ofd:OFD {OFD_NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody>'
        f"<ofd:DocInfo><ofd:Title>{title}</ofd:Title><ofd:CreationDate>2023-05-08</ofd:CreationDate></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {OFD_NAMESPACE}><ofd:CommonData><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>Res.xml</ofd:DocumentRes>"
        "</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for n, texts in enumerate(pages):
        members[f"Doc_0/Pages/Page_{n}/Content.xml"] = (
            f"<ofd:Page {OFD_NAMESPACE}><ofd:Content><ofd:Layer ID='1'>{''.join(map(_text_object, texts))}</ofd:Layer>"
            "</ofd:Content></ofd:Page>"
        )
    held = pictures or {}
    media = (
        f'<ofd:MultiMedia ID="{number}" Type="Image"><ofd:MediaFile>{number}.img</ofd:MediaFile></ofd:MultiMedia>'
        for number in held
    )
    members["Doc_0/Res.xml"] = f'<ofd:Res {OFD_NAMESPACE} BaseLoc="Res">{"".join(media)}</ofd:Res>'
    images = {f"Doc_0/Res/{number}.img": data for number, data in held.items()}
    return packed({name: text.encode() for name, text in members.items()} | images)


def _text_object(placed: tuple[str, float, float] | str) -> str:
    if isinstance(placed, str):
        return placed
    text, x, y = placed
    size = 4.2
    steps = f'DeltaX="g {len(text) - 1} {size}"' if len(text) > 1 else ""
    return (
        f'<ofd:TextObject ID="{int(1000 * y + x)}" Boundary="{x} {y} {size * len(text)} {size}" Font="1" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{0.85 * size}" {steps}>{text}</ofd:TextCode></ofd:TextObject>'
    )


def mail(subject: str, *, plain: str = "", page: str = "", attached: Mapping[str, bytes] | None = None) -> bytes:
    """A mail with a body in one or both forms."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "县科协办公室 <a@example.cn>", "b@example.cn"
    message["Date"] = "Mon, 08 May 2023 09:30:00 +0800"
    if plain:
        message.set_content(plain)
    if page and plain:
        message.add_alternative(page, subtype="html")
    elif page:
        message.set_content(page, subtype="html")
    for name, data in (attached or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def saved_page(page: str, charset: str) -> bytes:
    """A page that a browser saved as one file (.mht)."""
    boundary = "----=_NextPart_000"
    body = page.encode(charset)
    head = (
        f"From: <Saved by WebKit>\r\nSubject: {'=?utf-8?B?5oC757uT?='}\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/related; type="text/html"; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
        f'Content-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    )
    return head.encode() + body + f"\r\n--{boundary}--\r\n".encode()

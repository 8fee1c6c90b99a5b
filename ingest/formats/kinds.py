"""The kinds of files that can be read: told by how a file begins, and where that says nothing by its name. Pure.

One row a kind; adding a format is a row here and a reader.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from config.errors import Message, ReportError
from ingest.formats.zips import entries

RECIPE = "5"  # names this way of reading: an index made by another one is rebuilt

PDF_HEADER = 1024  # bytes in which readers look for a PDF's beginning
_SNIFFED = 4096  # bytes in which a text shows what it is


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what it is called, its usual names, and the module whose `read` takes its text out.

    Without a reader the file is its own text. `decoded`: the reader is given the decoded text, as UTF-8.
    """

    name: str
    suffixes: tuple[str, ...]
    reader: str = ""
    decoded: bool = False


TEXT = Kind("txt", (".txt",))
MARKDOWN = Kind("md", (".md", ".markdown"))
HTML = Kind("html", (".html", ".htm"), "ingest.formats.pages", decoded=True)
CSV = Kind("csv", (".csv", ".tsv"), "ingest.formats.sheets", decoded=True)
PDF = Kind("pdf", (".pdf",), "ingest.formats.pdf")
WORD = Kind("docx", (".docx", ".docm", ".dotx", ".dotm"), "ingest.formats.word")
OLD_WORD = Kind("doc", (".doc", ".wps", ".dot", ".wpt"), "ingest.formats.old_word")
EXCEL = Kind("xlsx", (".xlsx", ".xlsm", ".xltx", ".xltm"), "ingest.formats.excel")
OLD_EXCEL = Kind("xls", (".xls", ".et", ".xlt", ".ett"), "ingest.formats.old_excel")
XML_SHEETS = Kind("xml", (), "ingest.formats.xml_sheets")
SLIDES = Kind("pptx", (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), "ingest.formats.slides")
OLD_SLIDES = Kind("ppt", (".ppt", ".pps", ".pot", ".dps", ".dpt"), "ingest.formats.old_slides")
OPEN = Kind("odf", (".odt", ".ods", ".odp", ".ott", ".ots", ".otp"), "ingest.formats.opendocument")
RTF = Kind("rtf", (".rtf",), "ingest.formats.rtf")
OFD = Kind("ofd", (".ofd",), "ingest.formats.ofd")
MAIL = Kind("eml", (".eml", ".mht", ".mhtml"), "ingest.formats.mail")
PICTURE = Kind("picture", (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".heif"),
               "ingest.formats.recognition")  # fmt: skip
ARCHIVE = Kind("zip", (".zip",))

KINDS = (
    TEXT, MARKDOWN, HTML, CSV, PDF, WORD, OLD_WORD, EXCEL, OLD_EXCEL, XML_SHEETS, SLIDES, OLD_SLIDES, OPEN, RTF, OFD,
    MAIL, PICTURE, ARCHIVE,
)  # fmt: skip
_BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}
# Not a kind of file, but read as one: a page of a file as it looks, with a place on it boxed.
PAGE = Kind("page", (), "ingest.formats.pictures")
READERS = {kind.name: kind.reader for kind in (*KINDS, PAGE) if kind.reader}

_PACKED = frozenset({".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz"})
# What office programs can save as something that is read here.
_SAVED_AS = {
    ".pages": ".docx", ".numbers": ".xlsx", ".key": ".pptx",
    ".xlsb": ".xlsx", ".caj": ".pdf", ".ceb": ".pdf", ".epub": ".pdf", ".msg": ".eml", ".uof": ".docx",
}  # fmt: skip
# How files begin that aren't read, whatever their names say.
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a")
_FOREIGN = {b"Rar!": "rar", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gz"}
# Apple's photographs: a box `ftyp` with one of these brands, behind its length.
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
# The stream of a compound file that holds the document.
_STREAMS = (
    ("WordDocument", OLD_WORD),
    ("PowerPoint Document", OLD_SLIDES),
    ("Workbook", OLD_EXCEL),
    ("Book", OLD_EXCEL),
)
_MEMBERS = (("OFD.xml", OFD), ("word/document.xml", WORD), ("xl/workbook.xml", EXCEL), ("ppt/presentation.xml", SLIDES))
_TYPE_TOLD, _OPEN_TYPE = "mimetype", b"application/vnd.oasis.opendocument."
_OPEN_PARTS = frozenset({"content.xml", "META-INF/manifest.xml"})
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:")
_OF_MAIL = (b"mime-version:", b"content-type:", b"message-id:")
# What stands before a page's or a workbook's first element, and that: many systems export a page's table alone.
_DECLARED = rb"(?:\xef\xbb\xbf)?\s*+(?:<\?[^>]*+>\s*+|<!--(?:(?!-->).)*+-->\s*+)*+"
_PAGE_BEGINS = re.compile(
    _DECLARED
    + rb"<(?:!doctype\s+html|(?:html|head|meta|title|style|script|body|div|center|font|p|h[1-6]|table)[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_SHEETS_BEGIN = re.compile(
    _DECLARED + rb"<(?:\w+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


def kind_named(name: str) -> Kind:
    """The kind that a name says. Raises ReportError, with what to do instead, when it is none that is read."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix in _PACKED:
        raise ReportError(
            "除 .zip 外不接受压缩包;请先解压", "archives other than .zip are not accepted; unpack it first"
        )
    if suffix in _SAVED_AS:
        better = _SAVED_AS[suffix]
        raise ReportError(
            f"不支持的格式 {suffix};请另存为 {better}", f"format {suffix} is not supported; save it as {better}"
        )
    known = " ".join(sorted(_BY_SUFFIX))
    raise ReportError(
        f"不支持的格式 {suffix or '(无后缀)'};支持 {known}",
        f"format {suffix or '(no suffix)'} is not supported; supported: {known}",
    )


def kind_of(name: str, data: bytes) -> Kind:
    """The kind of a file: what its bytes are, whatever its name says, as long as the name is of some kind.

    Raises ReportError when it is none that is read, is encrypted, or is damaged at its beginning.
    """
    named = kind_named(name)
    if is_heic(data):
        return PICTURE
    if data.startswith(_OLE):
        return _ole_kind(named, data)
    if data.startswith(_ZIP) or named is ARCHIVE:
        return _zip_kind(named, data)
    if data.startswith(b"{\\rtf"):
        return RTF
    if b"%PDF-" in data[:PDF_HEADER] and (named is PDF or data.startswith(b"%PDF-")):
        return PDF
    if _is_picture(data) or named is PICTURE:
        return PICTURE
    if foreign := next((what for begins, what in _FOREIGN.items() if data.startswith(begins)), ""):
        raise _otherwise(named, Message(foreign, foreign))
    beginning = _beginning(data)
    if _SHEETS_BEGIN.match(beginning):
        return XML_SHEETS
    if named is CSV and _PAGE_BEGINS.match(beginning):
        return HTML
    if named.reader and not named.decoded and named is not MAIL:
        return _text_kind(named, beginning)
    return named


def _beginning(data: bytes) -> bytes:
    """How a file begins; a text in UTF-16 as one in UTF-8."""
    beginning = data[:_SNIFFED]
    return beginning.decode("utf-16", "ignore").encode() if beginning.startswith(_UTF16) else beginning


def _text_kind(named: Kind, beginning: bytes) -> Kind:
    """What a text is that bears an office program's name: systems export pages, mails and lists so."""
    if _PAGE_BEGINS.match(beginning):
        return HTML
    if _HEADER.match(beginning) and any(line.startswith(_OF_MAIL) for line in beginning.lower().splitlines()):
        return MAIL
    if named in (EXCEL, OLD_EXCEL) and b"\0" not in beginning and (b"\t" in beginning or b"," in beginning):
        return CSV
    if beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise ReportError(
            "内容是 XML;请用办公软件打开,另存为 .docx 或 .xlsx",
            "the content is XML; open it in an office program and save it as .docx or .xlsx",
        )
    if named in (WORD, OLD_WORD, EXCEL, OLD_EXCEL, RTF) and beginning.strip() and not _CONTROL.search(beginning):
        return TEXT
    raise _otherwise(named, Message("别的格式", "something else"))


def _ole_kind(named: Kind, data: bytes) -> Kind:
    """What a compound file holds; where it holds documents of several kinds, the one that its name says."""
    if _holds(data, "EncryptedPackage"):  # how office programs wrap a file with a password
        raise encrypted()
    kinds = [kind for stream, kind in _STREAMS if _holds(data, stream)]
    if kinds:
        return named if named in kinds else kinds[0]
    raise ReportError(
        "Office 文件已损坏,或不是文档、表格和幻灯片", "the Office file is damaged, or no text, sheets or slides"
    )


def _holds(data: bytes, stream: str) -> bool:
    return any(name.encode("utf-16-le") in data for name in (stream, stream.upper()))


def _zip_kind(named: Kind, data: bytes) -> Kind:
    try:
        names = frozenset(entry.filename for entry in entries(io.BytesIO(data)))
        mimetype = _told(data, names)
    except RuntimeError as exc:  # NotImplementedError among them: how it is encrypted or compressed
        raise (damaged(named) if isinstance(exc, NotImplementedError) else encrypted()) from exc
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as exc:
        raise damaged(named) from exc
    if held := next((kind for member, kind in _MEMBERS if member in names), None):
        return held
    if mimetype.startswith(_OPEN_TYPE) or (not mimetype and names >= _OPEN_PARTS):
        return OPEN
    if named is ARCHIVE:
        return ARCHIVE
    raise _otherwise(named, Message("压缩包", "zip"))


def _is_picture(data: bytes) -> bool:
    of_web = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return data.startswith(_PICTURES) or of_web or (data.startswith(b"BM") and data[6:10] == b"\0\0\0\0")


def _told(data: bytes, names: frozenset[str]) -> bytes:
    """What an OpenDocument package says that it is, wherever in it that stands and however it is packed."""
    if _TYPE_TOLD not in names:
        return b""
    with zipfile.ZipFile(io.BytesIO(data)) as packed, packed.open(_TYPE_TOLD) as member:
        return member.read(_SNIFFED).strip()


def is_heic(data: bytes) -> bool:
    """Whether it is a photograph as Apple's telephones keep them."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC


def damaged(kind: Kind) -> ReportError:
    """What is said of a file that its format's library can't open."""
    return ReportError(
        f"{kind.name} 文件已损坏或不完整,无法读取;请重新复制或另存",
        f"the {kind.name} file is damaged or cut off and can't be read; copy or save it again",
    )


def encrypted() -> ReportError:
    """What is said of a file that only a password opens."""
    return ReportError("文件已加密,需要密码", "the file is encrypted and needs a password")


def _otherwise(named: Kind, content: Message) -> ReportError:
    return ReportError(
        f"扩展名是 {named.name},内容却是 {content.zh};请改正扩展名",
        f"the name says {named.name}, but the content is {content.en}; correct the name",
    )

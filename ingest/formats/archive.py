"""Archives (.zip): every file inside is a report of its own, `archive.zip/name.docx`. Nothing is ever unpacked to disk.

Guarantees: an archive whose names lead out of it, or that would unpack to too much, is refused as a whole before any
of it is read; a member is never read beyond the size that a file may have.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from config.errors import ReportError, UnreadableReport, reason
from ingest.formats.zips import entries

_MOST_MEMBERS = 5000
_MOST_BYTES = 1 << 30  # that an archive may unpack to
_OLD_NAMES = ("utf-8", "gb18030")  # how names are written that aren't marked as UTF-8
_UTF8 = 0x800  # flag of names in UTF-8
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError, zlib.error)


def members(path: Path) -> list[str]:
    """The names of the files in an archive, in order, without what systems leave there.

    Raises ReportError when it is damaged, leads out of itself, or would unpack to too much; UnreadableReport when the
    operating system doesn't hand it out.
    """
    held = _entries(path)
    if len(held) > _MOST_MEMBERS or sum(entry.file_size for entry in held.values()) > _MOST_BYTES:
        raise ReportError("压缩包解压后过大或文件过多", "the archive unpacks to too much, or to too many files")
    for name in held:
        if name.startswith("/") or ":" in name.split("/", 1)[0] or ".." in PurePosixPath(name).parts:
            raise ReportError(f"压缩包里的路径指向包外:{name!r}", f"a path in the archive leads out of it: {name!r}")
    return sorted(name for name in held if not any(map(is_systems, PurePosixPath(name).parts)))


def read_member(path: Path, name: str, max_bytes: int) -> bytes:
    """A member's bytes. Raises ReportError when it is encrypted, damaged, too large, or no ordinary file."""
    entry = _entries(path).get(name)
    if entry is None:
        raise ReportError("压缩包里没有这个文件", "the archive holds no such file")
    if entry.flag_bits & _ENCRYPTED:
        raise ReportError("压缩包有密码", "the archive has a password")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ReportError("不是普通文件", "not a regular file")
    try:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as member:
            data = member.read(max_bytes + 1)
    except OSError as exc:
        raise UnreadableReport(f"无法读取:{reason(exc).zh}", f"can't be read: {reason(exc).en}") from exc
    except _BROKEN as exc:
        raise _damaged() from exc
    if len(data) > max_bytes:
        raise ReportError(
            f"文件过大(超过 {max_bytes} 字节);上限由 WENBAO_MAX_FILE_MB 设置",
            f"the file is too large (more than {max_bytes} bytes); the limit is WENBAO_MAX_FILE_MB",
        )
    return data


def is_systems(name: str) -> bool:
    """Whether a file is hidden, or what an office program or a system leaves beside its files."""
    return name.startswith((".", "~$", "__MACOSX")) or name.lower() in ("thumbs.db", "desktop.ini")


def _entries(path: Path) -> dict[str, zipfile.ZipInfo]:
    try:
        with path.open("rb") as file:
            return {_name(entry): entry for entry in entries(file) if not entry.is_dir()}
    except OSError as exc:
        raise UnreadableReport(f"无法读取:{reason(exc).zh}", f"can't be read: {reason(exc).en}") from exc
    except _BROKEN as exc:
        raise _damaged() from exc


def _damaged() -> ReportError:
    return ReportError(
        "压缩包已损坏或不完整;请重新复制或打包", "the archive is damaged or cut off; copy or pack it again"
    )


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's name; Chinese systems write it in their own encoding without saying so."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        for encoding in _OLD_NAMES:
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")

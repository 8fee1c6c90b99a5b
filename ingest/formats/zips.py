"""ZIP files, which archives and most office files are: what is in one that is whole."""

from __future__ import annotations

import os
import struct
import zipfile
from typing import IO

_BEGINS, _ENDS = b"PK\x03\x04", b"PK\x05\x06"
_END = struct.Struct("<4s4H2IH")  # of a ZIP file; a comment of any length up to 64 KB follows
_LONGEST_COMMENT = 0xFFFF


def entries(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """What a ZIP file holds, in its order. Raises zipfile.BadZipFile (or what that library raises besides) when it is

    damaged or was cut off, also where the list of a ZIP file inside it would be found instead of its own.
    """
    with zipfile.ZipFile(file) as packed:
        infos = packed.infolist()
    if infos and min(entry.header_offset for entry in infos) > 0 and _goes_on_behind_its_end(file):
        raise zipfile.BadZipFile("cut off")
    return infos


def _goes_on_behind_its_end(file: IO[bytes]) -> bool:
    """Whether a file begins as a ZIP file and something other than a comment stands behind the end of its list."""
    file.seek(0)
    begins = file.read(len(_BEGINS))
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_COMMENT - _END.size))
    tail = file.read()
    at = tail.rfind(_ENDS)
    if begins != _BEGINS or not 0 <= at <= len(tail) - _END.size:
        return False
    comment = int(_END.unpack_from(tail, at)[-1])
    return at + _END.size + comment != len(tail)

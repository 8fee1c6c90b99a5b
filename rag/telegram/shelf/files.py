"""Files of changes that admins make: what arrived, what it replaced, and the swap between them.

    <folder>/<change>/new/<name>   what was uploaded
    <folder>/<change>/old/<name>   what stood in the reports directory before, if anything did

Guarantees: a report is the old file or the new one, never a part of one; every step may be done twice. Swaps are
made by whoever holds the right to change the index, so that no other ingest sees a report that may be taken back.
"""

from __future__ import annotations

import re
import shutil
import time
import unicodedata
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from config.errors import UnreadableReport, reason
from ingest.durable import digest, storing
from rag.telegram.state.changes import Change

_NAME_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')


class Shelf:
    """Keeps the files of changes. Raises StorageError when the disk refuses."""

    def __init__(self, folder: Path, reports_dir: Path) -> None:
        self.folder, self._reports_dir = folder, reports_dir

    def place(self, change: Change) -> Path:
        """Where the report of a change stands, or stood, in the reports directory."""
        return self._reports_dir / change.name

    def staged(self, change: str, name: str) -> Path:
        return self.folder / change / "new" / name

    def kept(self, change: Change) -> Path:
        return self.folder / change.id / "old" / self.place(change).name

    def stage(self, path: Path, data: bytes) -> None:
        """Write what arrived."""
        with storing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def swap_in(self, change: Change) -> None:
        """Keep what is there now, and put the new file in its place or take it away."""
        target, kept = self.place(change), self.kept(change)
        with storing(target, "WENBAO_REPORTS_DIR"):
            if not kept.parent.exists():
                draft = self.folder / change.id / "keeping"
                shutil.rmtree(draft, ignore_errors=True)
                draft.mkdir(parents=True)
                if target.exists():
                    shutil.copy2(target, draft / target.name)
                draft.rename(kept.parent)
            if change.kind == "remove":
                target.unlink(missing_ok=True)
            else:
                _copy_whole(self.staged(change.id, change.name), target)

    def swap_back(self, change: Change) -> None:
        """Put back what was kept; nothing, where there was nothing."""
        target, kept = self.place(change), self.kept(change)
        with storing(target, "WENBAO_REPORTS_DIR"):
            if kept.exists():
                _copy_whole(kept, target)
            elif kept.parent.exists():
                target.unlink(missing_ok=True)

    def drop(self, change: str) -> None:
        """Delete all files of a change; it can't be undone any more."""
        shutil.rmtree(self.folder / change, ignore_errors=True)

    def drop_if_back(self, change: Change) -> bool:
        """Delete the files of a change that failed; False, and they stay, while the old report isn't in its place."""
        kept = self.kept(change)
        if kept.exists() and sha256_of(kept) != sha256_of(self.place(change)):
            return False
        self.drop(change.id)
        return True

    def drop_all_but(self, changes: Collection[str]) -> None:
        """Delete the files of every other change: the process that would have done it was killed."""
        for folder in self.folder.glob("*/"):
            if folder.name not in changes:
                self.drop(folder.name)


def safe_name(given: str) -> str:
    """A name for a file in the reports directory, from whatever a client says it is called."""
    name = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/")).name
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = " ".join(_FORBIDDEN.sub("_", name).split()).lstrip(". ")
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix[:10]
    while len((stem + suffix).encode()) > _NAME_BYTES:
        stem = stem[:-1]
    return (stem.strip() or time.strftime("report-%Y%m%d-%H%M%S")) + suffix


def _copy_whole(source: Path, target: Path) -> None:
    """The target is the old file or the new one, never a part; hidden names are no reports."""
    draft = target.with_name(f".{target.name}.draft")
    try:
        shutil.copyfile(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def sha256_of(path: Path) -> str | None:
    """The SHA-256 of a file in hexadecimal, None when there is none. Raises UnreadableReport."""
    try:
        return digest(path) if path.is_file() else None
    except OSError as exc:
        raise UnreadableReport(f"无法读取:{reason(exc).zh}", f"can't be read: {reason(exc).en}") from exc

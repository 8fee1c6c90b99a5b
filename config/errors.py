"""The errors a user can meet, as one small tree.

WenbaoError                 one line for the user, no traceback; exit code 1
├── UsageError              the command was called wrongly; exit code 2
├── SettingsError           a setting is missing or unusable; names the variable
├── ReportError             one file can't become a report; ends up in `failed`, the rest goes on
│   ├── UnreadableReport    the operating system doesn't hand the file out
│   └── NeedsRecognition    it holds only pictures of text, and the extra that recognises it isn't installed
├── NothingSelected         a filter fits no report; says what there is
├── ModelError              the embedding model can't be prepared or loaded
└── IndexUnavailable        no answer can be given from the index
    ├── IndexMissing        nothing was ingested yet
    ├── IndexDamaged        its files aren't what was published
    ├── IndexMismatch       it was built with another model
    ├── IndexBusy           another ingest is running
    └── StorageError        the data directory can't be read or written (disk full, permissions)
        └── StateUnavailable    nor can the bot's state: what is in work then waits

Every error carries its text in Chinese and English, because the reader of a message is the staff of
a Chinese office or whoever operates their machine. Exceptions of other libraries are translated
where they enter (`raise … from exc`); anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

import errno
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Message(NamedTuple):
    """One sentence in both languages of the interface."""

    zh: str
    en: str

    def text(self, language: Language = "zh") -> str:
        return self.zh if language == "zh" else self.en


_REASONS = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "磁盘只读",
    errno.EFBIG: "文件超出大小限制",
    errno.EISDIR: "这是一个目录",
    errno.ENODEV: "不是普通文件",
    errno.ENOTDIR: "路径中有一部分不是目录",
    errno.EEXIST: "已经存在",
    errno.EIO: "磁盘读写错误",
    errno.ENAMETOOLONG: "名称过长",
    errno.EADDRINUSE: "地址已被占用",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "系统打开的文件过多",
    errno.ENOMEM: "内存不足",
    errno.EBUSY: "正在使用中",
    errno.ELOOP: "链接过多或循环",
    errno.EINVAL: "参数不可用",
    errno.EBADF: "文件已关闭",
    errno.ENOTEMPTY: "目录不为空",
    errno.EMLINK: "链接过多",
    errno.ESTALE: "网络磁盘上的文件已失效",
    errno.ETIMEDOUT: "超时",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.EAGAIN: "暂时不可用",
    errno.ENXIO: "没有这个设备",
}


def reason(exc: OSError) -> Message:
    """Why the operating system refused, without the path; the rarer reasons only in its own words."""
    own = exc.strerror or str(exc)
    numbered = type(exc).__module__ == "builtins"  # others, as SSLError, number their errors otherwise
    return Message(_REASONS.get(exc.errno or 0, own) if numbered else own, own)


# What SQLite says, also where a library hands its words on.
_OF_DATABASES = (
    ("database or disk is full", "磁盘已满"),
    ("database is locked", "正被另一个程序占用"),
    ("database table is locked", "正被另一个程序占用"),
    ("readonly database", "只读,没有写入的权限"),
    ("disk image is malformed", "文件内容已损坏"),
    ("malformed database schema", "文件内容已损坏"),
    ("file is not a database", "不是数据库文件"),
    ("unable to open database file", "打不开这个文件"),
    ("disk I/O error", "磁盘读写错误"),
    ("no such table", "缺少数据表"),
    ("no such column", "缺少数据列"),
    ("has no column named", "缺少数据列"),
)


def why(problem: object) -> Message:
    """What went wrong, as a clause: what is told in both languages already, what the operating system or a database
    said, else the problem's own words."""
    if isinstance(problem, Message):
        return problem
    if isinstance(problem, OSError):
        return reason(problem)
    own = " ".join(str(problem).split())
    return Message(next((zh for english, zh in _OF_DATABASES if english in own), own), own)


class WenbaoError(Exception):
    """An expected failure: `text(language)` is the one line the user sees."""

    exit_code = 1

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Message(" ".join(zh.split()), " ".join(en.split()))

    def text(self, language: Language = "zh") -> str:
        return self.message.text(language)

    def __reduce__(self) -> tuple[type[WenbaoError], Message]:
        """So that it comes back from another process as it was raised."""
        return type(self), self.message


class UsageError(WenbaoError):
    exit_code = 2


class SettingsError(WenbaoError):
    pass


class ReportError(WenbaoError):
    pass


class UnreadableReport(ReportError):
    pass


class NeedsRecognition(ReportError):
    pass


class NothingSelected(WenbaoError):
    pass


class LimitError(WenbaoError):
    pass


class ModelError(WenbaoError):
    pass


class IndexUnavailable(WenbaoError):
    pass


class IndexMissing(IndexUnavailable):
    pass


class IndexDamaged(IndexUnavailable):
    pass


class IndexMismatch(IndexUnavailable):
    pass


class IndexBusy(IndexUnavailable):
    pass


class StorageError(IndexUnavailable):
    pass


class StateUnavailable(StorageError):
    pass

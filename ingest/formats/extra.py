"""The optional extra `ocr`, which recognises text in pictures: whether it is there, and the command that adds it."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from pathlib import Path

from config.errors import NeedsRecognition

PACKAGES = ("rapidocr<4", "pi-heif<2")  # what the extra brings, below the versions that `pyproject.toml` excludes


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("rapidocr") is not None


def command() -> str:
    """What to type to add the extra where this program runs.

    It names the packages, not the program with its extra: that is on no index, and where it was installed from may be
    gone.
    """
    packages = shlex.join(PACKAGES)
    if (Path(sys.prefix) / "pipx_metadata.json").is_file():
        return f"pipx inject {shlex.quote(Path(sys.prefix).name)} {packages}"
    python = shlex.quote(_shown(Path(sys.executable)))
    if (Path(sys.prefix) / "uv-receipt.toml").is_file():
        return f"uv pip install --python {python} {packages}"
    if importlib.util.find_spec("pip") is None:  # as in what `make setup` makes
        return f"python3 -m pip --python {python} install {packages}"
    return f"{python} -m pip install {packages}"


def needed(*, drawn: bool = True) -> NeedsRecognition:
    """What is said of a file that holds nothing but pictures of pages, or letters that don't say which they are."""
    if drawn:
        return NeedsRecognition(
            f"是扫描件或图像,需要文字识别:{command()}",
            f"it is scanned or a picture; to recognise its text: {command()}",
        )
    return NeedsRecognition(
        f"字体没有说明是什么字,需要文字识别:{command()}",
        f"its fonts don't say what characters they show; to recognise them: {command()}",
    )


def _shown(path: Path) -> str:
    """The path, as seen from here where that is shorter."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)

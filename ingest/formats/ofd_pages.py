"""What an OFD package (GB/T 33190) holds: its pages, each with its trees, and the pictures on them. In millimetres."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.formats.kinds import OFD, damaged
from ingest.formats.packages import Package

_A4 = 210.0, 297.0
_Place = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class Page:
    """A page's parts: its own tree and those behind it; its size and the resources by their ids, as paths."""

    trees: tuple[Any, ...]
    width: float
    height: float
    media: dict[str, str]

    @property
    def pictures(self) -> list[tuple[str, _Place]]:
        """The pictures on it: each path in the package, and its place (left, top, width, height)."""
        objects = [picture for tree in self.trees for picture in tree.iter("{*}ImageObject")]
        placed = ((self.media.get(picture.get("ResourceID", ""), ""), _placed(picture)) for picture in objects)
        return [(path, place) for path, place in placed if path]

    @property
    def covered(self) -> float:
        """The share of it that pictures cover."""
        objects = (picture for tree in self.trees for picture in tree.iter("{*}ImageObject"))
        area = sum(width * height for _, _, width, height in map(_placed, objects))
        return area / max(1.0, self.width * self.height)


def pages(package: Package) -> list[Page]:
    """The pages of all the documents in a package, in order. Raises ReportError when one is damaged."""
    root = package.tree("OFD.xml")
    paths = [] if root is None else [body.findtext("{*}DocRoot") for body in root.iter("{*}DocBody")]
    return [page for path in paths if path for page in _pages(package, path.strip().lstrip("/"))]


def _pages(package: Package, path: str) -> Iterator[Page]:
    document = package.tree(path)
    if document is None:
        raise damaged(OFD)
    folder = posixpath.dirname(path)
    size = document.findtext(".//{*}PageArea/{*}PhysicalBox")
    shared = _media(package, folder, document.iterfind("{*}CommonData/*"))
    templates = {
        template.get("ID"): _within(folder, template.get("BaseLoc")) for template in document.iter("{*}TemplatePage")
    }
    for page in document.iterfind("{*}Pages/{*}Page"):
        at = _within(folder, page.get("BaseLoc"))
        tree = package.tree(at)
        if tree is None:
            raise damaged(OFD)
        own = tree.findtext(".//{*}PhysicalBox") or size
        width, height = numbers(own, 4)[2:] if own and len(own.split()) == 4 else _A4
        behind = [package.tree(templates[used.get("TemplateID")]) for used in tree.iterfind("{*}Template")
                  if used.get("TemplateID") in templates]  # fmt: skip
        trees = (tree, *(one for one in behind if one is not None))
        yield Page(trees, width, height, shared | _media(package, posixpath.dirname(at), tree.iterfind("{*}PageRes")))


def _media(package: Package, folder: str, named: Iterable[Any]) -> dict[str, str]:
    """Where the media lie that resource files tell of, by their ids."""
    paths = {}
    for each in named:
        path = _within(folder, each.text) if each.tag.endswith("Res") else ""
        tree = package.tree(path) if path else None
        if tree is not None:
            base = _within(posixpath.dirname(path), tree.get("BaseLoc"))
            for media in tree.iter("{*}MultiMedia"):
                paths[media.get("ID", "")] = posixpath.normpath(_within(base, media.findtext("{*}MediaFile")))
    return paths


def _within(folder: str, location: str | None) -> str:
    """Where a part lies: its location is seen from the document's folder, or from the package's with a slash."""
    location = (location or "").strip()
    return location.lstrip("/") if location.startswith("/") else posixpath.join(folder, location)


def _placed(picture: Any) -> _Place:
    """Where a picture stands: left, top, width and height; its matrix spreads a square of one millimetre."""
    x, y, width, height = numbers(picture.get("Boundary"), 4)
    a, b, c, d, e, f = numbers(picture.get("CTM"), 6) if picture.get("CTM") else (width, 0.0, 0.0, height, 0.0, 0.0)
    if b or c or a <= 0 or d <= 0:
        return x, y, width, height
    return x + e, y + f, a, d


def numbers(value: str | None, count: int) -> tuple[float, ...]:
    """The numbers of an attribute; as many zeros where it hasn't so many. Raises ReportError where they are none."""
    try:
        values = tuple(map(float, (value or "").split()))
    except ValueError as exc:
        raise damaged(OFD) from exc
    return values if len(values) == count else (0.0,) * count

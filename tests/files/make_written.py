"""Makes `written/`: files as LibreOffice writes them, and pages as scanners and cameras deliver them.

    python tests/files/make_written.py [soffice [font.ttc]]

Run it where files are added; what each file tells stands in `written.jsonl`, and the tests read only that.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import made_pages
import made_sheets
import made_word
from making import FILES, Facts
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).parent
WRITTEN, LIST = HERE / "written", HERE / "written.jsonl"
SOFFICE = sys.argv[1] if len(sys.argv) > 1 else "soffice"
FONT = sys.argv[2] if len(sys.argv) > 2 else "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
LOCKED = '{"RestrictPermissions":{"type":"boolean","value":"true"},"PermissionPassword":{"type":"string","value":"a"}}'
# What is converted, and into what.
CONVERTED = {
    "plain.docx": ("doc", "rtf", "odt", "pdf", "wps"),
    "table.docx": ("doc", "rtf", "odt", "pdf", "docx"),
    "two-heads.docx": ("doc", "odt"),
    "merged-down.docx": ("doc", "rtf"),
    "footnote.docx": ("doc", "odt"),
    "unit.xlsx": ("xls", "ods", "xlsx", "et", "pdf"),
    "dates.xlsx": ("xls", "ods"),
    "two-heads.xlsx": ("xls", "ods"),
    "plain.pptx": ("ppt", "odp", "pptx"),
    "table.pptx": ("ppt", "odp"),
    "notes.pptx": ("ppt",),
}
_AS = {"wps": "doc", "et": "xls"}
SCANNED: dict[str, dict[str, Any]] = {
    "clean-150.png": {"dots": 150},
    "clean-200.png": {"dots": 200},
    "clean-300.png": {"dots": 300},
    "noisy-200.png": {"dots": 200, "noise": 0.004, "blur": 0.7},
    "noisy-150.jpg": {"dots": 150, "noise": 0.003, "blur": 0.5, "quality": 45},
    "pale-200.png": {"dots": 200, "pale": 0.35},
    "stamped-200.jpg": {"dots": 200, "stamp": True, "quality": 70},
    "askew-200.png": {"dots": 200, "lean": -2.0},
    "turned-90.png": {"dots": 200, "lean": 90},
    "turned-270.png": {"dots": 150, "lean": 270},
    "upside-down.png": {"dots": 150, "lean": 180},
    "photographed.jpg": {"dots": 220, "seen": True, "quality": 75, "blur": 0.6},
    "dark-photograph.jpg": {"dots": 220, "seen": True, "shade": True, "quality": 70},
    "fax-200.tif": {"dots": 200, "fax": True},
}


def converted(made_from: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        given = Path(folder, made_from)
        given.write_bytes(FILES[made_from].data())
        how = _AS.get(suffix, suffix)
        options = f":writer_pdf_Export:{LOCKED}" if (made_from, suffix) == ("table.docx", "pdf") else ""
        out = Path(folder, "out")
        subprocess.run(
            [SOFFICE, "--headless", "--convert-to", how + options, "--outdir", str(out), str(given)], check=True
        )
        return (out / f"{given.stem}.{how}").read_bytes()


def lines_of(facts: Facts) -> list[str]:
    return [
        facts.title,
        f"一、{facts.said}",
        f"二、{facts.other}",
        "三、联系人：张文远，电话：0731-8412345，邮编：410000。",
        "四、县委、县政府高度重视科学普及工作，先后召开专题会议5次，",
        "印发文件12份，把科普工作纳入年度考核，占比3.5%。",
    ]


def scan(facts: Facts, dots: int, **worse: Any) -> Image.Image:
    """A page as a scanner of so many dots an inch delivers it, or a camera that doesn't look straight at it."""
    scale = dots / 72
    picture = Image.new("L", (int(560 * scale), int(400 * scale)), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, int(12 * scale))
    for n, text in enumerate(lines_of(facts)):
        draw.text((40 * scale, (30 + 24 * n) * scale), text, fill=0, font=font)
    for r, row in enumerate([*facts.rows, ["白沙镇", "312", "9.25"]]):
        for c, text in enumerate(row):
            draw.text(((60 + 150 * c) * scale, (210 + 26 * r) * scale), text, fill=0, font=font)
        if not worse.get("seen"):
            continue
        for y in (204 + 26 * r, 230 + 26 * r):
            draw.line([50 * scale, y * scale, 500 * scale, y * scale], fill=60, width=2)
    picture = picture.convert("RGB")
    if worse.get("stamp"):
        red = ImageDraw.Draw(picture)
        red.ellipse([330 * scale, 60 * scale, 430 * scale, 160 * scale], outline=(215, 60, 60), width=int(3 * scale))
        red.text((352 * scale, 100 * scale), "县科协专用", fill=(215, 60, 60), font=font)
    if worse.get("seen"):
        picture = _photographed(picture, shade=bool(worse.get("shade")))
    picture = picture.filter(ImageFilter.GaussianBlur(worse.get("blur", 0)))
    picture = picture.point(lambda value: int(255 - (255 - value) * worse.get("pale", 1)))
    lots = random.Random(1)
    pixels = picture.load()
    for _ in range(int(picture.width * picture.height * worse.get("noise", 0))):
        pixels[lots.randrange(picture.width), lots.randrange(picture.height)] = lots.choice(
            ((0, 0, 0), (255, 255, 255))
        )
    lean = worse.get("lean", 0)
    turned = picture.rotate(lean, expand=True, fillcolor=(255, 255, 255), resample=Image.Resampling.BICUBIC)
    return turned.convert("1", dither=Image.Dither.NONE) if worse.get("fax") else turned


def _photographed(page: Image.Image, *, shade: bool) -> Image.Image:
    """A sheet on a table, seen at an angle."""
    width, height = page.size
    board = Image.new("RGB", (int(width * 1.15), int(height * 1.2)), (96, 84, 72))
    board.paste(page, (int(width * 0.07), int(height * 0.1)))
    w, h = board.size
    seen = board.transform(
        (w, h), Image.Transform.QUAD, (0.0, 0.02 * h, 0.05 * w, 0.98 * h, 0.97 * w, h, w, 0.0),
        resample=Image.Resampling.BICUBIC,
    )  # fmt: skip
    if shade:
        dark = Image.linear_gradient("L").resize((w, h)).point(lambda value: 110 + value * 145 // 255)
        seen = Image.composite(seen, Image.new("RGB", (w, h)), dark)
    return seen


def packed(picture: Image.Image, suffix: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    if suffix == "jpg":
        picture.save(buffer, "JPEG", quality=quality)
    elif suffix == "tif":
        picture.save(buffer, "TIFF", compression="group4")
    else:
        picture.convert("L").quantize(16).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def main() -> None:
    assert made_pages
    assert made_sheets
    assert made_word
    WRITTEN.mkdir(exist_ok=True)
    rows = []
    for made_from, suffixes in CONVERTED.items():
        asked = FILES[made_from]
        for suffix in suffixes:
            name = f"{Path(made_from).stem}-of-{Path(made_from).suffix[1:]}.{suffix}"
            (WRITTEN / name).write_bytes(converted(made_from, suffix))
            rows.append({"file": name, "says": asked.says, "question": asked.question, "figure": asked.figure})
    for n, (name, worse) in enumerate(SCANNED.items()):
        facts = Facts(f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[n]}水县", 301 + 17 * n)
        options = {key: value for key, value in worse.items() if key != "quality"}
        picture = packed(scan(facts, **options), name.rsplit(".", 1)[1], worse.get("quality", 80))
        (WRITTEN / name).write_bytes(picture)
        figures = [str(facts.n), facts.people, str(facts.n + 7), facts.money, "0731-8412345", "268", "7.50", "9.25"]
        rows.append({"file": name, "lines": lines_of(facts), "figures": figures})
    LIST.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()

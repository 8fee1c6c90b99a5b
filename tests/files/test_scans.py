"""Pages as scanners and cameras deliver them; minutes of work, so `make bench` runs them and not `make test`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ingest.cleaning.normalize import normalize
from ingest.formats import sources

HERE = Path(__file__).parent
ROWS = [json.loads(line) for line in (HERE / "written.jsonl").read_text(encoding="utf-8").splitlines()]
SCANS = {row["file"]: row["figures"] for row in ROWS if "figures" in row}

pytestmark = pytest.mark.skipif(
    "SCANS" not in os.environ, reason="takes minutes; SCANS=1 runs it, as `make bench` does"
)


@pytest.mark.parametrize(("name", "figures"), SCANS.items(), ids=SCANS)
def test_every_figure_of_a_scan_is_read(name, figures):
    report = normalize(sources.parse(name, (HERE / "written" / name).read_bytes()))
    assert [figure for figure in figures if figure not in report.text.replace("，", ",")] == []
    assert report.recognised

"""The reader between two others."""

from __future__ import annotations

import numpy as np
import pytest

from config.errors import UsageError
from rag.reader.adapter import read_adapter, write_adapter
from rag.training.mean import write_mean

BASE = {"encoder.weight": np.eye(6, 4, dtype=np.float32), "encoder.bias": np.zeros(4, np.float32)}
NEAR = 0.02  # what eight bits lose


def reader(weight: float, bias: float, head: float) -> dict[str, np.ndarray]:
    """What differs from the base, of rank one, with a head of its own."""
    return {
        "encoder.weight": BASE["encoder.weight"] + np.float32(weight),
        "encoder.bias": BASE["encoder.bias"] + np.float32(bias),
        "relevance.weight": np.full((1, 4), head, np.float32),
    }


@pytest.fixture
def two(tmp_path):
    for name, values in (("one", (1.0, 0.0, 2.0)), ("other", (-1.0, 4.0, 4.0))):
        write_adapter(tmp_path / name, BASE, reader(*values))
    return tmp_path / "one", tmp_path / "other"


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, (0, 2, 3)), (0.25, (0.5, 1, 2.5)), (0, (1, 0, 2)), (1, (-1, 4, 4))]
)
def test_each_weight_lies_between_the_two(two, tmp_path, share, expected):
    write_mean(*two, tmp_path / "mean", BASE, share)
    mean = read_adapter(tmp_path / "mean", BASE)
    for name, weight in reader(*expected).items():
        np.testing.assert_allclose(mean[name], weight, atol=NEAR, err_msg=name)


def test_what_is_no_adapter_is_told(two, tmp_path):
    (tmp_path / "text").write_text("no adapter")
    for name in ("text", "none"):
        with pytest.raises(UsageError, match=r"适配器|not an adapter"):
            write_mean(two[0], tmp_path / name, tmp_path / "mean", BASE)
    assert not (tmp_path / "mean").exists()

"""The shipped artifact: what the reader adds to the bundled encoder, small enough for git.

Each changed matrix is stored as two factors whose product is added to the encoder's own (`up @ down`,
rank at most RANK, found by singular value decomposition), in int8 with one scale a row; vectors and
the heads are stored whole, in float16.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

ADAPTER = Path(__file__).with_name("adapter.safetensors")
RANK = 64
_UP, _DOWN, _SCALE = ".up", ".down", ".scale"


def write_adapter(path: Path, base: Mapping[str, Floats], trained: Mapping[str, Floats]) -> None:
    """Store how `trained` differs from `base`; tensors that aren't in `base` (the heads) are stored whole."""
    import numpy as np
    from safetensors.numpy import save_file

    stored: dict[str, npt.NDArray[np.generic]] = {}
    for name, value in sorted(trained.items()):
        if name not in base:
            stored[name] = value.astype(np.float16)
        elif value.ndim == 1:
            stored[name] = (value - base[name]).astype(np.float16)
        else:
            left, singular, right = np.linalg.svd(value - base[name], full_matrices=False)
            root = np.sqrt(singular[:RANK])
            for part, factor in ((_UP, left[:, :RANK] * root), (_DOWN, root[:, None] * right[:RANK])):
                stored[name + part], stored[name + part + _SCALE] = _to_int8(factor)
    save_file({name: np.ascontiguousarray(value) for name, value in stored.items()}, path)


def read_adapter(path: Path, base: Mapping[str, Floats]) -> dict[str, Floats]:
    """The reader's tensors: `base` with the adapter added, and the heads. Raises OSError or ValueError."""
    import numpy as np
    from safetensors.numpy import load_file

    stored = load_file(path)
    tensors = {name: np.array(value, np.float32) for name, value in base.items()}
    for name, value in stored.items():
        if name.endswith(_UP):
            target = name.removesuffix(_UP)
            up, down = (
                stored[target + part].astype(np.float32) * stored[target + part + _SCALE] for part in (_UP, _DOWN)
            )
            tensors[target] += up @ down
        elif value.dtype == np.float16 and name in base:
            tensors[name] += value.astype(np.float32)
        elif value.dtype == np.float16:
            tensors[name] = value.astype(np.float32)
    return tensors


def _to_int8(factor: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    import numpy as np

    scale = np.abs(factor).max(axis=1, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.rint(factor / scale).astype(np.int8), scale.astype(np.float32)

"""Make an exported graph small: tables of 4-bit weights are stored as 4 bits, without changing a value.

Weights that come from 4-bit blocks (as the bundled model's do) are found by trying: 32 consecutive values
that are exactly `scale × n` with n in -8…7 and the largest magnitude at n = -8, as the q4_0 layout of
ggml has them. The operator is ONNX Runtime's com.microsoft.GatherBlockQuantized.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_BLOCK = 32
_LARGE = 1 << 20  # weights; a smaller table isn't worth an operator of its own


def pack_tables(path: Path) -> int:
    """Store the graph's large lookup tables in 4 bits where that is exact; returns how many were."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    uses = [name for node in graph.node for name in node.input]
    packed = 0
    for at, node in enumerate(graph.node):
        table = weights.get(node.input[0]) if node.op_type == "Gather" else None
        by_row = all(attribute.name != "axis" or attribute.i == 0 for attribute in node.attribute)
        if table is None or not by_row or uses.count(table.name) > 1 or len(table.dims) != 2:
            continue
        quantized = _four_bits(numpy_helper.to_array(table))
        if quantized is None:
            continue
        values, scales = quantized
        graph.initializer.remove(table)
        graph.initializer.append(numpy_helper.from_array(values, f"{table.name}_4bit"))
        graph.initializer.append(numpy_helper.from_array(scales, f"{table.name}_scales"))
        lookup = helper.make_node(
            "GatherBlockQuantized",
            [f"{table.name}_4bit", node.input[1], f"{table.name}_scales"],
            list(node.output),
            name=node.name,
            domain="com.microsoft",
            bits=4,
            block_size=_BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        graph.node.remove(node)
        graph.node.insert(at, lookup)
        packed += 1
    if packed:
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
        onnx.save(model, str(path))
    return packed


def _four_bits(table: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]] | None:
    """A float32 (rows, columns) table as (rows, columns / 2) pairs of 4 bits, low one first, both plus 8, and
    (rows, columns / 32) scales; None when some value would change.
    """
    import numpy as np

    if table.dtype != np.float32 or table.size < _LARGE or table.shape[1] % _BLOCK:
        return None
    values = np.empty((table.shape[0], table.shape[1] // 2), np.uint8)
    scales = np.empty((table.shape[0], table.shape[1] // _BLOCK), np.float32)
    step = 1 << 14  # rows at a time, so that no second copy of the whole table is held
    for start in range(0, len(table), step):
        rows = slice(start, start + step)
        blocks = table[rows].reshape(-1, table.shape[1] // _BLOCK, _BLOCK)
        largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
        scale = largest / np.float32(-8)
        numbers = np.rint(blocks / np.where(scale == 0, np.float32(1), scale))
        if not np.array_equal(numbers * scale, blocks) or numbers.min() < -8 or numbers.max() > 7:
            return None
        nibbles = (numbers + 8).astype(np.uint8).reshape(len(blocks), -1)
        values[rows] = nibbles[:, 0::2] | nibbles[:, 1::2] << 4
        scales[rows] = scale[..., 0]
    return values, scales

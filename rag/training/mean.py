"""Between two readers: the mean of their weights, `python -m rag.training.mean ONE OTHER TO`.

Readers taught on from the same weights have a mean that knows what either learned
(Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import UsageError, WenbaoError
from config.logs import quiet_libraries
from rag.reader import adapter
from rag.training import course

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]


def main(
    one: Annotated[Path, typer.Argument(help="an adapter")],
    other: Annotated[Path, typer.Argument(help="another one")],
    to: Annotated[Path, typer.Argument(help="where the adapter of their mean is written")],
    share: Annotated[float, typer.Option(min=0, max=1, help="how much of the other one")] = 0.5,
    work: Annotated[Path, typer.Option(help="where the encoder is kept")] = Path(".wenbao/reader-training"),
) -> None:
    """Write the adapter of the reader between two others."""
    quiet_libraries()
    try:
        base = course.encoder_weights(work)
        write_mean(one, other, to, base, share)
    except WenbaoError as exc:
        typer.echo(exc.text("en"), err=True)
        raise typer.Exit(exc.exit_code) from exc


def write_mean(one: Path, other: Path, to: Path, base: Mapping[str, Floats], share: float = 0.5) -> None:
    """Write to `to` the adapter of `share` of the `other` reader's weights and the rest of the `one`'s.

    Raises UsageError for a file that is no adapter.
    """
    import numpy as np
    from safetensors import SafetensorError

    try:
        first, second = (adapter.read_adapter(path, base) for path in (one, other))
    except (OSError, ValueError, SafetensorError) as exc:
        raise UsageError(f"适配器无法读取:{exc}", f"not an adapter: {exc}") from exc
    mean = {name: (1 - share) * weight + share * second[name] for name, weight in first.items()}
    changed = {name: w for name, w in mean.items() if name not in base or not np.array_equal(w, base[name])}
    adapter.write_adapter(to, base, changed)


if __name__ == "__main__":
    typer.run(main)

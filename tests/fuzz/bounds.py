"""How much is tried: in the suite a few inputs, always the same; with FUZZ=n (`make fuzz`) n times as many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("FUZZ", "0"))


def bounded(examples: int) -> settings:
    """The bounds of a test that tries so many inputs in the suite."""
    return settings(
        max_examples=examples * max(TIMES, 1),
        derandomize=not TIMES,
        database=None,
        deadline=None,
        print_blob=bool(TIMES),
        suppress_health_check=list(HealthCheck),
    )

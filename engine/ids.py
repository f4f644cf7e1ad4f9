"""Names of runs and attempts."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable


def new_run_id() -> str:
    """A run id that sorts by time and is unique: `20261120-2204-3f9a1c`."""
    return f"{time.strftime('%Y%m%d-%H%M')}-{secrets.token_hex(3)}"


def next_attempt(existing: Iterable[str]) -> str:
    """The next top-level attempt id: one more than the largest."""
    return str(1 + max((int(name) for name in existing if name.isdigit()), default=0))


def next_child(existing: Iterable[str], parent: str) -> str:
    """The next id below `parent`: "4" gives "4.1", then "4.2"."""
    depth = parent.count(".") + 1
    numbers = [
        int(name.rpartition(".")[2])
        for name in existing
        if name.startswith(f"{parent}.") and name.count(".") == depth
    ]
    return f"{parent}.{1 + max(numbers, default=0)}"

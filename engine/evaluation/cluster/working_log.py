"""Read by dask in the process that works: its log, tracebacks of broken lines with it, goes to our file."""

from __future__ import annotations

from typing import Any

from engine.config import load
from engine.evaluation.cluster.dask import log_through_ours
from engine.logs import log_to
from engine.places import Places


def dask_setup(worker: Any) -> None:
    """Called by dask before the worker starts."""
    config = load()
    log_to(Places.of(config).log, config.log.level)
    log_through_ours()

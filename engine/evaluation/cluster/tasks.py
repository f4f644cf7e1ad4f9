"""What runs on a worker: plain bytes in, plain bytes out; doing it twice does no harm."""

from __future__ import annotations

from functools import cache
from typing import Any

from distributed import get_worker

from engine.evaluation.cluster.hands import Hands
from engine.evaluation.cluster.order import (
    batch_adapter,
    look_adapter,
    order_of,
    pack,
    results_adapter,
    unpack,
)

SANDBOX = "SANDBOX"  # the resource of which a task takes one


async def do_units(order: bytes, units: bytes) -> bytes:
    """The results of a few units, one after the other in one sandbox."""
    hands, told = hands_of(get_worker()), order_of(order)
    return pack(results_adapter, [await hands.perform(told, unit) for unit in unpack(batch_adapter, units)])


async def look(order: bytes, dask_worker: Any = None) -> bytes:
    """How this worker is, which dask fills in."""
    return pack(look_adapter, await hands_of(dask_worker).look(order_of(order)))


async def stop(order_id: str, dask_worker: Any = None) -> None:
    """Leave an order's work on this worker, which dask fills in."""
    await hands_of(dask_worker).stop(order_id)


@cache
def hands_of(worker: Any) -> Hands:
    """A worker's hands, made when they are first needed."""
    return Hands(max(1, int(worker.state.total_resources.get(SANDBOX, 1))), worker.address)

"""A crew on other machines: units go out to dask's workers, results come back as they end."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from statistics import mean

from distributed import Client

from engine.config_model import Config
from engine.errors import CoderTuiError
from engine.evaluation.cluster.address import Cluster
from engine.evaluation.cluster.connecting import GO_ON, connect, sandboxes, wait_for_workers
from engine.evaluation.cluster.dask import ClusterLost, reason
from engine.evaluation.cluster.line import Line
from engine.evaluation.cluster.order import look_adapter, order_adapter, order_for, pack, unpack
from engine.evaluation.cluster.sending import Killed, Sender
from engine.evaluation.cluster.tasks import look, stop
from engine.evaluation.conclusion import unfinished
from engine.evaluation.unit import Brief, Unit, UnitResult
from engine.places import Places
from engine.prompting import Prompts

LOOKAHEAD = 2  # units sent for each sandbox where they are short, so that none waits for its next to travel
SHORT = 0.5  # seconds; a unit sent ahead behind a long one waits in vain while another sandbox is free
TASK = 0.5  # seconds; shorter units go together: each task costs scheduler and command some 10 ms
TOGETHER = 32  # units at most
RECENT = 20  # results
LOOK_EVERY = 1.0  # seconds
PATIENCE = 60.0  # seconds without anybody to work
GOODBYE = 5.0  # seconds


class ClusterCrew:
    """Does units on the workers of a cluster that have a `SANDBOX` resource, one at a time for each of it.

    `jobs` bounds how many are done at once (0: as many as there are sandboxes), `calls` the model calls of
    each worker at once. See `Crew`.
    """

    def __init__(self, brief: Brief, config: Config, cluster: Cluster, jobs: int = 0, calls: int = 1) -> None:
        self._cluster, self._jobs = cluster, jobs
        order = order_for(brief, config, Prompts(Places.of(config).prompts), calls)
        self._name, self._order = order.id, pack(order_adapter, order)
        self._client: Client | None = None
        self._slots = 1
        self._seconds: deque[float] = deque(maxlen=RECENT)
        self._where = f"a cluster at {cluster.address}"

    @property
    def where(self) -> str:
        """How many sandboxes of which isolation, on how many workers; known after `start`."""
        return self._where

    async def start(self) -> None:
        """Find the workers and have each look at its sandbox. Raises ClusterLost, CoderTuiError."""
        self._client = await connect(self._cluster)
        slots = await wait_for_workers(self._client, self._cluster.address)
        looks = await self._client.run(look, self._order, workers=list(slots), on_error="return")
        kinds = {_isolation(address, found) for address, found in looks.items()}
        self._slots = many = sum(slots.values())
        workers = len(slots)
        self._where = (
            f"{many} sandbox{'' if many == 1 else 'es'}, {', '.join(sorted(kinds))}, "
            f"of {workers} worker{'' if workers == 1 else 's'} at {self._cluster.address}"
        )

    async def work(self, units: Iterable[Unit]) -> AsyncGenerator[UnitResult, None]:
        """Results as they end. Raises ClusterLost when nobody is left to work."""
        assert self._client is not None, "start comes first"
        sender, line = Sender(self._client, self._order, self._name), Line(units)
        going: dict[asyncio.Task[list[UnitResult]], list[Unit]] = {}
        watch = asyncio.create_task(self._watch(self._client))
        try:
            while True:
                while (unit := line.next(len(going), self._width)) is not None:
                    batch = [unit, *line.more(self._together - 1)]
                    going[asyncio.create_task(sender.send(batch), name=unit.key)] = batch
                if not going:
                    return
                done, _ = await asyncio.wait({watch, *going}, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in going if task in done]:
                    batch = going.pop(task)
                    try:
                        results = task.result()
                    except Killed as killed:
                        results = [unfinished(unit, str(killed)) for unit in batch if line.is_to_blame(unit)]
                        batch = batch[: len(results)]
                    for unit, result in zip(batch, results, strict=True):
                        line.ended(unit)
                        self._seconds.append(result.measured.seconds)
                        yield result
                if watch in done:
                    watch.result()
        finally:
            for each in (watch, *going):
                each.cancel()
            await asyncio.gather(watch, *going, return_exceptions=True)

    async def close(self) -> None:
        """Have the workers stop and end their sandboxes; they themselves stay."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Exception):  # whoever does not hear it stops by itself when idle
            async with asyncio.timeout(GOODBYE):
                await client.run(stop, self._name, on_error="ignore")
        with suppress(Exception):
            async with asyncio.timeout(GOODBYE):
                await client.close()

    async def _watch(self, client: Client) -> None:
        """Keep an eye on who is there. Raises ClusterLost when for long nobody is."""
        seen = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            slots = await sandboxes(client)
            self._slots = sum(slots.values())
            if slots:
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE:
                raise ClusterLost(f"no worker is left at {self._cluster.address}", GO_ON)

    @property
    def _together(self) -> int:
        """How many units make a task."""
        known = len(self._seconds) >= RECENT // 4
        return max(1, min(TOGETHER, int(TASK / max(mean(self._seconds), 1e-3)))) if known else 1

    @property
    def _width(self) -> int:
        """How many tasks may be on their way at once."""
        short = bool(self._seconds) and max(self._seconds) < SHORT
        many = max(1, self._slots * (LOOKAHEAD if short else 1))
        return min(many, self._jobs) if self._jobs else many


def _isolation(address: str, found: object) -> str:
    if isinstance(found, BaseException):
        raise CoderTuiError(
            f"worker {address} cannot work: {reason(found)}", "install the same coder-tui on all machines"
        )
    seen = unpack(look_adapter, found if isinstance(found, bytes) else b"")
    if seen.problem:
        raise CoderTuiError(f"worker {address} cannot work: {seen.problem}", "mend or end that worker")
    return seen.isolation

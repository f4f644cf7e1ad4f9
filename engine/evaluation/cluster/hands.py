"""Does units in a worker's process: its sandboxes stay warm between units, and end when nobody asks."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar

from engine.config import load
from engine.errors import CoderTuiError
from engine.evaluation.calls import CallingWorkshop
from engine.evaluation.cluster.order import CarriedPrompts, Look, Order, in_place
from engine.evaluation.conclusion import unfinished
from engine.evaluation.loop_run import check_providers
from engine.evaluation.settings import settled
from engine.evaluation.speed import measure_speed, stretch_of
from engine.evaluation.unit import Unit, UnitResult
from engine.evaluation.worker import UnitWorker
from engine.places import Places
from sandbox.errors import SandboxError

IDLE = 60.0  # seconds after which an order's sandboxes end: whoever gave it may be gone
T = TypeVar("T")


class Station:
    """The workplace of one order: sandboxes, cache, providers, and what is being done there."""

    def __init__(self, order: Order, slots: int) -> None:
        if order.version != version("coder-tui"):
            raise CoderTuiError(
                f"it has coder-tui {version('coder-tui')}, and the evaluation is of {order.version}",
                "install the same version on all machines",
            )
        config, brief = in_place(load(), order, slots, machine_stretch())
        self._brief, self._config = brief, settled(config, brief)
        self.workshop = CallingWorkshop(config, Places.of(config), order.calls)
        self.worker = UnitWorker(brief, config, self.workshop, CarriedPrompts(order.prompts))
        self.going: set[asyncio.Task[Any]] = set()
        self.used = time.monotonic()

    async def look(self) -> Look:
        """Which isolation there is. Raises CoderTuiError, SandboxError where work cannot be done."""
        await check_providers(self._brief, self._config, self.workshop)
        await self.workshop.sandbox.identify()
        return Look(isolation=self.workshop.sandbox.isolation)

    async def close(self) -> None:
        """Stop what is being done and give everything back."""
        for task in self.going:
            task.cancel()
        await asyncio.gather(*self.going, return_exceptions=True)
        await self.workshop.close()


class Hands:
    """Stations by order, on an event loop in a thread of its own: dask's must go on answering.

    The methods may be awaited on any other loop.
    """

    def __init__(self, slots: int, address: str) -> None:
        self._slots, self._address = slots, address
        self._stations: dict[str, Station] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="units", daemon=True).start()

    async def perform(self, order: Order, unit: Unit) -> UnitResult:
        """The result of a unit; what keeps this machine from working is a result too."""
        try:
            return await self._across(self._at_station(order, lambda at: at.worker.perform(unit)))
        except (CoderTuiError, SandboxError) as error:
            return unfinished(unit, f"{self._address}: {error}")

    async def look(self, order: Order) -> Look:
        """How this worker is, once it is ready."""
        try:
            return await self._across(self._at_station(order, Station.look))
        except (CoderTuiError, SandboxError) as error:
            return Look(problem=str(error))

    async def stop(self, order_id: str) -> None:
        """Leave what is being done for an order, and end its sandboxes."""
        await self._across(self._stop(order_id))

    async def _across(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _at_station(self, order: Order, work: Any) -> Any:
        station = self._stations.get(order.id)
        if station is None:
            station = self._stations[order.id] = Station(order, self._slots)
        task = asyncio.current_task()
        assert task is not None
        station.going.add(task)
        try:
            return await work(station)
        finally:
            station.going.discard(task)
            station.used = time.monotonic()
            self._loop.call_later(IDLE + 0.1, self._look_for_idle, order.id)

    def _look_for_idle(self, order_id: str) -> None:
        station = self._stations.get(order_id)
        if station and not station.going and time.monotonic() - station.used >= IDLE:
            del self._stations[order_id]
            self._closing = self._loop.create_task(station.close())

    async def _stop(self, order_id: str) -> None:
        if station := self._stations.pop(order_id, None):
            await station.close()


@cache
def machine_stretch() -> float:
    """By how much this machine is slower than time limits were meant for."""
    return stretch_of(measure_speed())

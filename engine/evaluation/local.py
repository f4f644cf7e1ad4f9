"""A crew on this machine: several units at once, sandboxes and model calls limited apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable

from engine.config_model import Config
from engine.evaluation.calls import CallingWorkshop
from engine.evaluation.loop_run import check_providers
from engine.evaluation.settings import settled
from engine.evaluation.unit import Brief, Unit, UnitResult
from engine.evaluation.worker import UnitWorker
from engine.places import Places
from engine.prompting import Prompts
from sandbox.sizing import automatic_size


class LocalCrew:
    """Does units in this process. `jobs` sandboxes (0: as the machine has room), `calls` model calls at once.

    An asyncio face of its own event loop; see `Crew`.
    """

    def __init__(self, brief: Brief, config: Config, jobs: int = 0, calls: int = 1) -> None:
        self._brief = brief
        self._jobs = jobs or automatic_size()
        sandbox = config.sandbox.model_copy(update={"warm": self._jobs})
        config = config.model_copy(update={"sandbox": sandbox})
        self._config = settled(config, brief)
        places = Places.of(config)
        self._workshop = CallingWorkshop(config, places, calls)
        self._worker = UnitWorker(brief, config, self._workshop, Prompts(places.prompts))
        # While one unit has the sandbox another waits for its model, its cache or its parser.
        self._width = max(2 * self._jobs, calls + self._jobs)

    @property
    def where(self) -> str:
        """How many sandboxes of which isolation."""
        many = f"{self._jobs} sandbox" + ("" if self._jobs == 1 else "es")
        return f"{many}, {self._workshop.sandbox.isolation}"

    async def start(self) -> None:
        """Know the sandbox and the provider, so that what is not there is known before any work is done."""
        await check_providers(self._brief, self._config, self._workshop)
        await self._workshop.sandbox.identify()

    async def work(self, units: Iterable[Unit]) -> AsyncGenerator[UnitResult, None]:
        """Results as they end; no more units are in hand than are worked on."""
        waiting = iter(units)
        going: set[asyncio.Task[UnitResult]] = set()
        try:
            while True:
                while len(going) < self._width and (unit := next(waiting, None)) is not None:
                    going.add(asyncio.create_task(self._worker.perform(unit), name=unit.key))
                if not going:
                    return
                done, going = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in going:
                task.cancel()
            await asyncio.gather(*going, return_exceptions=True)

    async def close(self) -> None:
        """Give back sandboxes, connections and the cache."""
        await self._workshop.close()

"""Does one unit: the loop on the tests that it may see, then the judge's tests on what came of it."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace

from engine.config_model import Config
from engine.errors import CoderTuiError
from engine.evaluation.conclusion import concluded, judged_alone, unfinished
from engine.evaluation.judge import Bench, Judged
from engine.evaluation.loop_run import run_loop
from engine.evaluation.settings import settled
from engine.evaluation.shots import left_over, shots_of, with_verdict
from engine.evaluation.unit import REPLAY, Brief, Unit, UnitResult
from engine.prompting import Prompts
from engine.workshop import Workshop
from sandbox.contract import Verdict
from sandbox.errors import SandboxError

_log = logging.getLogger(__name__)

PAUSES = (1.0, 5.0, 30.0)  # seconds before each further try: long enough for a server to come back


class UnitWorker:
    """Does the units of one evaluation, several at once if need be; the same on every machine."""

    def __init__(self, brief: Brief, config: Config, workshop: Workshop, prompts: Prompts) -> None:
        self._brief = brief
        self._config = settled(config, brief)
        self._workshop = workshop
        self._prompts = prompts

    async def perform(self, unit: Unit) -> UnitResult:
        """The result of a unit; a fault of ours is tried again, and then is a result too."""
        began = time.monotonic()
        tries = 0
        for pause in (*PAUSES, None):
            tries += 1
            try:
                result = await self._perform(unit)
            except (CoderTuiError, SandboxError) as error:
                result = unfinished(unit, str(error))
            if result.verdict != Verdict.INFRASTRUCTURE or pause is None:
                break
            _log.warning("%s is tried again in %g s: %s", unit.key, pause, result.message)
            await asyncio.sleep(pause)
        measured = replace(result.measured, seconds=round(time.monotonic() - began, 4), tries=tries)
        return replace(result, measured=measured)

    async def _perform(self, unit: Unit) -> UnitResult:
        await self._workshop.sandbox.identify()
        bench = Bench(unit.problem, self._workshop.executor, self._config.limits.to_limits())
        isolation = self._workshop.sandbox.isolation
        if unit.code is not None:
            judged = await bench.judge_only(unit.problem.workspace().edit(unit.problem.file, unit.code))
            return judged_alone(unit, self._brief, judged, bench, isolation)
        run = await run_loop(unit, self._brief, self._config, self._workshop, self._prompts)
        verdicts: dict[str, Judged] = {}
        for name, attempt in run.history.attempts.items():
            if attempt.candidate is not None:
                verdicts[name] = await bench.judge(attempt.candidate)
        shots = shots_of(run, verdicts)
        as_recorded = self._brief.provider == REPLAY and self._brief.pick == "last"
        for shot, candidate in left_over(unit, run, self._config.loop.attempts) if as_recorded else ():
            later = await bench.judge(candidate) if candidate is not None else None
            shots += (with_verdict(shot, later),)
        return concluded(unit, self._brief, run, shots, bench, isolation)

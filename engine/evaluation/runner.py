"""Drives an evaluation: what is not done yet goes to the crew, what comes back is kept at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from engine.errors import CoderTuiError
from engine.evaluation.plan import Plan
from engine.evaluation.store import Store
from engine.evaluation.unit import Crew, Unit, UnitResult
from sandbox.contract import Verdict

IN_A_ROW = 12  # faults of ours one after another: what is down stays down, and waiting for each is in vain
RECENT = 40  # results from which the rate is taken
FEW = 8  # results after which the time in which sandboxes came up is no part of it


@dataclass(frozen=True, slots=True)
class Step:
    """One more result: how many units are done of how many, and an estimate of the seconds left."""

    result: UnitResult
    done: int
    total: int
    solved: int
    left: float


class EvaluationStopped(CoderTuiError):
    """One unit after another ended by a fault that is not the code's; what was done is kept."""


async def run_units(
    plan: Plan, units: Iterable[Unit], crew: Crew, store: Store, tell: Callable[[Step], None]
) -> None:
    """Do every unit of the plan that is not done yet. Raises EvaluationStopped, CoderTuiError.

    The estimate comes from the latest results alone, so that it is right when the pace changes.
    """
    keys = plan.unit_keys()
    wanted = set(keys)
    done = solved = 0
    have = set()
    for result in store.results():
        if result.key in wanted and result.verdict != Verdict.INFRASTRUCTURE:
            have.add(result.key)
            solved += result.solved
    done = len(have)
    if done < len(keys):
        await crew.start()
        times: deque[float] = deque([time.monotonic()], maxlen=RECENT + 1)
        starting = True
        faults = 0
        async with aclosing(crew.work(unit for unit in units if unit.key not in have)) as results:
            async for result in results:
                store.add(result)
                times.append(time.monotonic())
                faults = faults + 1 if result.verdict == Verdict.INFRASTRUCTURE else 0
                done, solved = done + 1, solved + result.solved
                if starting and len(times) > FEW:
                    times.popleft()
                    starting = False
                pace = (times[-1] - times[0]) / (len(times) - 1)
                tell(Step(result, done, len(keys), solved, pace * (len(keys) - done)))
                if faults >= IN_A_ROW:
                    raise EvaluationStopped(
                        f"{faults} units one after another could not be done: {result.message}",
                        "mend that, then go on with --resume",
                    )
    store.sort(keys)

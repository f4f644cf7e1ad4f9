"""Leases, back-pressure and replacement, with real sandboxes behind the pool."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable

import pytest

from sandbox import sizing
from sandbox.bubblewrap import Bubble, start_supervisor
from sandbox.contract import Assurance, Isolation, Job, Verdict
from sandbox.errors import SandboxError, SandboxStartFailed
from sandbox.pool import Pool
from sandbox.rack import AHEAD
from sandbox.requirements import Requirements

pytestmark = pytest.mark.bubblewrap
RIGHT = "def f(x):\n    return x + 1\n"
ENDLESS = "def f(x):\n    while True: pass\n"

MakePool = Callable[..., Pool]


class Starter:
    """Starts sandboxes and remembers when; the `broken` next ones fail."""

    def __init__(self) -> None:
        self.begun: list[float] = []
        self.bubbles: list[Bubble] = []
        self.came = asyncio.Event()
        self.broken = 0

    async def __call__(self, requirements: Requirements) -> Bubble:
        self.begun.append(time.monotonic())
        if self.broken:
            self.broken -= 1
            raise SandboxStartFailed("broken for a test")
        self.bubbles.append(await start_supervisor())
        self.came.set()
        return self.bubbles[-1]

    async def reaches(self, count: int) -> None:
        """Wait until so many have come up."""
        async with asyncio.timeout(20):
            while len(self.bubbles) < count:
                await self.came.wait()
                self.came.clear()


@pytest.fixture
def starter() -> Starter:
    return Starter()


@pytest.fixture
async def pool(starter: Starter) -> AsyncIterator[MakePool]:
    """Makes pools of real sandboxes and closes them."""
    made: list[Pool] = []

    def make(size: int = 1, uses: int = 200, wait_seconds: float = 60) -> Pool:
        made.append(Pool(starter, Isolation.NAMESPACE, size, uses, wait_seconds))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def test_waiting_for_a_sandbox_has_an_end(pool: MakePool, job: Callable[..., Job]) -> None:
    one = pool(wait_seconds=0.3)
    busy = asyncio.create_task(one.execute(job(ENDLESS, seconds=30), Assurance.SEALED))
    await asyncio.sleep(0.5)
    with pytest.raises(SandboxError, match=r"no sandbox became free within 0\.3 s"):
        await one.execute(job(RIGHT), Assurance.SEALED)
    busy.cancel()
    await asyncio.wait([busy])
    assert (await one.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED


async def test_one_who_waits_can_be_cancelled_and_takes_no_turn(
    pool: MakePool, starter: Starter, job: Callable[..., Job]
) -> None:
    one = pool()
    busy = asyncio.create_task(one.execute(job(ENDLESS, seconds=1), Assurance.SEALED))
    await asyncio.sleep(0.3)
    waiting = [asyncio.create_task(one.execute(job(RIGHT), Assurance.SEALED)) for _ in range(5)]
    await asyncio.sleep(0.1)
    for task in waiting[:4]:
        task.cancel()
    assert (await busy).verdict is Verdict.TIMEOUT
    assert (await waiting[4]).verdict is Verdict.PASSED
    assert all(task.cancelled() for task in waiting[:4])
    assert sum(bubble.client.executions for bubble in starter.bubbles) == 2


async def test_cancelling_is_heard_at_every_step(pool: MakePool, job: Callable[..., Job]) -> None:
    """A wait that is over in the very moment of the cancelling must not keep it to itself."""
    one = pool()
    await one.execute(job(RIGHT), Assurance.SEALED)
    for steps in range(12):
        endless = asyncio.create_task(one.execute(job(ENDLESS, seconds=5), Assurance.SEALED))
        for _ in range(steps):
            await asyncio.sleep(0)
        endless.cancel()
        async with asyncio.timeout(4):
            await asyncio.wait([endless])
        assert endless.cancelled(), f"after {steps} steps"
    assert (await one.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED


async def test_the_successor_of_a_worn_sandbox_is_up_before_it_is_needed(
    pool: MakePool, starter: Starter, job: Callable[..., Job]
) -> None:
    one = pool(uses=AHEAD + 2)
    for number in range(AHEAD + 2):
        await one.execute(job(RIGHT), Assurance.IN_PROCESS)
        if number == 1:
            assert len(starter.begun) == 1
    await starter.reaches(2)
    assert (await one.execute(job(RIGHT), Assurance.IN_PROCESS)).verdict is Verdict.PASSED
    assert starter.bubbles[1].client.executions == 1
    assert len(starter.begun) == 2


async def test_a_suspicious_sandbox_is_replaced_at_once_without_being_asked(
    pool: MakePool, starter: Starter, job: Callable[..., Job]
) -> None:
    one = pool()
    await one.warm_up()
    starter.bubbles[0].client.suspicions.append("for a test")
    await one.execute(job(RIGHT), Assurance.IN_PROCESS)  # on another: the suspicious one is not used again
    assert starter.bubbles[0].client.executions == 0
    starter.bubbles[1].client.suspicions.append("for a test")
    await starter.reaches(2)


async def test_the_others_come_up_in_the_background(pool: MakePool, starter: Starter) -> None:
    three = pool(size=3)
    await three.warm_up()
    assert len(starter.bubbles) == 1
    await starter.reaches(3)


async def test_a_failed_start_ahead_is_nobodys_error(
    pool: MakePool, starter: Starter, job: Callable[..., Job]
) -> None:
    two = pool(size=2)
    starting = asyncio.create_task(two.warm_up())
    await starter.reaches(1)  # the second start comes after it
    starter.broken = 1
    await starting
    await asyncio.sleep(0.1)
    assert starter.broken == 0
    both = [two.execute(job(RIGHT), Assurance.IN_PROCESS) for _ in range(2)]
    assert {execution.verdict for execution in await asyncio.gather(*both)} == {Verdict.PASSED}


async def test_closing_ends_what_is_just_coming_up_and_refuses_more(
    pool: MakePool, starter: Starter, job: Callable[..., Job]
) -> None:
    four = pool(size=4)
    await four.warm_up()
    await four.close()
    with pytest.raises(SandboxError, match="closed"):
        await four.execute(job(RIGHT), Assurance.SEALED)
    assert all(bubble._process.returncode is not None for bubble in starter.bubbles)


def test_the_automatic_size_fits_cores_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= sizing.automatic_size() <= len(os.sched_getaffinity(0))
    monkeypatch.setattr(sizing, "free_memory_mb", lambda: 100)
    assert sizing.automatic_size() == 1

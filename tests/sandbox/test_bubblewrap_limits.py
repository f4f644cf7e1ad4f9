"""Hostile and broken candidates end within their limits, with the right word, and harm nobody after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Outcome, Verdict

pytestmark = [pytest.mark.bubblewrap, pytest.mark.asyncio(loop_scope="module")]

GOOD = "def f(x):\n    return x + 1\n"
CANDIDATES = {
    "right": (GOOD, {"passed"}),
    "wrong": ("def f(x):\n    return x\n", {"failed"}),
    "not python": ("def f(x:\n", {"error"}),
    "fork bomb": (
        "import os\ndef f(x):\n    while True:\n        os.fork()\n",
        {"failed", "killed", "timeout"},
    ),
    "thread bomb": (
        "import threading, time\ndef f(x):\n    while True:\n"
        "        threading.Thread(target=time.sleep, args=(60,)).start()\n",
        {"failed", "killed", "timeout", "out_of_memory"},
    ),
    "one large block": ("def f(x):\n    return len(bytearray(8 << 30))\n", {"out_of_memory"}),
    "slow leak": (
        "def f(x):\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 20))\n",
        {"out_of_memory"},
    ),
    "memory over processes": (
        "import os, time\ndef f(x):\n    for _ in range(6):\n        if os.fork() == 0:\n"
        "            b = bytearray(200 << 20)\n            b[::4096] = b'x' * len(b[::4096])\n"
        "            time.sleep(60)\n    time.sleep(60)\n",
        {"out_of_memory"},
    ),
    "stops itself": (
        "import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.SIGSTOP)\n",
        {"failed", "timeout"},
    ),
    "ignores signals": (
        "import signal, time\ndef f(x):\n    for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
        "        signal.signal(s, signal.SIG_IGN)\n    time.sleep(60)\n",
        {"timeout"},
    ),
    "endless loop": ("def f(x):\n    while True:\n        pass\n", {"timeout"}),
    "parent leaves": (
        "import os, time\ndef f(x):\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)\n",
        {"failed"},
    ),
    "leaves with success": ("import os\ndef f(x):\n    os._exit(0)\n", {"failed"}),
    "leaves at import": ("import os\nos._exit(0)\n", {"failed", "error"}),
    "crashes": ("import ctypes\ndef f(x):\n    ctypes.string_at(0)\n", {"killed"}),
    "fills the disk": (
        "def f(x):\n    for i in range(100):\n        with open(str(i), 'wb') as out:\n"
        "            out.write(b'x' * (8 << 20))\n",
        {"failed"},
    ),
    "one large file": (
        "def f(x):\n    with open('a', 'wb') as out:\n        out.write(b'x' * (40 << 20))\n",
        {"failed"},
    ),
}
NAMES = sorted(CANDIDATES)


@pytest.mark.parametrize("assurance", list(Assurance), ids=str)
@pytest.mark.parametrize("name", NAMES)
async def test_a_candidate_ends_in_time_with_the_right_verdict(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job], name: str, assurance: Assurance
) -> None:
    source, verdicts = CANDIDATES[name]
    started = time.monotonic()
    seconds = 2.0 if "timeout" in verdicts else 10.0  # a busy machine must not turn others into timeouts
    execution = await bubblewrap.execute(job(source, seconds=seconds), assurance)
    assert execution.verdict.value in verdicts, execution
    assert time.monotonic() - started < seconds + 4
    after = await bubblewrap.execute(job(GOOD), assurance)
    assert after.verdict is Verdict.PASSED, after


async def test_a_flood_is_cut_and_ended(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    flood = "import os\ndef f(x):\n    while True:\n        os.write(1, b'A' * 65536)\n"
    execution = await bubblewrap.execute(job(flood, output_kb=64), Assurance.SEALED)
    assert execution.verdict is Verdict.KILLED
    assert execution.ended == "output limit 4096 KB"
    assert len(execution.output) < 70_000


async def test_output_keeps_its_head_and_its_tail(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    source = "import os\nos.write(1, b'FIRST')\nos.write(1, b'.' * 300000)\nos.write(1, b'LAST')\n" + GOOD
    execution = await bubblewrap.execute(job(source, output_kb=64), Assurance.SEALED)
    assert execution.verdict is Verdict.PASSED
    assert "FIRST" in execution.output
    assert "LAST" in execution.output
    assert "bytes cut" in execution.output
    assert len(execution.output) < 70_000


async def test_a_timeout_says_so(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    execution = await bubblewrap.execute(job("def f(x):\n    while 1: pass\n", seconds=1), Assurance.SEALED)
    assert execution.ended == "wall clock 1 s"
    assert [test.outcome for test in execution.tests] == [Outcome.MISSING] * 2


async def test_cancelling_ends_the_candidate(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    endless = job("def f(x):\n    while True: pass\n", seconds=60)
    running = asyncio.create_task(bubblewrap.execute(endless, Assurance.SEALED))
    await asyncio.sleep(0.5)
    started = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    after = await bubblewrap.execute(job(GOOD), Assurance.SEALED)
    assert after.verdict is Verdict.PASSED
    assert time.monotonic() - started < 3


async def test_jobs_wait_for_each_other(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    jobs = [job(f"def f(x):\n    return x + 1  # {number}\n") for number in range(6)]
    executions = await asyncio.gather(*(bubblewrap.execute(j, Assurance.SEALED) for j in jobs))
    assert {execution.verdict for execution in executions} == {Verdict.PASSED}

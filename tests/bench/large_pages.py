"""What large pages gain in gVisor and what they hold, by switching the machine's setting in turn.

    python -m sandbox.testbed exec python -m tests.bench.large_pages --humaneval FILE [--rounds 3]

Needs root; the setting is put back as it was. Ratios of medians, each round with and without, in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import signal
import statistics
import subprocess
import sys
from pathlib import Path

from sandbox.contract import Assurance
from sandbox.large_pages import KNOB, WANTED, current, turn
from tests.bench.sandbox_speed import (
    SIZES,
    TEN,
    job_of,
    make,
    megabytes,
    passes,
    script_of,
    scripts,
    verdicts,
)
from tests.bench.speed_peers import Problem, problems

SETTINGS = ("never", WANTED)
UNIT = {"warm sandbox": "MB"}


async def warm_memory() -> float:
    """Megabytes of a sandbox after twenty sealed executions."""
    sandbox = make("gvisor")
    await sandbox.start()
    try:
        for _ in range(20):
            await passes(sandbox, TEN, Assurance.SEALED)
        return megabytes("gvisor")
    finally:
        await sandbox.close()


def measure(tasks: list[Problem]) -> dict[str, float]:
    """Verdicts a second of each kind, and the memory, as the setting stands."""
    jobs, programs = [job_of(task) for task in tasks], [script_of(task) for task in tasks]
    found = {"pytest, sealed": len(jobs) / asyncio.run(verdicts("gvisor", jobs, Assurance.SEALED))}
    for size, name in SIZES.items():
        many = programs * (1 if size == 1 else 8)  # batches are over too soon to be measured
        found[name] = len(many) / asyncio.run(scripts("gvisor", many, size))
    return found | {"warm sandbox": asyncio.run(warm_memory())}


def listed(values: list[float]) -> str:
    """Every round's value."""
    return ", ".join(f"{value:.1f}" for value in values)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--humaneval", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=82)
    options = parser.parse_args()
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, load", *(f"{each:.1f}" for each in os.getloadavg())
    )
    subprocess.run(["runsc", "--version"], check=False)
    before = current()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the setting is put back then too
    tasks = list(problems(options.humaneval))[: options.tasks]
    rows: dict[str, list[dict[str, float]]] = {setting: [] for setting in SETTINGS}
    try:
        for _ in range(options.rounds):
            for setting in SETTINGS:
                if not turn(setting):
                    raise SystemExit(f"{KNOB} cannot be written here")
                rows[setting].append(measure(tasks))
    finally:
        turn(before)
    for name in rows[WANTED][0]:
        without, large = ([row[name] for row in rows[setting]] for setting in SETTINGS)
        ratio = statistics.median(large) / statistics.median(without)
        unit = UNIT.get(name, "verdicts/s")
        print(f"{name:<25} never {listed(without)}, {WANTED} {listed(large)} {unit}: {ratio:.2f} times")


if __name__ == "__main__":
    main()

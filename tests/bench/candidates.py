"""How many candidates a second the screener tries: in a plain process, in bubblewrap, in gVisor.

    python tests/bench/candidates.py [--isolation none|namespace|gvisor] [--bugs 82] [--most 2000]

The likeliest mutations of every nth bug of HumanEvalFix's even half are tried to the end, also where a patch
was found: by two workers, as everywhere. Two rates are told: over the time from the base's result on, and
over the whole call, its start included. Generating the candidates counts apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from itertools import chain, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.providers.search.code import Code
from engine.providers.search.hints import hints_of
from engine.providers.search.space import Space
from sandbox.contract import Sandbox, ScreenJob
from sandbox.harness import screener
from tests.bench.repair import sandbox_of
from tests.bench.repair_sets import Bug, humanevalfix


def main() -> None:
    """Measure and print one line a bug and a sum."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--isolation", default="none", choices=("none", "namespace", "gvisor"))
    parser.add_argument("--bugs", type=int, default=82)
    parser.add_argument("--most", type=int, default=2000)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    options = parser.parse_args()
    bugs = list(humanevalfix(options.shared))
    chosen = bugs[:: max(1, len(bugs) // options.bugs)][: options.bugs]
    if options.isolation == "none":
        screener.preload()  # as in the process that the sandbox forks its children from
        asyncio.run(measure(chosen, None, options.most))
    else:
        with sandbox_of(options.isolation) as sandbox:
            asyncio.run(measure(chosen, sandbox, options.most))


async def measure(bugs: list[Bug], sandbox: Sandbox | None, most: int) -> None:
    """Screen each bug's mutations and report the rate."""
    if sandbox is not None:
        await sandbox.start()
    count, seconds, starting, making = 0, 0.0, 0.0, 0.0
    for bug in bugs:
        began = time.monotonic()
        texts = variants(bug, most)
        made = time.monotonic()
        ended: dict[int, str] = {}
        first = made
        results = in_sandbox(sandbox, bug, texts) if sandbox is not None else outside(bug, texts)
        async for index, how in results:
            if index < 0:
                first = time.monotonic()
            else:
                ended[index] = how
        spent = time.monotonic() - made
        count, seconds, making = count + len(ended), seconds + spent, making + made - began
        starting += first - made
        rate = f"{len(ended):5} of {len(texts):5} in {spent:5.2f} s: {len(ended) / spent:6.0f}/s"
        print(f"{bug.task.id:10} {rate}, base after {first - made:.2f} s", flush=True)
    rates = f"{count / (seconds - starting):,.0f}/s, starts included {count / seconds:,.0f}/s"
    print(f"{count:,} in {seconds:.1f} s, starts {starting:.1f} s: {rates}; making them took {making:.1f} s")
    if sandbox is not None:
        await sandbox.close()


def variants(bug: Bug, most: int) -> tuple[str, ...]:
    """The likeliest mutations of a bug, expressions made of names after the templates'."""
    space = Space(Code(bug.given, bug.task.target.function, hints_of(bug.task.tests)))
    return tuple(candidate.text for candidate in islice(chain(space.singles(), space.synthesised({})), most))


async def in_sandbox(sandbox: Sandbox, bug: Bug, texts: tuple[str, ...]) -> AsyncIterator[tuple[int, str]]:
    """Index and end of each variant, as the sandbox tells."""
    job = bug.task.job(bug.task.workspace)
    async for result in sandbox.screen(ScreenJob(job, bug.task.target.file, texts)):
        yield result.index, result.ended


async def outside(bug: Bug, texts: tuple[str, ...]) -> AsyncIterator[tuple[int, str]]:
    """The same in a forked child of this process."""
    job = bug.task.job(bug.task.workspace)
    request = {
        "files": dict(job.files), "tests": dict(job.tests), "path": bug.task.target.file, "variants": texts,
        "stop_after": 0, "trace": False, "selection": [], "limits": {},
    }  # fmt: skip
    pipe, out = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        if (pid := os.fork()) == 0:
            try:
                os.close(pipe)
                os.chdir(folder)
                with os.fdopen(out, "w") as stream:
                    screener.run(request, lambda record: print(json.dumps(record), file=stream, flush=True))
            finally:
                os._exit(0)
        os.close(out)
        with os.fdopen(pipe) as stream:
            for line in stream:
                for record in json.loads(line)["results"]:
                    yield record["index"], record["ended"]
        os.waitpid(pid, 0)  # noqa: ASYNC222  (it has closed its pipe: it is at its end)


if __name__ == "__main__":
    main()

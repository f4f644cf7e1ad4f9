"""How many known bugs the search provider repairs, how well and how fast.

    python tests/bench/repair.py [--set humanevalfix|quixbugs|examples|injected] [--seconds 10]
        [--isolation namespace|gvisor] [--only NAME,…] [--part 1/4] [--seed S] [--each N] [--shared DIR]

Plausible: an execution passes the given tests. Correct: the patch also passes the larger hidden tests
(HumanEval+), or agrees with the reference on the tests' own inputs and others like them.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.errors import ProviderError
from engine.model import Prompt, PromptForm, Sampling, Task
from engine.providers.base import Done, Progress, Request
from engine.providers.search import SearchProvider
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Isolation, Limits, Sandbox, Verdict
from sandbox.docker import DockerSandbox
from sandbox.docker_host import connect
from sandbox.image.build import build_image, image_name
from sandbox.private_daemon import private_daemon
from tests.bench.repair_sets import Bug, examples, humanevalfix, injected_bugs, quixbugs


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--set", default="humanevalfix", choices=("humanevalfix", "quixbugs", "examples", "injected")
    )
    parser.add_argument("--isolation", default="namespace", choices=("namespace", "gvisor"))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--only", default="", help="task ids, separated by commas")
    parser.add_argument("--seed", default="1", help="of injected bugs")
    parser.add_argument("--each", type=int, default=2, help="injected bugs a program")
    parser.add_argument("--part", default="1/1", help="2/4: the second quarter")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    options = parser.parse_args()
    match options.set:
        case "humanevalfix":
            bugs = list(humanevalfix(options.shared))
        case "quixbugs":
            bugs = list(quixbugs(options.shared))
        case "examples":
            bugs = list(examples())
        case _:
            bugs = list(injected_bugs(options.shared, options.seed, options.each))
    only = set(filter(None, options.only.split(",")))
    part, parts = map(int, options.part.split("/"))
    chosen = [bug for bug in bugs if not only or bug.task.id in only][part - 1 :: parts]
    with sandbox_of(options.isolation) as sandbox:
        asyncio.run(measure(chosen, sandbox, options.seconds))


async def measure(bugs: list[Bug], sandbox: Sandbox, seconds: float) -> None:
    """Repair each bug in turn and report."""
    await sandbox.start()
    times, tried, count, plausible, correct = [], 0, 0, 0, 0
    kinds: dict[str, list[int]] = {}
    try:
        for bug in bugs:
            if await judge(sandbox, bug.task, bug.given, bug.task.tests) is Verdict.PASSED:
                continue  # the tests do not see an injected bug
            count += 1
            began = time.monotonic()
            text, note, candidates = await repair(sandbox, bug.task, seconds)
            spent = time.monotonic() - began
            tried += candidates
            verdict = await judge(sandbox, bug.task, text, bug.task.tests) if text else Verdict.NO_CODE
            right = Verdict.NO_CODE
            if verdict is Verdict.PASSED:
                plausible += 1
                times.append(spent)
                right = await correct_or_not(sandbox, bug, text)
                correct += right is Verdict.PASSED
            tally = kinds.setdefault(bug.task.id.split("/")[1], [0, 0, 0])
            tally[0] += 1
            tally[1] += verdict is Verdict.PASSED
            tally[2] += right is Verdict.PASSED
            print(f"{bug.task.id:28} {verdict:8} {right:8} {spent:6.2f} s {candidates:6} {note}", flush=True)
    finally:
        await sandbox.close()
    times = sorted(times) or [0.0]
    if len(kinds) < count:
        for kind, (bad, passed, right_ones) in sorted(kinds.items()):
            print(f"  {kind:24} {bad:4} bugs, plausible {passed:4}, correct {right_ones:4}")
    print(
        f"{count} bugs, plausible {plausible}, correct {correct}, "
        f"median {statistics.median(times):.2f} s, p90 {times[int(len(times) * 0.9)]:.2f} s, "
        f"{tried:,} candidates"
    )


async def repair(sandbox: Sandbox, task: Task, seconds: float) -> tuple[str, str, int]:
    """The first patch offered, its note, and how many candidates were tried."""
    provider = SearchProvider(sandbox, seconds=seconds)
    count = 0
    try:
        async for chunk in provider.complete(Request(task, Prompt("", "", PromptForm.REPAIR), Sampling())):
            if isinstance(chunk, Progress):
                count = int(chunk.what.split()[1].replace(",", ""))
            if isinstance(chunk, Done) and chunk.edits:
                return chunk.edits[task.target.file], chunk.note, count
    except ProviderError as error:
        return "", str(error), count
    return "", "", count


async def correct_or_not(sandbox: Sandbox, bug: Bug, text: str) -> Verdict:
    """The verdict of the hidden tests, or of agreement with the reference where that fails them."""
    right = await judge(sandbox, bug.task, text, {"test_hidden.py": bug.hidden})
    if right is Verdict.PASSED or not bug.fuzz:
        return right
    reference = await judge(sandbox, bug.task, bug.reference, {"test_hidden.py": bug.hidden})
    if reference is Verdict.PASSED:
        return right
    return await judge(sandbox, bug.task, text, {"test_hidden.py": bug.fuzz})


async def judge(sandbox: Sandbox, task: Task, text: str, tests: Mapping[str, bytes]) -> Verdict:
    """The sandbox's verdict on a patch."""
    patched = task.workspace.edit(task.target.file, text)
    judged = Task(task.id, "", patched, task.target, tests, Limits(seconds=30))
    return (await sandbox.execute(judged.job(patched), Assurance.IN_PROCESS)).verdict


@contextmanager
def sandbox_of(isolation: str) -> Iterator[Sandbox]:
    """The sandbox to measure in; gVisor in the private daemon, its image built where it is missing."""
    if isolation == "namespace":
        yield BubblewrapSandbox()
        return
    with private_daemon() as host:
        client = connect(host)
        if not client.images(image_name()):
            build_image(client)
        yield DockerSandbox(Isolation.GVISOR, host)


if __name__ == "__main__":
    main()

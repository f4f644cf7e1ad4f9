"""Replays a recorded run of a model over HumanEval: what the loop makes of it, judged by the official tests.

    python tests/bench/replay.py [--data DIR] [--isolation namespace|gvisor] [--limit N] [--each]

The loop sees `given_tests` alone and runs exactly as it does live: extraction, guardrails, an in-process
execution, a sealed confirmation, repeats noticed, the best kept. Afterwards the first, the last and the kept
completion of each problem are judged by the problem's own tests, which the loop never saw, sealed too.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import events as ev
from engine.config import load
from engine.extract import extract
from engine.history import History
from engine.model import Target, Task
from engine.providers.replay import Recorded, read_recording
from engine.sameness import signature
from engine.session import Session
from engine.workspace import Workspace
from sandbox.contract import Assurance, Limits, Verdict

RECORDING = "recording-codellama34b-humaneval.jsonl.gz"
FILE = "solution.py"


@dataclass(frozen=True)
class Replayed:
    """One problem: what the official tests say of its completions, and what the loop spent on it."""

    task: str
    first: bool
    last: bool
    kept: bool
    any: bool
    shown_passes: bool
    recorded: bool
    kept_id: str
    completions: int
    repeats: int
    recorded_repeats: int
    asked_in_vain: int
    attempts: int
    executions: Counter[str]
    verdicts: tuple[str, ...]
    searched: tuple[str, ...] = ()


def main() -> None:
    """Replay every problem and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[3] / "shared/data")
    parser.add_argument("--isolation", default="namespace", choices=("namespace", "gvisor"))
    parser.add_argument("--limit", type=int, default=0, help="only the first N problems")
    parser.add_argument("--each", action="store_true", help="a line for each problem")
    parser.add_argument("--search", type=float, default=0.0, help="seconds to search from each candidate")
    parser.add_argument("--part", default="1/1", help="2/4: the second quarter of the problems")
    options = parser.parse_args()
    began = time.monotonic()
    rows = asyncio.run(
        replay(options.data, options.isolation, options.limit, options.each, options.search, options.part)
    )
    report(rows, time.monotonic() - began)


async def replay(
    data: Path,
    isolation: str = "namespace",
    limit: int = 0,
    each: bool = False,
    search: float = 0.0,
    part: str = "1/1",
) -> list[Replayed]:
    """The first `limit` problems (0: all) through one session, in throw-away places.

    `search` is the seconds for a search from each distinct completion, once the recording is at its end.
    """
    number, parts = map(int, part.split("/"))
    with gzip.open(data / "HumanEval.jsonl.gz", "rt") as stream:
        problems = {row["task_id"]: row for row in map(json.loads, stream)}
    recording = data / RECORDING
    lines = sorted(read_recording(recording).values(), key=lambda line: int(line.task_id.split("/")[1]))
    with gzip.open(recording, "rt") as stream:
        solved = {row["task_id"]: row["recorded_solved"] for row in map(json.loads, stream)}
    with tempfile.TemporaryDirectory() as folder:
        places = {"paths.state": f"{folder}/state", "paths.cache": f"{folder}/cache"}
        loop = {"loop.attempts": 100, "loop.seconds": 3600.0, "sandbox.isolation": isolation}
        loop |= {"search.recorded": True, "search.seconds": search} if search else {}
        config = load(config_file=None, overrides={**places, **loop}, cwd=Path(folder), environ={})
        rows = []
        async with Session(config) as session:
            for line in lines[: limit or None][number - 1 :: parts]:
                row = await one(session, line, problems[line.task_id], str(recording), solved[line.task_id])
                rows.append(row)
                if each:
                    print(
                        f"{row.task:14} first {row.first:d} last {row.last:d} recorded {row.recorded:d}"
                        f" kept {row.kept:d} ({row.kept_id}) {Counter(row.verdicts)} {row.searched}",
                        flush=True,
                    )
        return rows


async def one(
    session: Session, line: Recorded, problem: dict[str, Any], recording: str, recorded: bool
) -> Replayed:
    """One problem: the loop on the shown tests, then the official tests on what it was given and kept."""
    name = problem["entry_point"]
    checks = "\n".join(f"def test_{n}():\n    {check}\n" for n, check in enumerate(line.given_tests))
    shown = make_task(line.task_id, name, f"from solution import {name}\n\n{checks}")
    run = await session.prepare(shown, "replay", "", recording)
    await session.begin(run)
    await session.wait(run)
    history, events = session.history(run), list(session.events_of(run))
    head = f"from solution import *\nfrom solution import {name}\n{problem['test']}\n"
    official = make_task(line.task_id, name, f"{head}\ndef test_official():\n    check({name})\n")
    candidates = [candidate(shown, text) for text in line.completions]
    repeated = repeats(candidates)
    untouched = [shown.workspace.edit(FILE, text) for text in line.completions]
    kept = history.attempts.get(history.best)

    async def right(code: Workspace | None) -> bool:
        if code is None:
            return False
        execution, _ = await session.workshop.executor.execute(official.job(code), Assurance.SEALED)
        return execution.verdict is Verdict.PASSED

    return Replayed(
        task=line.task_id,
        first=await right(candidates[0]),
        last=await right(candidates[-1]),
        kept=await right(kept.candidate if kept else None),
        any=any([await right(code) for code in candidates]),
        shown_passes=history.verdict is Verdict.PASSED,
        recorded=recorded,
        kept_id=history.best,
        completions=len(candidates),
        repeats=sum(repeated),
        recorded_repeats=sum(repeats(untouched)),
        asked_in_vain=sum(one and two for one, two in itertools.pairwise(repeated)),
        attempts=sum(bool(a.completion) for a in history.attempts.values()),
        executions=count_executions(history, events),
        verdicts=tuple(str(a.verdict) for a in history.attempts.values() if a.completion),
        searched=tuple(notes(events)),
    )


def notes(events: list[ev.Event]) -> list[str]:
    """What each search changed, or why it found nothing."""
    searches = {e.attempt for e in events if isinstance(e, ev.AttemptStarted) and e.provider == "search"}
    told = [e for e in events if isinstance(e, ev.CandidateBuilt | ev.AttemptEnded) and e.attempt in searches]
    return [e.repairs[0] if isinstance(e, ev.CandidateBuilt) else f"{e.verdict}: {e.message}" for e in told]


def repeats(candidates: list[Workspace]) -> list[bool]:
    """Which of them are the same program as an earlier one."""
    seen: set[str] = set()
    found = []
    for code in candidates:
        found.append(signature(code) in seen)
        seen.add(signature(code))
    return found


def make_task(task: str, function: str, tests: str) -> Task:
    """A function to be written in a file that is not there yet."""
    workspace = Workspace({}, frozenset({FILE}))
    return Task(
        task, "", workspace, Target(FILE, function), {"test_solution.py": tests.encode()}, Limits(seconds=15)
    )


def candidate(task: Task, completion: str) -> Workspace:
    """What a completion amounts to, by the loop's own extraction."""
    found = task.workspace
    for path, text in extract(completion, task, task.workspace).edits.items():
        found = found.edit(path, text)
    return found


def count_executions(history: History, events: list[ev.Event]) -> Counter[str]:
    """Executions really made, and those spared because the same program had been judged."""
    made: Counter[str] = Counter()
    for event in events:
        if isinstance(event, ev.ExecutionEnded):
            repeat = bool(history.attempts[event.attempt].duplicate_of)
            made["spared" if repeat and event.cached else str(event.execution.assurance)] += 1
    return made


def report(rows: list[Replayed], seconds: float) -> None:
    """The table."""
    total = len(rows)
    executions: Counter[str] = sum((row.executions for row in rows), Counter())
    gained = [row.task for row in rows if row.kept and not row.last]
    lost = [row.task for row in rows if row.last and not row.kept]
    wrong = [row.task for row in rows if row.last != row.recorded]
    overfit = [row.task for row in rows if row.shown_passes and not row.kept]
    repairs = sum(row.completions - 1 for row in rows)
    print(f"solved by the first completion     {sum(row.first for row in rows)} of {total}")
    print(f"solved by the last completion      {sum(row.last for row in rows)} of {total}")
    print(f"  otherwise than recorded          {len(wrong)} {wrong}")
    print(f"solved by the one that is kept     {sum(row.kept for row in rows)} of {total}")
    print(f"solved by any of them              {sum(row.any for row in rows)} of {total}")
    print(f"  kept is right, last is wrong     {len(gained)} {gained}")
    print(f"  last is right, kept is wrong     {len(lost)} {lost}")
    print(f"shown tests pass, official do not  {len(overfit)} {overfit}")
    print(f"completions                        {sum(row.completions for row in rows)}, {repairs} repairs")
    again, ours = sum(row.recorded_repeats for row in rows), sum(row.repeats for row in rows)
    print(f"  the same program as an earlier   {again}, {ours} after extraction")
    print(f"  asked for right after a repeat   {sum(row.asked_in_vain for row in rows)} of these")
    print(f"taken by the loop                  {sum(row.attempts for row in rows)}")
    print(f"executions in-process, sealed      {executions['in-process']}, {executions['sealed']}")
    print(f"executions spared by repeats       {executions['spared']}")
    print(f"verdicts                           {dict(Counter(v for row in rows for v in row.verdicts))}")
    print(f"seconds                            {seconds:.0f}")


if __name__ == "__main__":
    main()

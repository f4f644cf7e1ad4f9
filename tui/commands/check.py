"""`coder-tui check`: one verdict, or a batch of them."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from engine.checking import Checked, check_job, job_from_json
from engine.config import Config
from engine.errors import UsageError
from engine.task_files import load_task
from engine.workshop import Workshop
from sandbox.contract import Assurance, Job, Verdict
from sandbox.sizing import automatic_size
from tui.headless import say
from tui.interrupt import run_interruptible
from tui.options import configuration, needs_tests, with_requirements
from tui.plain import execution_lines, harmless_lines


def run(options: argparse.Namespace) -> int:
    """Check one file, or every job of a batch."""
    config = configuration(options)
    if options.no_guardrails:
        config = config.model_copy(
            update={"guardrails": config.guardrails.model_copy(update={"enabled": False})}
        )
    if options.batch is not None:
        return run_interruptible(_batch(options, config))
    if options.file is None:
        raise UsageError("name a FILE with its --tests, or a --batch of jobs")
    task = load_task(Path(options.file), needs_tests(options), limits=config.limits.to_limits())
    task = with_requirements(task, options)
    return run_interruptible(_one(task.job(task.workspace), options, config))


async def _one(job: Job, options: argparse.Namespace, config: Config) -> int:
    workshop = Workshop.of(config)
    try:
        checked = await check_job(job, workshop, config.guardrails, Assurance(options.assurance))
    finally:
        await workshop.close()
    _show(checked, options.json)
    return status_of(checked)


async def _batch(options: argparse.Namespace, config: Config) -> int:
    workshop = Workshop.of(config)
    assurance = Assurance(options.assurance)
    worst = 0
    pending: set[asyncio.Task[Checked]] = set()
    width = max(2, 2 * (config.sandbox.warm or automatic_size()))

    def collect(done: set[asyncio.Task[Checked]]) -> None:
        nonlocal worst
        for task in done:
            checked = task.result()
            say(checked.to_json())
            worst = max(worst, status_of(checked))

    try:
        async for line in _lines(options.batch):
            job = job_from_json(line, config.limits)
            pending.add(asyncio.create_task(check_job(job, workshop, config.guardrails, assurance)))
            if len(pending) >= width:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                collect(done)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            collect(done)
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await workshop.close()
    return worst


async def _lines(name: str) -> AsyncIterator[str]:
    """Lines of a file or of standard input, as they come; empty ones are left out."""
    try:
        stream = sys.stdin if name == "-" else await asyncio.to_thread(Path(name).open, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None
    try:
        number = 0
        while line := await asyncio.to_thread(stream.readline):
            number += 1
            if line.strip():
                yield line
    except UnicodeDecodeError:
        raise UsageError(f"{name} line {number + 1} is not UTF-8") from None
    finally:
        if name != "-":
            stream.close()


def status_of(checked: Checked) -> int:
    """0 passed, 3 infrastructure, 1 anything else."""
    if checked.verdict is Verdict.PASSED:
        return 0
    return 3 if checked.verdict is Verdict.INFRASTRUCTURE else 1


def _show(checked: Checked, as_json: bool) -> None:
    if as_json:
        say(checked.to_json())
        return
    lines = [f"{f.severity} {f.rule} line {f.line}: {f.why} — {f.fix}" for f in checked.findings]
    if checked.execution is not None:
        lines += execution_lines(checked.execution, checked.cached)
    for line in lines:
        for harmless in harmless_lines(line):
            say(harmless)
    assurance = f", {checked.assurance}" if checked.verdict is Verdict.PASSED else ""
    say(f"{checked.verdict.upper()} in {checked.isolation}{assurance}")

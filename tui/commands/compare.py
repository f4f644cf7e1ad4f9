"""`coder-tui compare`: evaluations of the same problems, the first against each other one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from string import ascii_uppercase

from engine.errors import UsageError
from engine.evaluation.pairs import Comparison, Read, compare, read_evaluation
from engine.evaluation.tables import who
from tui.headless import say
from tui.neutral import neutral_line

SHOWN = 12  # flipped problems in a line


def run(options: argparse.Namespace) -> int:
    """Print the comparison."""
    if len(options.folders) < 2:
        raise UsageError("one evaluation alone cannot be compared", "name the folders of two or more")
    first, *others = [read_evaluation(Path(name).expanduser()) for name in options.folders]
    for letter, other in zip(letters(), others, strict=False):
        compared = compare(first, other)
        if options.json:
            told = {"first": str(first.folder), "second": str(other.folder), **asdict(compared)}
            say(json.dumps(told))
        else:
            _show(first, other, letter, compared)
    return 0


def letters() -> Iterator[str]:
    """B to Z, then numbers: what the others are called beside A."""
    yield from ascii_uppercase[1:]
    yield from map(str, count(len(ascii_uppercase) + 1))


def _show(first: Read, second: Read, letter: str, compared: Comparison) -> None:
    apart = first.plan.prompts != second.plan.prompts
    for name, read in (("A", first), (letter, second)):
        prompts = f", prompts {read.plan.prompts}" if apart and read.plan.prompts else ""
        say(neutral_line(f"{name}  {who(read.plan)}{prompts}: {read.folder}"))
    for warning in compared.warnings:
        say(neutral_line(f"warning: {warning}"))
    d = compared.difference
    say(f"  problems in both    {compared.problems}")
    one, two = _percent(compared.first_solved), _percent(compared.second_solved)
    say(f"  solved              A {one}, {letter} {two}")
    say(
        f"  difference          {_percent(d.value, '+')}"
        f" (95 % interval {_percent(d.low, '+')} to {_percent(d.high, '+')})"
    )
    say(f"  McNemar, exact      p = {compared.p:.4g}")
    say(neutral_line(f"  solved by A alone   {_names(compared.only_first)}"))
    say(neutral_line(f"  solved by {letter} alone   {_names(compared.only_second)}"))
    say(f"  cost per solve      A {_cost(first)}, {letter} {_cost(second)}")
    say("")


def _percent(share: float, sign: str = "") -> str:
    return f"{100 * share:{sign}.1f} %"


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    return f"{len(names)}" + (f": {shown}" if names else "")


def _cost(read: Read) -> str:
    """Money where prices are known, else tokens, else executions."""
    metrics = read.metrics
    solved = metrics.solved or 1
    if metrics.cost is not None:
        return f"{metrics.cost / solved:.4g}"
    tokens = metrics.prompt_tokens + metrics.completion_tokens
    return f"{tokens / solved:,.0f} tokens" if tokens else f"{metrics.attempts / solved:.1f} attempts"

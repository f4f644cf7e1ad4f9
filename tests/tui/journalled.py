"""Recorded runs put into a real journal, for the installed command to open."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine import events as ev
from engine.journal import Journal
from tests.tui import recording as rec
from tests.tui.feed import RUN

COMMAND = str(Path(sys.executable).with_name("coder-tui"))


def home(folder: Path) -> dict[str, str]:
    """The environment in which everything that coder-tui keeps is under `folder`."""
    names = ("config", "state", "cache")
    return {"HOME": str(folder)} | {f"XDG_{name.upper()}_HOME": str(folder / name) for name in names}


def record(folder: Path, events: Sequence[ev.Event]) -> Path:
    """Write a run into the journal under `folder`, and return the state folder."""
    state = folder / "state" / "coder-tui"
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal = Journal(state / "journal.db")
    try:
        journal.append_many(RUN, events)
    finally:
        journal.close()
    return state


def long_run(attempts: int, log_lines: int) -> list[ev.Event]:
    """A run of many attempts whose logs together have so many lines, half of them in the last one's."""
    events: list[ev.Event] = [rec.started(), rec.READY, *rec.given()]
    each = log_lines // 2 // attempts
    for number in range(1, attempts + 1):
        name, at = str(number), 104.0 + number
        lines = log_lines // 2 if number == attempts else each
        output = "\n".join(f"attempt {name} line {n} of the output of its tests" for n in range(lines))
        done = replace(rec.execution(7), output=output)
        events += [
            *rec.asked(name, str(number - 1), at),
            *rec.received(
                name, at, rec.WORSE.replace("int(n**0.5)", f"int(n**0.5) - {number}"), (rec.WARNING,)
            ),
            *rec.judged(name, at, done, "1"),
        ]
    return events

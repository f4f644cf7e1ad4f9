"""What a list of runs shows of each: read from its few milestones, never from the whole run."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

MILESTONES = ("run_started", "run_resumed", "attempt_started", "attempt_ended", "run_ended")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in a list. `started` is in seconds since 1970; `verdict` None: not ended; `best` "": none.

    `attempts` counts those after the given code.
    """

    id: str
    started: float
    task: str
    file: str
    provider: str
    model: str
    verdict: str | None
    attempts: int
    best: str


def summarise(connection: sqlite3.Connection, run: str) -> RunSummary | None:
    """The summary of one run; None when its first event cannot be read."""
    marks = ", ".join("?" * len(MILESTONES))
    rows = connection.execute(
        f"SELECT kind, json FROM events WHERE run = ? AND kind IN ({marks}) ORDER BY seq", (run, *MILESTONES)
    )
    first: dict[str, object] = {}
    attempts: set[object] = set()
    verdict: str | None = None
    best = ""
    for kind, text in rows:
        found = _object(text)
        if kind == "run_started":
            first = found
        elif kind == "attempt_started" and found.get("origin") != "given":
            attempts.add(found.get("attempt"))
        verdict = str(found.get("verdict", "")) or None if kind == "run_ended" else None
        best = str(found.get("best", best))
    if not first:
        return None
    return RunSummary(
        id=run,
        started=_number(first.get("at")),
        task=str(first.get("task", "")),
        file=str(first.get("source") or first.get("file", "")),
        provider=str(first.get("provider", "")),
        model=str(first.get("model", "")),
        verdict=verdict,
        attempts=len(attempts),
        best=best,
    )


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

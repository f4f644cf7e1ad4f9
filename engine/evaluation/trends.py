"""A database of all evaluations made here, so that it shows what a model or a prompt gained over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from engine.errors import JournalError
from engine.evaluation.metrics import Metrics
from engine.evaluation.plan import Plan
from engine.evaluation.tables import who

FILE = "evaluations.db"
WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Trend:
    """One evaluation in a row; `folder` and `made` (UTC, ISO 8601) name it. Shares are from 0 to 1.

    `pass_1` is -1 where it is not estimated, `cost` where no price is known.
    """

    folder: str
    made: str
    benchmark: str
    data: str
    answers: str
    provider: str
    model: str
    prompts: str
    pick: str
    oracle: bool
    samples: int
    problems: int
    solved: int
    judged: int
    low: float
    high: float
    pass_1: float
    tokens: int
    cost: float
    seconds: float
    version: str

    @property
    def share(self) -> float:
        """The share of samples that are solved."""
        return self.solved / self.judged if self.judged else 0.0


_NAMES = tuple(field.name for field in fields(Trend))
_KINDS = {"int": "INTEGER", "bool": "INTEGER", "float": "REAL", "str": "TEXT"}
_COLUMNS = ", ".join(f"{field.name} {_KINDS[str(field.type)]} NOT NULL" for field in fields(Trend))
_CREATE = f"CREATE TABLE IF NOT EXISTS evaluations ({_COLUMNS}, PRIMARY KEY (folder, made))"
_INSERT = (
    f"INSERT OR REPLACE INTO evaluations ({', '.join(_NAMES)}) VALUES ({', '.join('?' for _ in _NAMES)})"
)


def trend_of(plan: Plan, metrics: Metrics, folder: Path) -> Trend:
    """An evaluation as a row."""
    first = metrics.pass_at.get(1)
    rate = metrics.solve_rate
    return Trend(
        folder=str(folder),
        made=plan.made,
        benchmark=plan.benchmark,
        data=plan.data,
        answers=who(plan),
        provider=plan.brief.provider,
        model=plan.brief.model,
        prompts=plan.prompts,
        pick=plan.brief.pick,
        oracle=plan.oracle,
        samples=plan.samples,
        problems=metrics.problems,
        solved=metrics.solved,
        judged=metrics.samples,
        low=rate.low if rate else 0.0,
        high=rate.high if rate else 0.0,
        pass_1=first.value if first else -1.0,
        tokens=metrics.prompt_tokens + metrics.completion_tokens,
        cost=-1.0 if metrics.cost is None else metrics.cost,
        seconds=float(metrics.measured.get("seconds", 0.0)),
        version=plan.version,
    )


def remember(state: Path, trend: Trend) -> None:
    """Keep a row; the same evaluation, gone on with, takes its own place. Raises JournalError."""
    with _opened(state / FILE) as connection:
        connection.execute(_INSERT, astuple(trend))


def recall(state: Path, benchmark: str = "", limit: int = 20) -> list[Trend]:
    """The newest rows, oldest of them first, of one benchmark or of all. Raises JournalError."""
    if not (state / FILE).exists():
        return []
    with _opened(state / FILE) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(_NAMES)} FROM evaluations WHERE ?1 = '' OR benchmark = ?1"
            " ORDER BY made DESC, rowid DESC LIMIT ?2",
            (benchmark, limit),
        ).fetchall()
    found = [Trend(*row) for row in reversed(rows)]
    return [replace(row, oracle=bool(row.oracle)) for row in found]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as connection, connection:
            connection.execute(_CREATE)
            yield connection
    except sqlite3.Error as error:
        raise JournalError(
            f"the list of evaluations {path} cannot be used: {error}", f"remove {path}; the results stay"
        ) from None

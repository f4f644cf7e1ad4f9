"""A recorded run of a real model, replayed: judged as it was recorded, and no program executed twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.replay import replay

pytestmark = [pytest.mark.bubblewrap, pytest.mark.shared]


@pytest.mark.parametrize("limit", [8, pytest.param(0, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
async def test_a_recorded_completion_is_judged_otherwise_or_a_repeat_is_executed(
    shared: Path, limit: int
) -> None:
    rows = await replay(shared / "data", limit=limit)
    assert [row.task for row in rows if row.last != row.recorded] == []
    assert [row.task for row in rows if row.last and not row.kept] == []
    assert all(row.executions["in-process"] == row.attempts - row.repeats for row in rows)
    if not limit:
        assert (sum(row.first for row in rows), sum(row.kept for row in rows)) == (84, 91)
        assert sum(row.recorded_repeats for row in rows) == 482

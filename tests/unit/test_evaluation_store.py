"""An evaluation's folder: nothing that was done is lost, and nothing half done is taken for done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.evaluation.plan import Plan
from engine.evaluation.store import RESULTS, Store
from engine.evaluation.unit import Brief, UnitResult

PLAN = Plan("b", "digest", ("a", "b", "c"), Brief("replay"))


def result(task: str, verdict: str = "passed", message: str = "") -> UnitResult:
    return UnitResult(task, 0, verdict == "passed", verdict, None, False, "docstring", "1", "gvisor", message)


def test_a_torn_line_is_taken_for_a_result_or_costs_another(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin(PLAN, resume=False)
        store.add(result("c"))
        store.add(result("a"))
    whole = (tmp_path / RESULTS).read_bytes()
    for cut in (1, 50, len(whole.splitlines()[1])):
        (tmp_path / RESULTS).write_bytes(whole[:-cut])
        with Store(tmp_path) as store:
            store.begin(PLAN, resume=True)
            assert store.done() == {"c#0"}
            store.add(result("a"))
            assert store.done() == {"a#0", "c#0"}


def test_the_order_is_that_of_arrival_or_a_fault_stays(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin(PLAN, resume=False)
        for one in (result("c"), result("a", "infrastructure"), result("b", "failed"), result("a")):
            store.add(one)
        store.sort(PLAN.unit_keys())
        assert [(r.task_id, r.verdict) for r in store.results()] == [
            ("a", "passed"),
            ("b", "failed"),
            ("c", "passed"),
        ]
        before = (tmp_path / RESULTS).stat().st_ino
        store.sort(PLAN.unit_keys())
        assert (tmp_path / RESULTS).stat().st_ino == before, "what is in order is left alone"


def test_text_that_no_file_can_hold_ends_the_evaluation(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin(PLAN, resume=False)
        store.add(result("a", "failed", "half a pair: \ud800"))
        assert store.done() == {"a#0"}


def test_another_evaluation_is_mixed_in(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin(PLAN, resume=False)
        with pytest.raises(UsageError, match="another process"), Store(tmp_path):
            pass
    with Store(tmp_path) as store:
        with pytest.raises(UsageError, match="add --resume"):
            store.begin(PLAN, resume=False)
        with pytest.raises(UsageError, match='pick "best" → "last"'):
            store.begin(replace(PLAN, brief=Brief("replay", pick="last")), resume=True)
        slower = replace(PLAN, made="later", brief=Brief("replay", stretch=2.0))
        assert store.begin(slower, resume=True).brief.stretch == 1.0, "as it was begun"

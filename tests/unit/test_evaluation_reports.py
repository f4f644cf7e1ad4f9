"""Reports and trends: an oracle is nowhere hidden, and what was measured says how surely."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.evaluation.metrics import Metrics, estimate, measure
from engine.evaluation.plan import Plan
from engine.evaluation.report_html import html_report
from engine.evaluation.report_md import markdown_report
from engine.evaluation.report_rows import problem_rows
from engine.evaluation.tables import titled
from engine.evaluation.trends import recall, remember, trend_of
from engine.evaluation.unit import Brief, Shot, UnitResult
from tui.trend_lines import trend_lines

TASKS = ("a", "b", "c")


def evaluated(right: int, oracle: bool = False, prompts: str = "") -> tuple[Plan, Metrics, list[UnitResult]]:
    rows = []
    for number, task in enumerate(TASKS):
        good = number < right
        judged = "passed" if good else "failed"
        shot = Shot(
            "1", "loop", "ollama", "seed", judged, judged, "1", judged_error="" if good else "TypeError"
        )
        shot = replace(shot, fixability=None if good else 0.5)
        rows.append(UnitResult(task, 0, good, judged, good, good, "docstring", "1", "gvisor", shots=(shot,)))
    plan = Plan("doubles", "d", TASKS, Brief("ollama", "tiny"), oracle=oracle, prompts=prompts)
    return plan, measure(plan, rows), rows


@pytest.mark.parametrize("oracle", [True, False])
def test_a_table_hides_that_the_loop_saw_the_judges_tests(oracle: bool) -> None:
    plan, metrics, rows = evaluated(1, oracle)
    assert titled(plan, "x") == ("x (with oracle)" if oracle else "x")
    table = problem_rows(plan, rows)
    markdown, page = markdown_report(plan, metrics, table), html_report(plan, metrics, table)
    for titles in (re.findall("^#+ (.*)$", markdown, re.M), re.findall("<h[12]>(.*?)</h[12]>", page)):
        assert len(titles) == 8
        about = [title for title in titles if not title.startswith(("Settings", "Times"))]
        assert {title.endswith("(with oracle)") for title in about} == {oracle}
    assert ("pass@1" in markdown) is not oracle


def test_three_of_three_is_as_sure_as_a_thousand() -> None:
    """Where all are right, or none, drawing problems again shows no spread, and there still is some."""
    for values, low, high in (([1.0] * 3, 0.438, 1.0), ([0.0] * 3, 0.0, 0.562), ([1.0] * 1000, 0.996, 1.0)):
        found = estimate(values)
        assert found is not None
        assert (found.low, found.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    mixed = estimate([1.0, 0.0, 1.0])
    assert mixed is not None and mixed.low < mixed.value < mixed.high


def test_what_a_version_of_the_prompts_gained_is_not_seen(tmp_path: Path) -> None:
    for number, (right, prompts) in enumerate(((1, "one"), (1, "one"), (3, "two"))):
        plan, metrics, _ = evaluated(right, prompts=prompts)
        made = f"2026-11-2{number}T10:00:00+00:00"
        remember(tmp_path, trend_of(replace(plan, made=made), metrics, tmp_path / str(number)))
    found = recall(tmp_path)
    assert [type(row.oracle) for row in found] == [bool] * 3
    first, *_, series, one, two = trend_lines(found)
    assert "1/3" in first and first.endswith("ollama tiny prompts one")
    assert series == "▃▃█  doubles, ollama tiny, best: 33.3 → 100.0 %, 3 times"
    assert (one.strip(), two.strip()) == ("prompts one: 33.3 %, 2 of 6", "prompts two: 100.0 %, 3 of 3")


def test_a_difference_in_problems_is_told_by_what_they_begin_with() -> None:
    plan, _, _ = evaluated(1)
    many = replace(plan, tasks=tuple(f"a/{number}" for number in range(164)))
    assert many.differences(plan) == ['tasks ["a", "b", "c"] → 164 of them']

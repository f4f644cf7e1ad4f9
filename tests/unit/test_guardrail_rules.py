"""Every rule flags its example, leaves the other alone, and is in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guardrails import RULES, Rule, check
from tests.unit.rule_examples import EXAMPLES, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "guardrails.md"
IDS = [rule.id for rule in RULES]


def test_a_rule_has_no_example() -> None:
    assert [*EXAMPLES] == IDS


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_an_example_is_judged_otherwise(rule: Rule) -> None:
    bad, good = EXAMPLES[rule.id]
    found = {finding.rule: finding for finding in check(bad)}
    assert found[rule.id].severity == rule.severity
    assert found[rule.id].why and found[rule.id].fix == rule.fix
    assert check(good) == ()


def test_the_documentation_says_otherwise() -> None:
    assert table() in DOCUMENT.read_text(encoding="utf-8"), "python -m tests.unit.rule_examples prints it"

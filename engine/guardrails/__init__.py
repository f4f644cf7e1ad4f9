"""Static checks before anything runs: a filter and an explanation, never the boundary."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine.guardrails.rule import Rule, block
from engine.model import Finding, Severity

RULES: tuple[Rule, ...] = (
    block("G001", "Syntax error", "Python cannot parse this: {name}", "Write complete, valid Python."),
    block("G201", "Code from text", "{name} runs code made from text", "Compute the value directly."),
)


def check(source: str | bytes, *, severities: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Every finding in `source`, by line; `severities` maps a rule id to "block", "warn" or "off"."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        places = [(RULES[0], line, 0, str(getattr(error, "msg", error)))]
    else:
        places = [
            (RULES[1], node.lineno, node.col_offset, f"builtins.{node.id}")
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and node.id in ("eval", "exec")
        ]
    wanted = severities or {}
    return tuple(
        Finding(
            rule.id,
            Severity(wanted.get(rule.id, rule.severity)),
            line,
            column,
            name,
            rule.why.replace("{name}", name),
            rule.fix,
        )
        for rule, line, column, name in sorted(places, key=lambda place: place[1:3])
        if wanted.get(rule.id) != "off"
    )

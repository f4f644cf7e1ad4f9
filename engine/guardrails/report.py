"""From places where rules are broken to findings that people, prompts and programs read."""

from __future__ import annotations

from engine.guardrails.allowance import split_lines
from engine.guardrails.judge import Place
from engine.guardrails.policy import Policy
from engine.guardrails.tables import BY_ID
from engine.model import Finding, Severity

_MOST = 100


def findings(places: list[Place], text: str, policy: Policy) -> tuple[Finding, ...]:
    """The findings that the policy leaves, by line; when there are too many, the worst ones."""
    judged: list[tuple[Severity, Place]] = []
    for place in places:
        severity = policy.severity(BY_ID[place.rule])
        if severity != "off":
            judged.append((Severity(severity), place))
    judged.sort(key=lambda one: (one[0] is Severity.WARN, one[1].line, one[1].column))
    kept = sorted(judged[:_MOST], key=lambda one: (one[1].line, one[1].column, one[1].rule))
    lines = [] if text.isascii() or not kept else split_lines(text)
    return tuple(_finding(place, severity, lines) for severity, place in kept)


def _finding(place: Place, severity: Severity, lines: list[str]) -> Finding:
    rule = BY_ID[place.rule]
    name = place.name if len(place.name) <= 80 else f"{place.name[:77]}..."
    return Finding(
        rule=rule.id,
        severity=severity,
        line=place.line,
        column=_characters(lines, place.line, place.column),
        name=name,
        why=rule.why.replace("{name}", name),
        fix=rule.fix,
        via_line=place.via_line,
        via_column=_characters(lines, place.via_line, place.via_column),
    )


def _characters(lines: list[str], line: int, column: int) -> int:
    """The column in characters; Python's own columns count UTF-8 bytes."""
    if line > len(lines) or not column:
        return column
    # A character has four bytes at most, so what lies behind the column need not be encoded.
    return len(lines[line - 1][:column].encode()[:column].decode(errors="ignore"))

"""Static checks before anything runs: a filter and an explanation, never the boundary.

Names are resolved first and judged by what they stand for; see docs/guardrails.md.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.guardrails.budget import Budget, TooCostly
from engine.guardrails.resolve import Resolver
from engine.guardrails.rule import Rule
from engine.guardrails.source import Refusal, load
from engine.guardrails.tables import BY_ID, RULES
from engine.model import Finding, Severity

__all__ = ["RULES", "Rule", "check"]

_MOST = 100


def check(source: str | bytes, *, severities: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Every finding in `source`, by line, at most 100, blocking ones kept first.

    `severities` maps a rule's id, or a family's ("G9"), to "block", "warn" or "off". Whatever the
    source is, there are findings or a refusal in the form of one; nothing is raised.
    """
    with _without_collector():
        return _check(source, severities or {})


@contextmanager
def _without_collector() -> Iterator[None]:
    """Syntax trees are many objects and no garbage: collecting on the way can double the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _check(source: str | bytes, severities: Mapping[str, str]) -> tuple[Finding, ...]:
    loaded = load(source)
    if isinstance(loaded, Refusal):
        return _findings([loaded], "", severities)
    resolver = Resolver(loaded.tree, Budget(len(loaded.text)))
    places: list[Refusal] = []
    try:
        resolver.run()
    except RecursionError:
        places.append(Refusal("G003", 1, 0, "nested too deeply"))
    except TooCostly:
        places.append(Refusal("G003", 1, 0, "too much to resolve for its size"))
    places += [Refusal(rule, line, column, name) for (rule, line), (column, name) in resolver.found.items()]
    return _findings(places, loaded.text, severities)


def _findings(places: list[Refusal], text: str, severities: Mapping[str, str]) -> tuple[Finding, ...]:
    judged = []
    for place in places:
        rule = BY_ID[place.rule]
        severity = severities.get(rule.id, severities.get(rule.id[:2], rule.severity))
        if severity != "off":
            judged.append((severity != Severity.BLOCK, place.line, place.column, place, Severity(severity)))
    judged.sort(key=lambda one: one[:3])
    kept = sorted(judged[:_MOST], key=lambda one: (*one[1:3], one[3].rule))
    lines = [] if text.isascii() or not kept else text.split("\n")
    return tuple(_finding(place, severity, lines) for *_, place, severity in kept)


def _finding(place: Refusal, severity: Severity, lines: list[str]) -> Finding:
    rule = BY_ID[place.rule]
    name = place.name if len(place.name) <= 80 else f"{place.name[:77]}..."
    return Finding(
        rule=rule.id,
        severity=severity,
        line=place.line,
        column=_characters(lines, place),
        name=name,
        why=rule.why.replace("{name}", name),
        fix=rule.fix,
    )


def _characters(lines: list[str], place: Refusal) -> int:
    """The column in characters; Python's own columns count UTF-8 bytes."""
    if place.line > len(lines) or not place.column:
        return place.column
    # A character has four bytes at most, so what lies behind the column need not be encoded.
    return len(lines[place.line - 1][: place.column].encode()[: place.column].decode(errors="ignore"))

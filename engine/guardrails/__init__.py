"""Static checks before anything runs: a filter and an explanation, never the boundary.

Names are resolved first and judged by what they stand for; see docs/guardrails.md.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    loaded = load(source)
    if isinstance(loaded, Refusal):
        return _findings([loaded], "", severities or {})
    resolver = Resolver(loaded.tree)
    places: list[Refusal] = []
    try:
        resolver.run()
    except RecursionError:
        places.append(Refusal("G003", 1, 0, "nested too deeply"))
    places += [Refusal(rule, line, column, name) for (rule, line), (column, name) in resolver.found.items()]
    return _findings(places, loaded.text, severities or {})


def _findings(places: list[Refusal], text: str, severities: Mapping[str, str]) -> tuple[Finding, ...]:
    found = []
    for place in places:
        rule = BY_ID[place.rule]
        severity = severities.get(rule.id, severities.get(rule.id[:2], rule.severity))
        if severity != "off":
            name = place.name if len(place.name) <= 80 else f"{place.name[:77]}..."
            found.append(
                Finding(
                    rule=rule.id,
                    severity=Severity(severity),
                    line=place.line,
                    column=_characters(text, place),
                    name=name,
                    why=rule.why.replace("{name}", name),
                    fix=rule.fix,
                )
            )
    found.sort(key=lambda finding: (finding.severity is Severity.WARN, finding.line, finding.column))
    return tuple(sorted(found[:_MOST], key=lambda finding: (finding.line, finding.column, finding.rule)))


def _characters(text: str, place: Refusal) -> int:
    """The column in characters; Python's own columns count UTF-8 bytes."""
    if text.isascii() or not place.column:
        return place.column
    lines = text.split("\n")
    if place.line > len(lines):
        return place.column
    return len(lines[place.line - 1].encode()[: place.column].decode(errors="ignore"))

"""What a guardrail rule is: a stable id, a severity, and the words that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `{name}` in `why` stands for the resolved dotted path; `fix` says what to use instead."""

    id: str
    title: str
    severity: Severity
    why: str
    fix: str


def block(id_: str, title: str, why: str, fix: str) -> Rule:
    """A rule whose findings keep a candidate from running."""
    return Rule(id_, title, Severity.BLOCK, why, fix)


def warn(id_: str, title: str, why: str, fix: str) -> Rule:
    """A rule whose findings are shown and do not stop anything."""
    return Rule(id_, title, Severity.WARN, why, fix)

"""Static checks before anything runs: a filter and an explanation, never the boundary.

Names are resolved first and judged by what they stand for; see docs/guardrails.md.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from engine.guardrails.allowance import allowed_lines
from engine.guardrails.budget import Budget, TooCostly
from engine.guardrails.judge import Place
from engine.guardrails.policy import POLICIES, Policy
from engine.guardrails.report import findings
from engine.guardrails.resolve import Resolver
from engine.guardrails.rule import Rule
from engine.guardrails.source import Refusal, load
from engine.guardrails.tables import RULES
from engine.model import Finding

__all__ = ["POLICIES", "RULES", "Policy", "Rule", "allowed_lines", "check"]

STANDARD = Policy()


def check(
    source: str | bytes, policy: Policy = STANDARD, *, severities: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Every finding in `source`, by line, at most 100, blocking ones kept first.

    `severities` replaces those of the policy. Whatever the source is, there are findings or a refusal
    in the form of one; nothing is raised.
    Comments in the source change nothing: see `allowed_lines` for those of the user's own code.
    """
    if severities is not None:
        policy = replace(policy, severities=severities)
    if policy.preset == "off":
        return ()
    with _without_collector():
        return _checked(source, policy)


def _checked(source: str | bytes, policy: Policy) -> tuple[Finding, ...]:
    """The work itself, in a frame of its own: what it made is gone when the collector may look again."""
    loaded = load(source)
    if isinstance(loaded, Refusal):
        return findings([Place(*loaded)], "", policy)
    resolver = Resolver(loaded.tree, Budget(len(loaded.text), loaded.tokens), policy)
    refused: list[Place] = []
    try:
        resolver.run()
    except RecursionError:
        refused.append(Place("G003", 1, 0, "nested too deeply"))
    except TooCostly:
        refused.append(Place("G003", 1, 0, "too much to resolve for its size"))
    found = findings([*refused, *resolver.found.values()], loaded.text, policy)
    resolver.forget()
    return found


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

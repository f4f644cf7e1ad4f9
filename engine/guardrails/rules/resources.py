"""G9: programs that may never end or take far more than they should; warnings, the sandbox has limits."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Family, Hit
from engine.guardrails.rule import warn
from engine.guardrails.rules import amounts, loops

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver


def _assigned(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """Lambdas that get a name, and settings; most assignments are neither."""
    if type(node) is ast.Assign:
        if type(node.value) is ast.Lambda:
            return loops.named_lambda(resolver, node)
        if type(node.targets[0]) is ast.Attribute:
            return amounts.precise(resolver, node)
    return ()


FAMILY = Family(
    rules=(
        warn("G901", "Unbounded loop", "{name} has no way out", "Give the loop a condition, a break or a "
            "return."),
        warn("G902", "Unbounded recursion", "{name} calls itself on every path",
            "Return without the call in a base case."),
        warn("G903", "Huge value", "{name} would take too much memory or time", "Work in smaller pieces."),
        warn("G904", "Long sleep", "{name} waits longer than tests may run", "Return without waiting."),
        warn("G905", "Endless iterator", "{name} is consumed whole and has no end",
            "Take a part with itertools.islice."),
        warn("G906", "Explosive pattern", "{name} can take exponential time",
            "Repeat one thing once: a+ for (a+)+."),
    ),
    paths={},
    calls=amounts.CALLS,
    nodes={
        ast.Assign: (_assigned,),
        ast.While: (loops.forever,),
        ast.For: (loops.endless_source, loops.growing),
        ast.Call: (amounts.joined,),
    },
    bodies=(loops.recursion,),
)  # fmt: skip

"""G0: source that cannot be read, and imports that hide where names come from."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Family, Hit, names
from engine.guardrails.rule import block, warn

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

# Star imports from these are a habit of honest code and bring in nothing that other rules would miss.
_CALM = names(
    "math cmath typing collections itertools functools heapq bisect string re random fractions decimal "
    "statistics "
    "operator dataclasses enum abc datetime numbers copy array queue tkinter turtle __future__ "
    "collections.abc"
)


def _star(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        module = "." * node.level + (node.module or "")
        if module not in _CALM:
            yield Hit("G004", node, f"{module}.*")


FAMILY = Family(
    rules=(
        block("G001", "Syntax error", "Python cannot parse this: {name}", "Write complete, valid Python."),
        block(
            "G002", "Unreadable source", "The source is not plain UTF-8 text: {name}",
            "Write the file as UTF-8 without null bytes or an encoding line.",
        ),
        block(
            "G003", "Too large to check", "The source cannot be checked in full: {name}",
            "Write a smaller program with less nesting.",
        ),
        warn(
            "G004", "Star import", "{name} hides where names come from",
            "Import the names that are used, one by one.",
        ),
    ),
    nodes={ast.ImportFrom: (_star,)},
)  # fmt: skip

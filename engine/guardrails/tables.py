"""All families' tables as one, so that a look-up is one dictionary access."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import TypeVar

from engine.guardrails.family import BodyCheck, CallCheck, Module, NodeCheck
from engine.guardrails.rule import Rule
from engine.guardrails.rules import FAMILIES

Entry = TypeVar("Entry")


def _joined(tables: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    return {key: value for table in tables for key, value in table.items()}


def _checks() -> dict[type[ast.AST], tuple[NodeCheck, ...]]:
    found: dict[type[ast.AST], tuple[NodeCheck, ...]] = {}
    for family in FAMILIES:
        for kind, checks in family.nodes.items():
            found[kind] = found.get(kind, ()) + checks
    return found


RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.rules)
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}
PATHS: Mapping[str, str] = _joined(family.paths for family in FAMILIES)
MODULES: Mapping[str, Module] = _joined(family.modules for family in FAMILIES)
# Objects that are harmless and have attributes that are not.
LEADING = frozenset(
    path[: path.index("()") + 2]
    for path in (*PATHS, *(p for family in FAMILIES for p in family.calls))
    if "()" in path
)
ATTRIBUTES: Mapping[str, str] = _joined(family.attributes for family in FAMILIES)
METHODS: Mapping[str, str] = _joined(family.methods for family in FAMILIES)
CALLS: Mapping[str, CallCheck] = _joined(family.calls for family in FAMILIES)
BODIES: tuple[BodyCheck, ...] = tuple(check for family in FAMILIES for check in family.bodies)
NODES: Mapping[type[ast.AST], tuple[NodeCheck, ...]] = _checks()

"""Collects findings: which rule a reference breaks, said once a line."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import NamedTuple

from engine.guardrails import paths
from engine.guardrails.budget import Budget
from engine.guardrails.policy import Policy
from engine.guardrails.tables import ATTRIBUTES, LEADING, METHODS, MODULES, NODES, PATHS
from engine.guardrails.values import Class, Const, Function, Map, Ref, Seq, Value, Values

# What a program may do when it is run by itself, under `if __name__ == "__main__"`.
_AS_PROGRAM = frozenset({"G801", "G206"})
# A class of the file may list its own family: registries do.
_OWN_CLASSES = frozenset({"__bases__", "__base__", "__mro__", "__subclasses__"})
_HARMLESS = frozenset({"__name__", "__doc__", "__file__", "__version__", "__package__", "__all__"})


@lru_cache(maxsize=16384)
def rule_of(path: str) -> str | None:
    """The rule that naming `path` breaks: its own entry, its parents', or its module's allow-list."""
    probe, attribute = path, ""
    while probe:
        rule = PATHS.get(probe)
        if rule is not None:
            return rule or None
        module = MODULES.get(probe)
        if module is not None and attribute:
            clean = attribute in module.allowed or attribute in _HARMLESS or attribute.isupper()
            return None if clean else module.rule
        probe, _, attribute = probe.rpartition(".")
        if attribute.endswith("()"):
            return None
    return None


def sensitive_module(path: str) -> bool:
    """Whether `path` is a module whose attributes are rationed."""
    return path in MODULES or PATHS.get(path, "") != ""


def risky(values: Values) -> bool:
    """Whether `values` may lead to a finding, so that it matters where they flow."""
    nested: list[Seq | Map] = []
    for value in values:
        if type(value) is Ref:
            if rule_of(value.path) is not None or value.path in MODULES or value.path in LEADING:
                return True
        elif isinstance(value, (Seq, Map)) and value.contained:
            nested.append(value)
    return bool(nested) and _risky_inside(nested)


def _risky_inside(nested: list[Seq | Map]) -> bool:
    """Collections may contain themselves: each is looked into once."""
    seen: set[int] = set()
    while nested:
        one = nested.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for value in one.contained:
            if isinstance(value, (Seq, Map)):
                nested.append(value)
            elif type(value) is Ref and risky((value,)):
                return True
    return False


class Place(NamedTuple):
    """Where a rule is broken, by what, and where that got its other name (line 0: nowhere)."""

    rule: str
    line: int
    column: int
    name: str
    via_line: int = 0
    via_column: int = 0


class Judge:
    """What has been found so far, by rule and line."""

    def __init__(self, budget: Budget, policy: Policy) -> None:
        self.budget = budget
        self.policy = policy
        self.found: dict[tuple[str, int], Place] = {}
        self.here: ast.AST | None = None
        self.aliases: dict[str, ast.AST] = {}
        self.imported: dict[str, tuple[str, ast.AST]] = {}
        self.defined: set[str] = set()
        self.doubtful: list[tuple[str, ast.AST, str]] = []
        self.excused: set[str] = set()
        self.keys: list[ast.Constant] = []
        self.guarded = False

    def report(self, rule: str, node: ast.AST, name: str) -> None:
        """Note that `rule` is broken at `node`."""
        line = getattr(node, "lineno", 1)
        key = (rule, line)
        if key in self.found:
            return
        self.budget.spend(6)
        if self.policy.allows(rule, name):
            self.excused.add(name)
            return
        self.found[key] = Place(rule, line, getattr(node, "col_offset", 0), name, *self._via(name, line))

    def _via(self, name: str, line: int) -> tuple[int, int]:
        """Where another name was given to what is shown, when that is on another line."""
        if self.aliases:
            for path in paths.above(name):
                alias = self.aliases.get(path)
                if alias is not None:
                    given = getattr(alias, "lineno", 0)
                    return (0, 0) if given == line else (given, getattr(alias, "col_offset", 0))
        return 0, 0

    def note_alias(self, name: str, values: Values) -> None:
        """Remember where something sensitive got another name than its own."""
        for value in values:
            if type(value) is Ref and value.path not in self.aliases and self.here is not None:
                path = value.path
                if path != name and path != f"builtins.{name}" and (path in MODULES or rule_of(path)):
                    self.aliases[path] = self.here

    def judge(self, values: Values, node: ast.AST) -> None:
        """Report every reference among `values` that breaks a rule by being named."""
        for value in values:
            if type(value) is Ref:
                rule = rule_of(value.path)
                if rule is None:
                    continue
                if self.guarded and rule in _AS_PROGRAM:
                    self.excused.add(value.path)
                else:
                    self.report(rule, node, value.path)

    def judge_attribute(self, name: str, base: Values, node: ast.AST) -> None:
        """Report an attribute that gives an object away whatever it belongs to."""
        rule = ATTRIBUTES.get(name)
        if rule is not None:
            if name in _OWN_CLASSES and base and all(isinstance(value, Class) for value in base):
                return
            self.report(rule, node, f"{_shown(base)}.{name}")
        elif name in METHODS and not any(_listed(value) for value in base):
            self.doubtful.append((METHODS[name], node, name))

    def hooks(self, node: ast.AST) -> None:
        """Run the checks that families registered for this kind of node."""
        for check in NODES.get(type(node), ()):
            for hit in check(self, node):  # type: ignore[arg-type]
                self.report(hit.rule, hit.node, hit.name)

    def settle(self) -> None:
        """Decide what could only be told at the end: unused imports and methods of the file's own."""
        for rule, node, name in self.doubtful:
            if name not in self.defined:
                self.report(rule, node, f"?.{name}")
        for key in self.keys:
            self.report("G703", key, "a constant")
        seen = {part for place in self.found.values() for part in paths.above(place.name)}
        seen.update(part for path in self.excused for part in paths.above(path))
        for path, (rule, node) in self.imported.items():
            if path not in seen:
                self.report(rule, node, path)


def _listed(value: Value) -> bool:
    """Whether tables or the file itself say what the attributes of `value` do."""
    if isinstance(value, Ref):
        return "()" not in value.path or not paths.foreign(value.path)
    return isinstance(value, Class)


def _shown(values: Values) -> str:
    for value in values:
        if isinstance(value, Ref):
            return value.path
        if isinstance(value, Const):
            return type(value.value).__name__
        if isinstance(value, Class):
            return value.info.name
        if isinstance(value, Function):
            return getattr(value.info.node, "name", "lambda")
    return "?"

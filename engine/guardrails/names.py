"""Looks names and attributes up through scopes, classes and modules."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from engine.guardrails import paths
from engine.guardrails.budget import Budget
from engine.guardrails.judge import Judge, risky, rule_of
from engine.guardrails.policy import Policy
from engine.guardrails.rules.files import telling
from engine.guardrails.scopes import ClassInfo, FunctionInfo, Late, Scope, Unit
from engine.guardrails.values import UNKNOWN, Class, Const, Function, Map, Ref, Seq, Values, merge, texts

_BUILTINS: dict[str, Values] = {
    name: (Ref(f"builtins.{name}"),) for name in (*dir(builtins), "exit", "quit", "copyright", "credits")
}
_BUILTINS["__builtins__"] = (Ref("builtins"),)
_BUILTINS["__debug__"] = ()
_BUILTINS["__name__"] = (Ref("__name__"),)
_BUILTINS["__file__"] = (Ref("__file__"),)
for _dunder in ("__loader__", "__spec__", "__build_class__", "__import__"):
    _BUILTINS[_dunder] = (Ref(f"builtins.{_dunder}"),)

_ENUM_VALUE = frozenset({"value", "_value_"})


class Names(Judge):
    """The namespaces of one file, and what became known too late for those who asked before."""

    def __init__(self, module: ast.Module, budget: Budget, policy: Policy) -> None:
        super().__init__(budget, policy)
        self.module = Scope(module, None)
        self.scope = self.module
        self.function: FunctionInfo | None = None
        self.stars: dict[str, None] = {}
        self.nesting = 0
        self.unit = Unit(self.module)
        self.late: dict[object, list[Late]] = {}
        self.alarmed = False
        self.clock = 0

    def lookup(self, name: str) -> Values:
        """What `name` may stand for here."""
        self.unit.uses.add(name)
        scope: Scope | None = self.scope
        while scope is not None:
            values = scope.names.get(name)
            if values is not None and (scope is self.scope or not scope.is_class):
                if name in scope.tentative and (scope.parent is None or scope.is_class):
                    return merge(values, self._outside(name, scope.parent))
                return values
            scope = scope.parent
        return self._outside(name, None)

    def _outside(self, name: str, scope: Scope | None) -> Values:
        if scope is not None and name in self.module.names:
            return self.module.names[name]
        values = _BUILTINS.get(name, ())
        if values and risky(values) and self._bound_later(name):
            return ()
        if self.stars:
            self.budget.spend(len(self.stars))
            for star in self.stars:
                path = paths.member(star, name)
                if rule_of(path) is not None:
                    values = merge(values, (Ref(path),))
        return values

    def _bound_later(self, name: str) -> bool:
        scope = self.scope
        while scope.parent is not None:
            self.budget.spend(4)
            if not scope.is_class and scope.binds(name):
                return True
            scope = scope.parent
        return False

    def bind(self, name: str, values: Values) -> None:
        """Let `name` stand for `values` too."""
        scope = self.scope
        if values:
            self.note_alias(name, values)
        tentative = self.nesting > 0 and (scope.parent is None or scope.is_class)
        if not values and texts(scope.names.get(name, ())):
            values = (UNKNOWN,)
        known = name in scope.names or name in scope.outer
        if scope.bind(name, values, tentative=tentative) and known:
            self.note_late(name, values, scope.outer.get(name, scope))

    def note_late(self, key: object, values: Values, scope: Scope | None = None) -> None:
        """Remember that `values` turned up for a name in `scope`, an attribute or a function's result.

        Whoever asked for `key` before has to be read again, if this is risky or leads to what is.
        """
        self.budget.spend(2)
        danger = risky(values) or any(map(telling, texts(values)))
        if not danger and not any(isinstance(value, (Function, Class)) for value in values):
            return
        known = self.late.setdefault(key, [])
        if known and known[-1].scope is scope:
            known.pop()
        known.append(Late(scope, self.clock))
        if danger:
            self.alarmed = True
            if key in self.unit.uses and self.scope.within(scope):
                self.unit.again = True

    def opened(self, base: Values) -> None:
        """Remember that what is in these collections was asked for."""
        for value in base:
            if type(value) is Seq or type(value) is Map:
                self.unit.uses.add(value)

    def put(self, into: Seq | Map, values: Values) -> None:
        """Let a collection hold `values` too."""
        before = into.contained
        into.add(values)
        if into.contained != before:
            self.note_late(into, values)

    def attribute(self, base: Values, name: str) -> Values:
        """What attribute `name` of any of `base` may stand for."""
        found: Values = ()
        for value in base:
            if type(value) is Ref:
                if value is not UNKNOWN:
                    found = merge(found, paths.attribute_of(value, name))
            elif type(value) is Class:
                found = merge(found, self.class_attribute(value.info, name, value.instance))
            elif type(value) is Map:
                found = merge(found, value.items.get(name, ()))
            elif type(value) is Function:
                self.unit.uses.add(name)
                if value.info.attributes:
                    found = merge(found, value.info.attributes.get(name, ()))
            elif name in _ENUM_VALUE:
                found = merge(found, (value,))
        return found

    def class_attribute(self, info: ClassInfo, name: str, instance: bool) -> Values:
        """The attribute of a class of this file, through its bases, each looked at once."""
        self.unit.uses.add(name)
        found: Values = ()
        seen, waiting = {id(info)}, [info]
        while waiting:
            one = waiting.pop()
            self.budget.spend(2)
            if one.attributes:
                found = merge(found, one.attributes.get(name, ()))
            if name in one.scope.names:
                inner = one.scope.names[name]
                found = merge(found, self._reached(inner) if instance else inner)
                continue
            for base in one.bases:
                if isinstance(base, Class) and id(base.info) not in seen:
                    seen.add(id(base.info))
                    waiting.append(base.info)
                elif isinstance(base, Ref) and not found:
                    path = paths.result(base.path) if instance else base.path
                    found = merge(found, paths.attribute_of(Ref(path), name))
        return found

    def _reached(self, values: Values) -> Values:
        """What is found through an object: methods bound to it, and what properties give."""
        found: Values = ()
        for value in values:
            if not isinstance(value, Function):
                found = merge(found, (value,))
            elif value.info.getter:
                self.unit.uses.add(value.info)
                found = merge(found, value.info.returns)
            else:
                found = merge(found, (Function(value.info, True),))
        return found

    def item(self, base: Values, key: Values) -> Values:
        """What `base[key]` may stand for."""
        found: Values = ()
        keys = [value.value for value in key if isinstance(value, Const)]
        self.opened(base)
        for value in base:
            if isinstance(value, Map):
                chosen = [value.items[k] for k in keys if k in value.items]
                for values in chosen:
                    found = merge(found, values)
                found = merge(found, value.added)
                if not chosen:
                    found = merge(found, value.contained)
            elif isinstance(value, Seq):
                found = merge(found, _indexed(value, keys))
            elif isinstance(value, Ref):
                for k in keys:
                    if isinstance(k, str):
                        found = merge(found, self._namespace_item(value.path, k))
        return found

    def _namespace_item(self, path: str, key: str) -> Values:
        if path.endswith(".__dict__"):
            return (Ref(paths.member(path[: -len(".__dict__")], key)),)
        if path == "sys.modules":
            return (Ref(paths.module(key)),)
        if path == "builtins":
            return _BUILTINS.get(key, ())
        if path in ("builtins.globals()", "builtins.locals()", "builtins.vars()"):
            return self.module.names.get(key) or _BUILTINS.get(key, ())
        return ()


def _indexed(value: Seq, keys: Sequence[object]) -> Values:
    exact: Values = ()
    for key in keys:
        if isinstance(key, int) and -len(value.items) <= key < len(value.items):
            exact = merge(exact, value.items[key])
        else:
            return value.contained
    return merge(exact, value.added) if keys else value.contained

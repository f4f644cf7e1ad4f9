"""Changing modules and types that others use."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.guardrails.family import Call, CallCheck, Hit
from engine.guardrails.values import UNKNOWN, Ref, Value, texts

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_SHARED = sys.stdlib_module_names | {
    "pytest",
    "_pytest",
    "builtins",
    "hypothesis",
    "numpy",
    "pandas",
    "pluggy",
    "__main__",
}
_STREAMS = frozenset({"stdout", "stderr", "stdin", "__stdout__", "__stderr__", "displayhook"})


def _rule(value: Value) -> str | None:
    if (
        not isinstance(value, Ref)
        or value == UNKNOWN
        or "()" in value.path
        or value.path.startswith("__name__")
    ):
        return None
    return "G802" if value.path.partition(".")[0] in _SHARED else "G818"


def attribute(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`module.name = ...` and `del module.name`."""
    if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
        for value in resolver.quiet(node.value):
            rule = _rule(value)
            if rule is not None and isinstance(value, Ref):
                stream = value.path == "sys" and node.attr in _STREAMS
                yield Hit("G814" if stream else rule, node, f"{value.path}.{node.attr}")


def item(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`module.table[key] = ...`."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        for value in resolver.quiet(node.value):
            if _rule(value) == "G802" and isinstance(value, Ref) and not value.path.startswith("os.environ"):
                yield Hit("G802", node, f"{value.path}[...]")


def _set(call: Call) -> Iterable[Hit]:
    if "__class__" in texts(call.argument(1) or ()):
        yield call.hit("G812", "?.__class__ = ...")
    for value in call.argument(0) or ():
        rule = _rule(value)
        if rule is not None and isinstance(value, Ref):
            yield call.hit(rule, value.path)


CALLS: Mapping[str,
    CallCheck] = dict.fromkeys(("builtins.setattr", "builtins.delattr", "builtins.object.__setattr__",
        "builtins.type.__setattr__", "builtins.object.__delattr__", "builtins.type.__delattr__"),
        _set)  # fmt: skip

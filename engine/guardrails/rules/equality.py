"""Objects whose comparisons are decided beforehand."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Hit
from engine.guardrails.values import Function, Ref
from engine.guardrails.walk import below

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver
    from engine.guardrails.scopes import FunctionInfo

_COMPARISONS = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})
_CHECKS = frozenset({"__instancecheck__", "__subclasscheck__", "__contains__"})
_LENIENT = frozenset({"pytest.approx()", "unittest.mock.ANY", "unittest.mock.MagicMock()"})
_ARITHMETIC = frozenset({"__sub__", "__rsub__", "__abs__", "__round__", "__add__", "__mul__"})


def defined(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """A comparison method that gives a constant, or never looks at its own object."""
    if not isinstance(node, ast.FunctionDef) or resolver.owner is None or node.name[:2] != "__":
        return ()
    if node.name in ("__exit__", "__aexit__"):
        returned = _returned(resolver, node)
        swallows = returned and all(_settled(value) is True for value in returned)
        return [Hit("G809", node, f"{resolver.owner.name}.{node.name}")] if swallows else ()
    if node.name == "__class__":
        return [Hit("G812", node, "__class__")]
    if node.name not in _COMPARISONS | _CHECKS | _ARITHMETIC:
        return ()
    return _decided(node, resolver, resolver.owner.name)


def _decided(node: ast.FunctionDef, resolver: Resolver, owner: str) -> Iterable[Hit]:
    returned = _returned(resolver, node)
    name = f"{owner}.{node.name}"
    if not returned or all(_declines(value) for value in returned):
        return
    decided = [value for value in returned if _settled(value) is not None]
    constant = {_settled(value) for value in decided}
    if len(decided) == len([v for v in returned if not _declines(v)]) and len(constant) == 1:
        wanted = node.name == "__ne__"
        if node.name in _CHECKS and constant == {False}:
            return  # an empty collection, or a type that nothing belongs to
        if node.name in ("__eq__", "__ne__", *_CHECKS):
            yield Hit("G803" if constant != {wanted} else "G816", node, name)
        elif node.name in _ARITHMETIC or constant == {True}:
            yield Hit("G816", node, name)
    elif node.name in ("__eq__", "__ne__") and not _reads(resolver, node, _first(node)):
        yield Hit("G816" if _by_type(resolver, returned) else "G803", node, name)


def assigned(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`__eq__ = lambda ...` in a class, or `__class__ = int`."""
    if resolver.owner is None or not isinstance(node, ast.Assign):
        return ()
    found = []
    for target in node.targets:
        if not isinstance(target, ast.Name):
            continue
        if target.id == "__class__":
            found.append(Hit("G812", node, "__class__"))
        elif target.id in _COMPARISONS | _CHECKS and _rigged(resolver, node.value):
            found.append(Hit("G803", node, f"{resolver.owner.name}.{target.id}"))
    return found


def given(resolver: Resolver, info: FunctionInfo) -> Iterable[Hit]:
    """A function that returns what compares as equal to much else: `pytest.approx(0, abs=1e9)`."""
    if not any(isinstance(value, Ref) and value.path in _LENIENT for value in info.returns):
        return
    for node in below([info.node], resolver.budget):
        if isinstance(node, ast.Call):
            for value in resolver.quiet(node.func):
                if isinstance(value, Ref) and f"{value.path}()" in _LENIENT:
                    yield Hit("G803", node, f"{value.path}()")


def attribute(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`anything.__eq__ = ...` from outside the class."""
    if not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load):
        return ()
    return [Hit("G803", node, f"?.{node.attr}")] if node.attr in _COMPARISONS | _CHECKS else ()


def called(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`type("R", (), {"__eq__": ...})`, `dict(__eq__=...)` and `setattr(R, "__eq__", ...)`."""
    if isinstance(node, ast.Dict):
        named = [
            (key.value, value)
            for key, value in zip(node.keys, node.values, strict=True)
            if type(key) is ast.Constant and key.value in _COMPARISONS
        ]
    elif isinstance(node, ast.Call):
        if type(node.func) is ast.Name and node.func.id == "setattr" and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and name.value in _COMPARISONS:
                return [Hit("G803", node, str(name.value))]
        if not node.keywords:
            return ()
        named = [(k.arg, k.value) for k in node.keywords if k.arg in _COMPARISONS]
    else:
        return ()
    return [Hit("G803", value, str(name)) for name, value in named if _rigged(resolver, value)]


def _rigged(resolver: Resolver, value: ast.expr) -> bool:
    """Whether `value` is a function of this file whose answer does not depend on its own object."""
    nodes: list[ast.AST] = [value] if isinstance(value, ast.Lambda) else []
    nodes += [known.info.node for known in resolver.quiet(value) if isinstance(known, Function)]
    for node in nodes:
        if isinstance(node, ast.Lambda):
            returned, arguments = [node.body], node.args.args
        elif isinstance(node, ast.FunctionDef):
            returned, arguments = _returned(resolver, node), node.args.args
        else:
            continue
        if all(_settled(one) is not None for one in returned):
            return True
        if not arguments or not _reads(resolver, node, arguments[0].arg):
            return True
    return False


def _returned(resolver: Resolver, node: ast.FunctionDef) -> list[ast.expr]:
    own = below(node.body, resolver.budget, scopes=False)
    return [r.value for r in own if isinstance(r, ast.Return) and r.value is not None]


def _first(node: ast.FunctionDef) -> str:
    return node.args.args[0].arg if node.args.args else ""


def _settled(value: ast.expr) -> bool | None:
    """The truth of an expression that can only have one."""
    if isinstance(value, ast.Constant):
        return bool(value.value)
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
        inner = _settled(value.operand)
        return None if inner is None else not inner
    if isinstance(value, ast.BoolOp):
        parts = [_settled(part) for part in value.values]
        if isinstance(value.op, ast.Or):
            return True if True in parts else None
        return False if False in parts else None
    if (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "bool"
        and value.args
    ):
        return _settled(value.args[0])
    if isinstance(value, ast.Compare) and len(value.ops) == 1 and isinstance(value.ops[0], ast.Eq | ast.Is):
        return True if ast.dump(value.left) == ast.dump(value.comparators[0]) else None
    return None


def _declines(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id == "NotImplemented"


def _reads(resolver: Resolver, node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id in (name, "super") for n in below([node], resolver.budget))


def _by_type(resolver: Resolver, returned: list[ast.expr]) -> bool:
    return all(
        isinstance(value, ast.Constant)
        or _declines(value)
        or any(
            isinstance(n, ast.Name) and n.id in ("isinstance", "type")
            for n in below([value], resolver.budget)
        )
        for value in returned
    )

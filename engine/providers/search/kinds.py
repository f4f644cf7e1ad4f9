"""What kind of value a name probably holds, read from annotations, assignments and use."""

from __future__ import annotations

import ast
import weakref

from engine.providers.search.code import Code
from engine.providers.search.scopes import Function

_CALLS = {
    "len": "int", "int": "int", "sum": "int", "ord": "int", "round": "int", "abs": "int", "str": "str",
    "chr": "str",
    "bin": "str", "list": "list", "sorted": "list", "set": "set", "dict": "dict", "float": "float",
    "bool": "bool",
}  # fmt: skip
_METHODS = {
    "append": "list", "extend": "list", "pop": "list", "sort": "list", "add": "set", "items": "dict",
    "keys": "dict",
    "lower": "str", "upper": "str", "split": "str", "strip": "str", "isdigit": "str", "join": "str",
}  # fmt: skip
_known: weakref.WeakKeyDictionary[Code, dict[tuple[Function | None, str], str]] = weakref.WeakKeyDictionary()


def kind_of(code: Code, name: str, place: ast.AST) -> str:
    """int, float, str, list, set, dict or bool as far as the text tells; "" when it does not."""
    kinds = _known.get(code)
    if kinds is None:
        kinds = _known[code] = {}
        for function in code.functions:
            _read(function, kinds)
    return kinds.get((code.outermost(place), name), "")


def whole_kind(code: Code, name: str, place: ast.AST) -> str:
    """What the name was seen to hold as the tests ran, elements too ("list int"), or what the text tells."""
    function = code.outermost(place)
    owner = code.owner(place)
    for one in (owner, function):
        if one is not None and (seen := code.seen.get(f"{one.name} {name}", "")):
            return seen
    return kind_of(code, name, place)


def kind_of_expression(code: Code, node: ast.expr) -> str:
    """The kind of value of an expression, as far as names and builtins tell; "" when they do not."""
    match node:
        case ast.Name(id=name):
            return whole_kind(code, name, node)
        case ast.Subscript(value=value, slice=ast.Slice()):
            return kind_of_expression(code, value)
        case ast.Subscript(value=value):
            kind = kind_of_expression(code, value).split()
            return "str" if kind[:1] == ["str"] else kind[-1] if len(kind) > 1 else ""
        case ast.BinOp(op=ast.Add() | ast.Mult(), left=left, right=right):
            return kind_of_expression(code, left) or kind_of_expression(code, right)
        case ast.BinOp():
            return "int"
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.UnaryOp(operand=operand):
            return kind_of_expression(code, operand)
        case ast.Call(func=ast.Attribute(attr="join" | "lower" | "upper" | "strip" | "replace")):
            return "str"
        case ast.Call(func=ast.Attribute(attr="split")):
            return "list str"
        case ast.Call(func=ast.Attribute(attr="count" | "index" | "find")):
            return "int"
        case ast.IfExp(body=body, orelse=orelse):
            return kind_of_expression(code, body) or kind_of_expression(code, orelse)
    return _kind(node)


def _read(function: Function, kinds: dict[tuple[Function | None, str], str]) -> None:
    def learn(name: str, kind: str) -> None:
        if kind:
            kinds.setdefault((function, name), kind)

    for arg in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
        if arg.annotation is not None:
            text = ast.unparse(arg.annotation).lower()
            learn(
                arg.arg,
                next((kind for kind in ("list", "dict", "set", "str", "int", "float") if kind in text), ""),
            )
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                learn(name, _kind(value))
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                learn(name, _kind(value))
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"))):
                learn(name, "int")
            case ast.comprehension(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"))):
                learn(name, "int")
            case ast.Call(func=ast.Name(id="range"), args=args):
                for arg_node in args:
                    if isinstance(arg_node, ast.Name):
                        learn(arg_node.id, "int")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                learn(name, _METHODS.get(method, ""))
            case ast.Subscript(slice=ast.Name(id=name)):
                learn(name, "int")


def _kind(value: ast.expr) -> str:
    match value:
        case ast.Constant(value=inner):
            return type(inner).__name__ if inner is not None else ""
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Set() | ast.SetComp():
            return "set"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Compare():
            return "bool"
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS.get(name, "")
        case ast.BinOp(op=ast.FloorDiv() | ast.Sub()):
            return "int"
    return ""

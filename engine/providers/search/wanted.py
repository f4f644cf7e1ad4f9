"""What kind of value belongs in a place of the code."""

from __future__ import annotations

import ast

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of_expression

_KINDS = {"int": "number", "float": "number", "bool": "test", "str": "text", "list": "list", "tuple": "list"}


def wanted(code: Code, node: ast.expr) -> str:
    """number, text, list or test: what kind of value belongs where a node stands; "" for any."""
    parent = code.parents.get(node)
    match parent:
        case ast.Return():
            return returned(code) or known(code, node)
        case ast.BinOp(op=ast.Add()) | ast.Compare():
            beside = [part for part in ast.iter_child_nodes(parent) if part is not node]
            sides = [known(code, part) for part in (node, *beside) if isinstance(part, ast.expr)]
            return next((side for side in sides if side), "")
        case ast.BinOp() | ast.Slice():
            return "number"
        case ast.Subscript(slice=at) if at is node and known(code, parent.value) in {"list", "text"}:
            return "number"
        case ast.Call(func=ast.Name(id="range")):
            return "number"
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            return known(code, target) or known(code, node)
    return known(code, node)


def known(code: Code, node: ast.expr) -> str:
    """The kind of value that an expression gives, "" where it is not known."""
    return _KINDS.get((kind_of_expression(code, node).split() or [""])[0], "")


def returned(code: Code) -> str:
    """The kind that the tests expect most often."""
    kinds = [_KINDS.get(type(ast.literal_eval(text)).__name__, "") for text in code.hints.expected]
    return max(set(kinds), key=kinds.count) if kinds else ""


def likely(kind: str) -> list[tuple[str, float]]:
    """The kind that is wanted with its prior, or each that may be."""
    return [(kind, 0.1)] if kind else [("number", 0.06), ("text", 0.04), ("list", 0.04)]


def is_test(code: Code, node: ast.expr) -> bool:
    """Whether a condition is wanted."""
    match parent := code.parents.get(node):
        case ast.If() | ast.While() | ast.IfExp():
            return parent.test is node
        case ast.comprehension():
            return node in parent.ifs
        case ast.BoolOp():
            return True
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Return():
            return isinstance(node, ast.Compare | ast.BoolOp) or returned(code) == "test"
    return False

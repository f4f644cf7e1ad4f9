"""Names that are read before they have a value, or never get one: a first value, or another name."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from engine.providers.search.code import Code, docstring
from engine.providers.search.mutation import Edit, Mutation
from engine.providers.search.scopes import Function, stored

_FIRST = {
    "0": 0.8, "[]": 0.7, "''": 0.7, "1": 0.7, "False": 0.5, "{}": 0.4, "None": 0.4, "True": 0.4, "set()": 0.4,
    "-1": 0.3, "float('inf')": 0.3, "float('-inf')": 0.3, "[[]]": 0.2, "2": 0.2,
}  # fmt: skip


def function(code: Code, node: Function) -> Iterator[Mutation]:
    """A first value for what an update needs; another name for one that is not known."""
    yield from _first_values(code, node)
    yield from _unknown(code, node)


def _first_values(code: Code, node: Function) -> Iterator[Mutation]:
    args = [arg.arg for arg in node.args.args]
    begun = {
        name for part in node.body if isinstance(part, ast.Assign) for t in part.targets for name in stored(t)
    }
    body = [part for part in node.body if not docstring(part)]
    for name in dict.fromkeys((*_updated(node), *_set_in_blocks(node))):
        if name in args or name in begun or not body:
            continue
        given = {**_FIRST, **{form: 0.5 for arg in args for form in (arg, f"{arg}[0]", f"len({arg})")}}
        for value, prior in given.items():
            yield from code.insert(body[0], f"{name} = {value}", "first-value", prior)
        for part in ast.walk(node):
            if isinstance(part, ast.For | ast.While) and part.body and name in set(_updated(part)):
                for value, prior in _FIRST.items():
                    yield from code.insert(part.body[0], f"{name} = {value}", "first-value", prior * 0.6)


def _set_in_blocks(node: Function) -> Iterator[str]:
    """Names that are set inside a loop or a branch alone, and read somewhere."""
    loops = {t for part in ast.walk(node) if isinstance(part, ast.For) for t in stored(part.target)}
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and part not in node.body:
            yield from (n for target in part.targets for n in stored(target) if n in read and n not in loops)


def _updated(node: ast.AST) -> Iterator[str]:
    """Names that are updated in place, or assigned from themselves, or stored by key."""
    for part in ast.walk(node):
        match part:
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in {
                n.id for n in ast.walk(value) if isinstance(n, ast.Name)
            }:
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "extend")):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                yield name


def unbound(code: Code, node: Function) -> list[str]:
    """Names that a function reads and that nothing gives a value."""
    return list(dict.fromkeys(part.id for part in _unbound(code, node)))


def _unbound(code: Code, node: Function) -> Iterator[ast.Name]:
    known = {*dir(builtins), *(f.name for f in code.functions), *_of_module(code)}
    for part in ast.walk(node):
        if not (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and code.owner(part) is node):
            continue
        if part.id not in known and part.id not in code.scope(part):
            yield part


def _unknown(code: Code, node: Function) -> Iterator[Mutation]:
    for part in _unbound(code, node):
        for other in code.scope(part):
            yield code.put(part, other, "unknown-name", 0.8)
        for target in _targets(code, part):
            edits = (Edit(*code.span(target), part.id),)
            note = f"`{code.src(target)}` → `{part.id}` on line {target.lineno}"
            yield Mutation(edits, "unknown-name", 0.9 * code.weight(node), target.lineno, note)


def _targets(code: Code, node: ast.AST) -> Iterator[ast.expr]:
    """The targets of the loops and comprehensions that a node stands in."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, Function):
        loops = [*getattr(current, "generators", []), *([current] if isinstance(current, ast.For) else [])]
        for loop in loops:
            yield from loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
        current = code.parents.get(current)


def _of_module(code: Code) -> Iterator[str]:
    for node in ast.walk(code.tree):
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name.split(".")[0] for alias in names)
            case ast.ClassDef(name=name):
                yield name
    for node in code.tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from stored(target)

"""What a loop or a branch leaves out: updates of names, and the other branch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Edit, Mutation
from engine.providers.search.scopes import stored


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """A missing update of a local after this statement, or another branch of it."""
    if isinstance(
        node, ast.Return | ast.Break | ast.Continue | ast.FunctionDef | ast.Import | ast.ImportFrom
    ):
        return
    names = code.scope(node)
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    looped = code.looped(node)
    yield from _stale(code, node)
    yield from _else(code, node)
    for name in names:
        kind = kind_of(code, name, node)
        near = 1.0 if name in used else 0.7
        if kind in {"int", "float", ""} and looped:
            yield from code.insert(node, f"{name} += 1", "update", 0.25 * near, after=True)
            yield from code.insert(node, f"{name} -= 1", "update", 0.22 * near, after=True)
        for other in names:
            if other == name:
                continue
            same = kind_of(code, other, node) == kind
            if kind in {"list"}:
                yield from code.insert(node, f"{name}.append({other})", "update", 0.12 * near, after=True)
            if kind in {"set"}:
                yield from code.insert(node, f"{name}.add({other})", "update", 0.15 * near, after=True)
            if same:
                yield from code.insert(node, f"{name} = {other}", "update", 0.12 * near, after=True)
                if kind in {"int", "float", ""}:
                    yield from code.insert(node, f"{name} += {other}", "update", 0.1 * near, after=True)


def _stale(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """In a loop, an update of a name that has a first value and never another one."""
    parent, function = code.parents[node], code.owner(node)
    if not isinstance(parent, ast.For | ast.While) or function is None:
        return
    targets = stored(parent.target) if isinstance(parent, ast.For) else []
    kept = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    changed = {
        n.value.id
        for n in ast.walk(function)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }
    for name in dict.fromkeys(kept):
        if kept.count(name) > 1 or name in targets or name in changed:
            continue
        forms = [f"{name} += 1", f"{name} -= 1"]
        for other in targets:
            forms += [
                f"{name} += {other}",
                f"{name} *= {other}",
                f"{name}.append({other})",
                f"{name}.add({other})",
            ]
            forms += [f"{name} = {other}", f"{name} -= {other}", f"{name} = max({name}, {other})"]
        for form in forms:
            if node is parent.body[0]:
                yield from code.insert(node, form, "update", 0.3)
            yield from code.insert(node, form, "update", 0.3, after=True)


def _else(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Another branch for an `if` that has none."""
    indent, lines = code.indent(node), code.lines(node)
    if not isinstance(node, ast.If) or node.orelse or indent is None or lines is None:
        return
    names = [name for name in code.scope(node) if kind_of(code, name, node) in {"int", "float", ""}]
    forms = [form for name in names for form in (f"{name} += 1", f"{name} -= 1", f"{name} = 0")]
    forms += ["break", "continue"] if code.looped(node) else []
    forms += [f"return {value}" for value in ("False", "True", *code.scope(node))]
    start = "" if code.text[: lines[1]].endswith("\n") else "\n"
    for form in forms:
        edit = Edit(lines[1], lines[1], f"{start}{indent}else:\n{indent}    {form}\n")
        note = f"`else: {form}` after line {node.end_lineno}"
        yield Mutation((edit,), "else-branch", 0.15 * code.weight(node), node.end_lineno or node.lineno, note)

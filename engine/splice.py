"""Putting a model's partial code into the file it belongs to, the rest kept byte for byte."""

from __future__ import annotations

import ast
import re
import textwrap

from engine.static_fixes import imports_by_name, insert_imports, parse

Swaps = dict[tuple[int, int], list[str]]
"""New lines by the half-open range of old ones (from 0) whose place they take."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_ELISION = re.compile(r"^\s*#.*(\.\.\.|\brest of\b|\bunchanged\b|\bexisting (code|methods)\b)", re.I | re.M)


def definitions(tree: ast.Module | ast.ClassDef) -> dict[str, Definition]:
    """Functions and classes directly in a module or class, the last of each name."""
    return {node.name: node for node in tree.body if isinstance(node, Definition)}


def bound_names(tree: ast.Module) -> set[str]:
    """Functions, classes and plain assigned names of a module."""
    names = set(definitions(tree))
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def find_definition(tree: ast.Module, name: str) -> Definition | None:
    """A function or class by name, a method by `Class.method`."""
    outer, _, inner = name.partition(".")
    node = definitions(tree).get(outer)
    return definitions(node).get(inner) if inner and isinstance(node, ast.ClassDef) else node


def splice(code: str, base: str) -> str:
    """The base with the code's definitions, constants and imports in place of its own of the same name.

    What is new goes before the first definition that is replaced (helpers, constants) or at the end.
    Returns the code itself when it covers every name of the base, or when the base does not parse.
    """
    new, old = parse(code), parse(base)
    if new is None or old is None or not base.strip():
        return code
    if bound_names(old) <= bound_names(new) and not _ELISION.search(code):
        return code
    lines, fresh = base.split("\n"), code.split("\n")
    places = _places(old)
    swaps: Swaps = {}
    extra: list[str] = []
    for node in new.body:
        body = fresh[_start(node) - 1 : node.end_lineno]
        place = next((places[name] for name in _names(node) if name in places), None)
        if _is_left_out(node, body):
            continue
        if isinstance(place, ast.ClassDef) and isinstance(node, ast.ClassDef):
            _merge_class(swaps, node, place, fresh)
        elif place is not None:
            _swap(swaps, place, body)
        elif _names(node):
            method = _method_of(node, old)
            if method is not None:
                _swap(swaps, method, _indent(body, method.col_offset))
            else:
                extra += ["", "", *body] if isinstance(node, Definition) else body
    if extra:
        at = min((start for start, _ in swaps), default=len(lines))
        extra = extra[2:] if extra[0] == "" else extra
        swaps[at, at] = [*extra, "", ""] if at < len(lines) else ["", *extra]
    for (start, end), body in sorted(swaps.items(), reverse=True):
        lines[start:end] = body
    return _with_imports("\n".join(lines), code, base)


def _swap(swaps: Swaps, place: ast.stmt, body: list[str]) -> None:
    swaps.setdefault((_start(place) - 1, place.end_lineno or 0), []).extend(body)


def _is_left_out(node: ast.stmt, body: list[str]) -> bool:
    """A definition that only stands for the one that is there: `...` beside a comment that says so."""
    if not isinstance(node, Definition) or not _ELISION.search("\n".join(body)):
        return False
    return all(isinstance(inner, ast.Pass | ast.Expr) for inner in node.body)


def _with_imports(text: str, code: str, base: str) -> str:
    known = imports_by_name(base)
    stars = [line for line in code.split("\n") if re.match(r"from [\w.]+ import \*", line)]
    added = [line for line in stars if line not in base]  # first, so that they shadow no plain import
    added += [line for name, line in imports_by_name(code).items() if known.get(name) != line]
    return insert_imports(text, list(dict.fromkeys(added))) if added else text


def _start(node: ast.stmt) -> int:
    """The first line, decorators included."""
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _names(node: ast.stmt) -> list[str]:
    return sorted(bound_names(ast.Module([node], [])))


def _places(tree: ast.Module) -> dict[str, ast.stmt]:
    return {name: node for node in tree.body for name in _names(node)}


def _method_of(node: ast.stmt, old: ast.Module) -> Definition | None:
    """The one method that a bare `def name(self…)` is meant to replace."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    arguments = [*node.args.posonlyargs, *node.args.args]
    if not arguments or arguments[0].arg not in ("self", "cls"):
        return None
    classes = [found for found in definitions(old).values() if isinstance(found, ast.ClassDef)]
    methods = [definitions(found)[node.name] for found in classes if node.name in definitions(found)]
    return methods[0] if len(methods) == 1 else None


def _merge_class(swaps: Swaps, new: ast.ClassDef, old: ast.ClassDef, fresh: list[str]) -> None:
    """A class that says it leaves something out replaces only the methods that it has."""
    whole = fresh[_start(new) - 1 : new.end_lineno]
    theirs, ours = definitions(old), definitions(new)
    if not _ELISION.search("\n".join(whole)):
        _swap(swaps, old, whole)
        return
    end = old.end_lineno or 0
    for name, node in ours.items():
        body = fresh[_start(node) - 1 : node.end_lineno]
        if _is_left_out(node, body):
            continue
        if name in theirs:
            _swap(swaps, theirs[name], _indent(body, theirs[name].col_offset))
        else:
            swaps.setdefault((end, end), []).extend(["", *_indent(body, old.body[0].col_offset)])


def _indent(body: list[str], depth: int) -> list[str]:
    return textwrap.indent(textwrap.dedent("\n".join(body)), " " * depth).split("\n")


def replace_body(body: str, base: str, function: str) -> str | None:
    """The base with a function's body replaced by a bare one, its docstring kept; None if it does not fit."""
    tree = parse(base)
    node = find_definition(tree, function) if tree else None
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    lines = base.split("\n")
    keep = node.body[0].end_lineno or 0 if ast.get_docstring(node) else node.body[0].lineno - 1
    if keep < node.lineno:  # `def f(): ...` on one line has no place for a body
        return None
    shifted = _indent(body.strip("\n").split("\n"), node.col_offset + 4)
    changed = "\n".join([*lines[:keep], *shifted, *lines[node.end_lineno or 0 :]])
    return changed if parse(changed) else None

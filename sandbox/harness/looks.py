"""Tests that look at the process they share with the candidate, told from the tests' syntax alone.

Sealed, they do not share it; so they are run in one, and the verdict says so.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from sandbox.harness.files import module_names
from sandbox.harness.process_wide import ALWAYS, ASSERTED, OF_OBJECTS, SHOWN, STREAMS, hinted
from sandbox.harness.syntax import parsed


def looked_at(tests: Mapping[str, bytes], modules: Collection[str]) -> str:
    """What the tests look at that is not theirs alone, "" for nothing; `modules`: the candidate's files."""
    helpers = module_names(tests)
    for path, source in tests.items():
        if path.endswith(".py") and hinted(source):
            try:
                found = _File(parsed(source), module_names(modules), helpers).found()
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # it cannot be imported, and says why itself
            if found:
                return found
    return ""


class _File:
    """One test file."""

    def __init__(self, tree: ast.Module, candidate: Collection[str], helpers: Collection[str]) -> None:
        self._nodes = list(ast.walk(tree))
        every = list(_imports(self._nodes))
        # a profile.py of the candidate's or of the tests' own is not Python's
        taken = [t for t in every if t[0].partition(".")[0] not in {*candidate, *helpers}]
        self._modules = {module.partition(".")[0] for module, _, _ in taken}
        self._bound = {bound: module.partition(".")[0] for module, _, bound in taken}
        self._taken = [(module.partition(".")[0], name) for module, name, _ in taken]
        # names of the candidate's modules, and of what comes from them
        self._theirs = {bound for module, _, bound in every if module in candidate}

    def found(self) -> str:
        """What it looks at."""
        for name in sorted(self._modules & ALWAYS):
            return name
        for module, name in self._taken:
            if name in SHOWN.get(module, ()):
                return f"{module}.{name}"
        told = (self._shown(node) or self._namespace(node) or self._asserted(node) for node in self._nodes)
        return next(filter(None, told), "")

    def _shown(self, node: ast.AST) -> str:
        if not isinstance(node, ast.Attribute):
            return ""
        shown = (m for m in sorted(self._modules & SHOWN.keys()) if node.attr in SHOWN[m])
        return next(
            (f"{m}.{node.attr}" for m in shown if m in OF_OBJECTS or self._module(node.value) == m), ""
        )

    def _module(self, node: ast.expr) -> str:
        """The module that a name, or the beginning of a dotted one, is bound to."""
        root = _root(node)
        return self._bound.get(root.id, "") if isinstance(root, ast.Name) else ""

    def _namespace(self, node: ast.AST) -> str:
        """`vars(solution)` or `Robot.__dict__`: what stands in for them has a namespace of its own."""
        match node:
            case ast.Call(func=ast.Name(id="vars"), args=[ast.expr() as what]):
                return "vars" if self._is_theirs(what) else ""
            case ast.Attribute(value=what, attr="__dict__"):
                return "__dict__" if self._is_theirs(what) else ""
        return ""

    def _is_theirs(self, node: ast.expr) -> bool:
        root = _root(node)
        return isinstance(root, ast.Name) and root.id in self._theirs

    def _asserted(self, node: ast.AST) -> str:
        match node:
            case ast.Assert(test=test):
                asserted = [test]
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name.startswith("assert"):
                asserted = args
            case _:
                return ""
        for part in (part for whole in asserted for part in ast.walk(whole)):
            # of a stream only which one it is, not what was written
            sides = [part.left, *part.comparators] if isinstance(part, ast.Compare) else []
            for side in (part, *sides):
                known = ASSERTED if side is part else {"sys": STREAMS}
                module = self._module(side.value) if isinstance(side, ast.Attribute) else ""
                if isinstance(side, ast.Attribute) and side.attr in known.get(module, ()):
                    return f"{module}.{side.attr}"
        return ""


def _root(node: ast.expr) -> ast.expr:
    """What stands before the first dot."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _imports(nodes: list[ast.AST]) -> Iterator[tuple[str, str, str]]:
    """Module, name taken from it ("" for the module itself) and the name that it is bound to."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, "", alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.module, alias.name, alias.asname or alias.name

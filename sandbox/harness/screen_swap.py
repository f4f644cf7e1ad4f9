"""Puts a variant's code into the module that the tests have already imported."""

from __future__ import annotations

import ast
from types import CodeType, ModuleType
from typing import Any

from sandbox.harness.screen_blocks import start_of
from sandbox.harness.screen_graft import Graft
from sandbox.harness.screen_pieces import Pieces
from sandbox.harness.screen_ticks import comprehends, instrument

_PLAIN_DECORATORS = {"property", "staticmethod", "classmethod", "dataclass", "setter", "getter"}


class Seen(Exception):
    """A variant that compiles to the same code as an earlier one; `key` is that code's."""

    def __init__(self, key: object) -> None:
        self.key = key


class Swap:
    """The module under test, its base code, and the way from one variant to the next.

    Only the top-level statement that changed is compiled, and of it only the piece that changed is parsed,
    unless the module keeps state or decorates; then the whole module is executed again.
    `ticking` false leaves the ticks out: then only a clock ends what is endless. `key` stands for the code
    in it now: what compiles to the same as an earlier variant raises Seen.
    """

    def __init__(self, module: ModuleType, source: str, path: str, holders: list[ModuleType]) -> None:
        self._graft = Graft(module, holders)
        self._path = path
        self._tree = ast.parse(source)
        self._lines = source.splitlines(keepends=True)
        self._stateless = all(_stateless(node) for node in self._tree.body)
        self._pieces: dict[ast.stmt, Pieces] = {}
        self._seen: set[object] = set()
        self.key: object = None
        self.ticking = True

    def apply(self, variant: str) -> None:
        """Make the module behave as `variant`; raises SyntaxError or what executing it raises."""
        self._graft.restore()
        self.key = None
        lines = variant.splitlines(keepends=True)
        start, stop, more = _difference(self._lines, lines)
        node = self._holder(start, stop) if self._stateless else None
        if node is None:
            self._graft.whole(self._compiled(self._instrumented(ast.parse(variant), deep=True)))
        elif not (self.ticking and self._piece(node, start, stop, lines[start : stop + more])):
            self._whole_statement(node, lines, more, variant)

    def _holder(self, start: int, stop: int) -> ast.stmt | None:
        """The named top-level statement that holds every difference."""
        for node in self._tree.body:
            if start_of(node) - 1 <= start < (node.end_lineno or 0) and stop <= (node.end_lineno or 0):
                return node if _name(node) else None
        return None

    def _piece(self, node: ast.stmt, start: int, stop: int, new: list[str]) -> bool:
        """Whether the variant is in place by its changed lines alone."""
        first = start_of(node) - 1
        if node not in self._pieces:
            self._pieces[node] = Pieces("".join(self._lines[first : node.end_lineno]))
        with self._pieces[node].changed(start - first, stop - first, new) as tree:
            if tree is None:
                return False
            code = self._compiled(tree)
        self._take(_name(node), code)
        return True

    def _whole_statement(self, node: ast.stmt, lines: list[str], more: int, variant: str) -> None:
        chunk = "".join(lines[start_of(node) - 1 : (node.end_lineno or 0) + more])
        tree = ast.parse(chunk)
        if len(tree.body) == 1 and _name(tree.body[0]) == _name(node):
            deep = comprehends(chunk)
            self._take(_name(node), self._compiled(self._instrumented(tree, deep=deep)))
        else:
            self._graft.whole(self._compiled(self._instrumented(ast.parse(variant), deep=True)))

    def _instrumented(self, tree: ast.Module, *, deep: bool) -> ast.Module:
        return instrument(tree, comprehensions=deep) if self.ticking else tree

    def _compiled(self, tree: ast.Module) -> CodeType:
        """The code of a tree. Raises Seen."""
        code: CodeType = compile(tree, self._path, "exec")
        self.key = _key(code)
        if self.key in self._seen:
            raise Seen(self.key)
        self._seen.add(self.key)
        return code

    def _take(self, name: str, code: CodeType) -> None:
        made: dict[str, Any] = {}
        exec(code, vars(self._graft.module), made)
        self._graft.one(name, made[name])


def _difference(old: list[str], new: list[str]) -> tuple[int, int, int]:
    """The lines of `old` that differ, from and to before, and how many more `new` has in their place."""
    room = min(len(old), len(new))
    head = 0
    while head < room and old[head] == new[head]:
        head += 1
    room -= head
    tail = 0
    while tail < room and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, len(old) - tail, len(new) - len(old)


def _key(code: CodeType) -> object:
    """What code does, whatever lines it stands on."""
    parts = (
        _key(part) if isinstance(part, CodeType) else (type(part), repr(part)) for part in code.co_consts
    )
    return code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, tuple(parts)


def _name(node: ast.stmt) -> str:
    return node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ""


def _stateless(node: ast.stmt) -> bool:
    """Whether executing this statement once serves all variants: nothing in it remembers a call."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [d for d in [*node.args.defaults, *node.args.kw_defaults] if d is not None]
            return all(_plain(d) for d in node.decorator_list) and all(_immutable(d) for d in defaults)
        case ast.ClassDef():
            return all(_plain(d) for d in node.decorator_list) and all(_stateless(part) for part in node.body)
        case ast.Assign(value=value):
            return _immutable(value)
        case ast.AnnAssign(value=value):
            return value is None or _immutable(value)
    return False


def _plain(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    return name in _PLAIN_DECORATORS


def _immutable(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return all(_immutable(part) for part in node.elts)
    if isinstance(node, ast.UnaryOp):
        return _immutable(node.operand)
    return isinstance(node, ast.Constant | ast.Name | ast.Attribute)

"""Puts a variant's code into the module that the tests have already imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any

from sandbox.harness.screen_ticks import instrument

_COMPREHENSION = re.compile(r"\S.*\bfor\b")
_PLAIN_DECORATORS = {"property", "staticmethod", "classmethod", "dataclass", "setter", "getter"}


class Seen(Exception):
    """A variant that compiles to the same code as an earlier one; `key` is that code's."""

    def __init__(self, key: object) -> None:
        self.key = key


class Swap:
    """The module under test, its base code, and the way from one variant to the next.

    Tests hold on to functions and classes by name or by reference, so these objects stay: a variant's
    code is moved into them. Only the top-level statement that changed is compiled, unless the module
    keeps state or decorates; then the whole module is executed again and names bound elsewhere follow.
    `ticking` false leaves the ticks out: then only a clock ends what is endless. `key` stands for the code
    in it now: what compiles to the same as an earlier variant raises Seen.
    """

    def __init__(self, module: ModuleType, source: str, path: str, holders: list[ModuleType]) -> None:
        self._module = module
        self._source = source
        self._path = path
        self._holders = holders
        self._tree = ast.parse(source)
        self._lines = source.splitlines(keepends=True)
        self._stateless = all(_stateless(node) for node in self._tree.body)
        self._names = dict(vars(module))
        self._undo: list[Callable[[], None]] = []
        self._seen: set[object] = set()
        self.key: object = None
        self.ticking = True

    def apply(self, variant: str) -> None:
        """Make the module behave as `variant`; raises SyntaxError or what executing it raises."""
        self.restore()
        self.key = None
        node, chunk = self._changed(variant) if self._stateless else (None, variant)
        tree = ast.parse(chunk)
        if node is not None and len(tree.body) == 1 and _name(tree.body[0]) == _name(node) != "":
            self._replace(_name(node), tree, _COMPREHENSION.search(chunk) is not None)
        else:
            self._execute(ast.parse(variant))

    def restore(self) -> None:
        """Back to the base."""
        while self._undo:
            self._undo.pop()()

    def _changed(self, variant: str) -> tuple[ast.stmt | None, str]:
        """The one top-level statement that holds every difference, and its new text."""
        new = variant.splitlines(keepends=True)
        room = min(len(self._lines), len(new))
        head = 0
        while head < room and self._lines[head] == new[head]:
            head += 1
        room -= head
        tail = 0
        while tail < room and self._lines[-1 - tail] == new[-1 - tail]:
            tail += 1
        for node in self._tree.body:
            first, last = _start(node) - 1, node.end_lineno or 0
            if first <= head < last and last >= len(self._lines) - tail:
                return node, "".join(new[first : last + len(new) - len(self._lines)])
        return None, variant

    def _compiled(self, tree: ast.Module, deep: bool) -> CodeType:
        """Code with ticks, where they are wanted. Raises Seen."""
        ticking = instrument(tree, comprehensions=deep) if self.ticking else tree
        code: CodeType = compile(ticking, self._path, "exec")
        self.key = _key(code)
        if self.key in self._seen:
            raise Seen(self.key)
        self._seen.add(self.key)
        return code

    def _replace(self, name: str, tree: ast.Module, deep: bool) -> None:
        made: dict[str, Any] = {}
        exec(self._compiled(tree, deep), vars(self._module), made)
        self._settle(name, self._names.get(name), made[name])

    def _execute(self, tree: ast.Module) -> None:
        space = vars(self._module)
        saved = dict(space)

        def undo() -> None:
            space.clear()
            space.update(saved)

        self._undo.append(undo)
        exec(self._compiled(tree, True), space)
        for name, old in self._names.items():
            if not name.startswith("__") and name in space and space[name] is not old:
                self._settle(name, old, space[name])

    def _settle(self, name: str, old: object, new: object) -> None:
        if isinstance(old, FunctionType) and isinstance(new, FunctionType) and _same_cells(old, new):
            self._graft(old, new)
        elif isinstance(old, type) and isinstance(new, type):
            self._graft_class(old, new)
        else:
            self._rebind(name, old, new)

    def _graft(self, old: FunctionType, new: FunctionType) -> None:
        code: CodeType = old.__code__
        defaults, keywords = old.__defaults__, old.__kwdefaults__

        def undo() -> None:
            old.__code__, old.__defaults__, old.__kwdefaults__ = code, defaults, keywords

        self._undo.append(undo)
        old.__code__, old.__defaults__, old.__kwdefaults__ = (
            new.__code__,
            new.__defaults__,
            new.__kwdefaults__,
        )

    def _graft_class(self, old: type, new: type) -> None:
        for name, value in vars(new).items():
            if name in {"__dict__", "__weakref__", "__doc__", "__module__", "__qualname__"}:
                continue
            before = vars(old).get(name)
            pairs = list(zip(_functions(before), _functions(value), strict=False))
            if pairs and type(before) is type(value) and all(_same_cells(a, b) for a, b in pairs):
                for one, other in pairs:
                    self._graft(one, other)
            elif before is not value:
                self._set(old, name, value)

    def _rebind(self, name: str, old: object, new: object) -> None:
        self._set(self._module, name, new)
        for holder in self._holders:
            for alias, value in list(vars(holder).items()):
                if value is old and old is not None and not isinstance(old, bool | int | str):
                    self._set(holder, alias, new)

    def _set(self, owner: object, name: str, value: object) -> None:
        missing = object()
        before = vars(owner).get(name, missing)
        if before is missing:
            self._undo.append(lambda: delattr(owner, name))
        else:
            self._undo.append(lambda: setattr(owner, name, before))
        setattr(owner, name, value)


def _key(code: CodeType) -> object:
    """What code does, whatever lines it stands on."""
    parts = (
        _key(part) if isinstance(part, CodeType) else (type(part), repr(part)) for part in code.co_consts
    )
    return code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, tuple(parts)


def _functions(value: object) -> list[FunctionType]:
    match value:
        case FunctionType():
            return [value]
        case staticmethod() | classmethod():
            return _functions(value.__func__)
        case property():
            return [f for part in (value.fget, value.fset, value.fdel) for f in _functions(part)]
    return []


def _same_cells(old: FunctionType, new: FunctionType) -> bool:
    return len(old.__code__.co_freevars) == len(new.__code__.co_freevars)


def _start(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    first: int = min([node.lineno, *(d.lineno for d in decorators)])
    return first


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

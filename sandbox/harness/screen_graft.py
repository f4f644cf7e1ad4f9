"""Moves a variant's functions and classes into the living ones, and back."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType


class Graft:
    """The module under test, whose objects tests hold on to by name or by reference: these objects stay.

    `holders` are the modules that may have imported something from it.
    """

    def __init__(self, module: ModuleType, holders: list[ModuleType]) -> None:
        self.module = module
        self._holders = holders
        self._names = dict(vars(module))
        self._undo: list[Callable[[], None]] = []

    def restore(self) -> None:
        """Back to the base."""
        while self._undo:
            self._undo.pop()()

    def one(self, name: str, new: object) -> None:
        """Put one new object where the base has something of that name."""
        self._settle(name, self._names.get(name), new)

    def whole(self, code: CodeType) -> None:
        """Execute the module again; what the base's names stand for follows."""
        space = vars(self.module)
        saved = dict(space)

        def undo() -> None:
            space.clear()
            space.update(saved)

        self._undo.append(undo)
        exec(code, space)
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
        self._set(self.module, name, new)
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

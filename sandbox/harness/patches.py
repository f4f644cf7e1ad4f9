"""What tests replace outside the candidate's modules, replaced in the worker too."""

from __future__ import annotations

import os
import random
import types
import unittest.mock
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.monkeypatch import derive_importpath

from sandbox.harness import named
from sandbox.harness.session import Session
from sandbox.harness.stubs import StubModule

_MISSING = object()
# The candidate's input and output come here anyway, and these are the runner's own.
_STAYS = {
    ("sys", name) for name in ("stdin", "stdout", "stderr", "modules", "path", "meta_path", "exc_info")
} | {("builtins", "input")}


@dataclass
class Watched:
    """An attribute that tests have replaced: what it was, and what the worker now has."""

    target: Any
    path: str
    name: str
    original: Any
    sent: Any
    undo: Any = None


class Patches:
    """Watches replaced attributes and the environment; tells the worker before it is asked anything."""

    def __init__(self, session: Session, own: Collection[str]) -> None:
        self._session = session
        self._own = own
        self._watched: dict[tuple[int, str], Watched] = {}
        self._raw, self._environ = _raw_environ(), _environ()
        self._seed: tuple[Any, ...] | None = None

    def seed(self, *args: Any) -> None:
        """Take note of what the tests seed `random` with."""
        self._seed = args if all(type(arg) in (int, float, str, bytes) for arg in args) else None

    def watch(self, target: Any, name: str) -> None:
        """Take note of an attribute that is about to be replaced."""
        path = self._path(target)
        if path and (path, name) not in _STAYS and (id(target), name) not in self._watched:
            original = vars(target).get(name, _MISSING)
            self._watched[id(target), name] = Watched(target, path, name, original, original)

    def bring_up(self) -> None:
        """Tell the worker what has changed since the last time."""
        if self._seed is not None:
            seed, self._seed = self._seed, None
            self._session.request("seed", args=seed)
        if _raw_environ() != self._raw and _environ() != self._environ:
            before, self._environ = self._environ, _environ()
            names = before.keys() | self._environ.keys()
            changed = {n: self._environ.get(n) for n in names if before.get(n) != self._environ.get(n)}
            self._raw = _raw_environ()
            self._session.request("environ", args=(changed,))
        for entry in list(self._watched.values()):
            now = vars(entry.target).get(entry.name, _MISSING)
            if now is entry.sent:
                continue
            entry.sent = now
            if entry.undo is not None:
                undo, entry.undo = entry.undo, None
                undo()
            if now is not entry.original:
                value = () if now is _MISSING else (now,)
                entry.undo = self._session.request("patch", 0, f"{entry.path}:{entry.name}", value)

    def _path(self, target: Any) -> str:
        """Where the worker finds the same thing; "" for what is not shared."""
        if isinstance(target, types.ModuleType) and not isinstance(target, StubModule):
            name = target.__name__
            return "" if name in self._own or name.partition(".")[0] in ("pytest", "_pytest") else name
        if isinstance(target, type):
            found = named.name_of(target)
            return "" if found is None else ".".join(found)
        return ""


def _raw_environ() -> dict[bytes, bytes]:
    """The environment as it is kept, for a quick look: a view of it decodes each name and value.

    pytest says in it which test runs, so the name of that is left out.
    """
    kept: dict[bytes, bytes] = os.environ._data.copy()  # type: ignore[attr-defined]
    kept.pop(b"PYTEST_CURRENT_TEST", None)
    return kept


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def forward(session: Session, own: Collection[str]) -> Callable[[], None]:
    """Watch pytest's and unittest.mock's ways to replace things; returns what ends it."""
    patches = Patches(session, {*own, "__main__"})
    session.before_request = patches.bring_up
    setattr_, delattr_ = pytest.MonkeyPatch.setattr, pytest.MonkeyPatch.delattr
    enter = unittest.mock._patch.__enter__
    seed_ = random.seed

    def look(target: Any, name: Any) -> None:
        if isinstance(target, str):
            try:
                name, target = derive_importpath(target, True)
            except Exception:  # the call that follows meets the same and tells
                return
        if isinstance(name, str):
            patches.watch(target, name)

    def set_attribute(self: Any, target: Any, *args: Any, **kwargs: Any) -> None:
        look(target, args[0] if args else kwargs.get("name"))
        setattr_(self, target, *args, **kwargs)

    def delete_attribute(self: Any, target: Any, *args: Any, **kwargs: Any) -> None:
        look(target, args[0] if args else kwargs.get("name"))
        delattr_(self, target, *args, **kwargs)

    def enter_patch(self: Any) -> Any:
        look(self.getter(), self.attribute)
        return enter(self)

    def seed(*args: Any, **kwargs: Any) -> None:
        seed_(*args, **kwargs)
        patches.seed(*args, *kwargs.values())

    monkey: Any = pytest.MonkeyPatch
    mocked: Any = unittest.mock._patch
    monkey.setattr, monkey.delattr, mocked.__enter__ = set_attribute, delete_attribute, enter_patch
    random.seed = seed

    def undo() -> None:
        monkey.setattr, monkey.delattr, mocked.__enter__ = setattr_, delattr_, enter
        random.seed = seed_

    return undo

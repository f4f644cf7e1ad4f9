"""Standard classes and functions that go by name: both processes have their own, which are the same."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import datetime
import decimal
import enum
import fractions
import functools
import inspect
import pathlib
import sys
import types
import uuid
from typing import Any

_ROOTS = frozenset(sys.stdlib_module_names)
# The one safe class of a module that a worker does not load without need: it would double its memory.
_CANCELLED = ("asyncio.exceptions", "CancelledError")

Name = tuple[str, str]


def name_of(value: Any) -> Name | None:
    """Where the standard library keeps `value`, None if it does not keep this very object there."""
    if id(value) in _NAMES:
        return _NAMES[id(value)]
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if type(module) is not str or type(name) is not str or module.partition(".")[0] not in _ROOTS:
        return None
    module = {"_operator": "operator", "_functools": "functools", "_io": "io"}.get(module, module)
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return (module, name) if found is value and module != "__main__" else None


def _safe_classes() -> dict[Name, Any]:
    found: dict[Name, Any] = {}
    for module in (builtins, datetime, decimal, fractions, uuid, collections, collections.abc):
        for value in vars(module).values():
            if isinstance(value, type) and not issubclass(value, BaseException):
                found[value.__module__, value.__qualname__] = value
    enums = (enum.Enum, enum.ReprEnum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)
    for value in (pathlib.Path, pathlib.PurePath, *enums):
        found[value.__module__, value.__qualname__] = value
    for value in (types.GeneratorType, types.FunctionType, types.ModuleType, types.CoroutineType):
        found[value.__module__, value.__qualname__] = value
    found["builtins", "SystemExit"] = SystemExit
    found["builtins", "NoneType"] = type(None)
    found["builtins", "ellipsis"] = type(...)
    found["inspect", "_empty"] = inspect.Parameter.empty
    return found


SAFE_CLASSES = _safe_classes()
_NAMES = {id(value): name for name, value in SAFE_CLASSES.items()}


# Holds what equals everything.
_LENIENT = ("unittest",)
_ABSENT: dict[str, types.ModuleType] = {}


def module(name: str) -> types.ModuleType | None:
    """The standard module of that name; an empty one in its place where it is not loaded here.

    Nothing is imported at the other side's word, and `from candidate import *` brings what it imported.
    """
    if name.partition(".")[0] not in _ROOTS or name == "__main__":
        return None
    found = None if name.startswith(_LENIENT) else sys.modules.get(name)
    if found is None:
        found = _ABSENT.setdefault(name, types.ModuleType(name))
    return found if isinstance(found, types.ModuleType) else None


def safe_class(module: str, name: str) -> type | None:
    """The standard class of that name, if the tester may take the worker's word for it."""
    if (module, name) == _CANCELLED:
        return getattr(sys.modules.get(module), name, None)
    return SAFE_CLASSES.get((module, name)) or safe_exception(module, name)


def slots(cls: type) -> dict[str, Any]:
    """The attributes that builtin exceptions keep apart from `__dict__`, as `msg` of a SyntaxError."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base.__module__ == "builtins" and base is not BaseException:
            found |= _slots(base)
    return found


@functools.cache
def _slots(base: Any) -> dict[str, Any]:
    kept = (types.GetSetDescriptorType, types.MemberDescriptorType)
    return {n: v for n, v in vars(base).items() if isinstance(v, kept) and not n.startswith("_")}


def safe_exception(module: str, name: str) -> type[Exception] | None:
    """The standard exception of that name that can do nothing but fail a test."""
    if module.partition(".")[0] not in _ROOTS or module.startswith(("unittest", "bdb", "doctest")):
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = vars(found).get(part) if found is not None and hasattr(found, "__dict__") else None
    if not isinstance(found, type) or not issubclass(found, Exception):
        return None
    return found if found.__module__ == module else None

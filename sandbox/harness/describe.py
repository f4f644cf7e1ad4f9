"""What the worker says of a candidate's class, so that the tester can make its mirror."""

from __future__ import annotations

import abc
import collections.abc
import dataclasses
import enum
import types
from typing import Any

from sandbox.harness.codec import MUTABLE
from sandbox.harness.plain import TABLE
from sandbox.harness.specials import FORWARDED

# The builtin content that a subclass is reduced to, most special first.
CONTENT_BASES = (*MUTABLE[1:], list, tuple, frozenset, bool, int, float, complex, str, bytes)
# Subclasses of these have nothing of their own worth keeping: they travel as the base itself.
REDUCED = tuple(kind for kind in TABLE if kind not in (int, float, complex, str, bytes))
_NAMES = 200


def content_base(cls: type) -> type | None:
    """The builtin whose content an instance of `cls` carries."""
    return next((base for base in cls.__mro__ if base in CONTENT_BASES), None)


def reduced_base(cls: type) -> type | None:
    """The standard value type that `cls` is reduced to."""
    return next((base for base in cls.__mro__ if base in REDUCED), None)


def describe(cls: type) -> dict[str, Any]:
    """Name, special methods and fields of a class; all of it is a claim, nothing is trusted."""
    return _USUAL.get(id(cls)) or _describe(cls)


def _describe(cls: type) -> dict[str, Any]:
    base = content_base(cls)
    own = _own(cls, base)
    defined = {name: value for c in reversed(own) for name, value in vars(c).items()}
    return {
        "name": cls.__name__,
        "qualname": cls.__qualname__,
        "module": cls.__module__ if isinstance(cls.__module__, str) else "",
        "doc": cls.__doc__ if isinstance(cls.__doc__, str) else None,
        "specials": [name for name in FORWARDED if defined.get(name) is not None],
        "absent": [name for name in ("__hash__", "__eq__", "__iter__") if defined.get(name, 0) is None],
        "names": [name for name in defined if not name.startswith("__")][:_NAMES] if base else [],
        "base": base.__name__ if base else "",
        "fields": _fields(cls),
        "error": issubclass(cls, BaseException),
        "generic": not hasattr(type(cls), "__getitem__") and hasattr(cls, "__class_getitem__"),
        "lasting": issubclass(cls, enum.Enum),
        "abstract": _abstract(cls),
        "abc": abc.ABC in cls.__mro__,
        "checks": type(cls).__instancecheck__ is not type.__instancecheck__,
    }


def _own(cls: type, base: type | None) -> list[type]:
    """The classes above the builtin ones, nearest first."""
    mro = list(cls.__mro__)
    if base is not None:
        return [c for c in mro[: mro.index(base)] if c is not object]
    return [c for c in mro if c is not object and c is not BaseException and c is not Exception]


def _fields(cls: type) -> list[list[Any]] | None:
    if "__dataclass_fields__" not in vars(cls):
        return None
    return [[f.name, f.init, f.repr, f.compare, f.kw_only] for f in dataclasses.fields(cls)]


def _abstract(cls: type) -> list[str]:
    return [name for name in collections.abc.__all__ if getattr(collections.abc, name) in cls.__mro__]


# Every module that is imported is told of with these.
_USUAL = {id(cls): _describe(cls) for cls in (types.ModuleType, types.FunctionType)}

"""What of the tests' own objects the worker may touch: functions are called, objects show public names."""

from __future__ import annotations

import array
import asyncio
import collections
import inspect
import re
import sys
import types
import unittest.mock
from typing import Any

from sandbox.harness import named
from sandbox.harness.specials import words

FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)
# Standard modules whose objects tests may lend; others hold too much of the process they live in.
LENT = frozenset(
    words(
        """
        _io io unittest types argparse random string collections functools operator itertools logging enum
        _random _thread threading queue contextlib abc dataclasses typing configparser csv statistics array
        """
    )
)
# Standard containers that are lent instead of copied, and what changes one in place.
HOLDERS = (collections.UserDict, collections.UserList, array.array)
CHANGING = frozenset(
    words(
        """
        __setitem__ __delitem__ __iadd__ __isub__ __imul__ __iand__ __ior__ __ixor__ append extend insert
        remove pop popitem clear update setdefault sort reverse data byteswap frombytes fromlist
        """
    )
)
_MOCKED = frozenset(dir(unittest.mock.NonCallableMock())) | {"assert_awaited", "configure_mock"}
LIBRARY = frozenset(sys.stdlib_module_names) | {"pytest", "_pytest", "pluggy", "iniconfig", "sandbox"}
_PUBLIC = re.compile(r"[A-Za-z]\w*")


def check_access(target: Any, kind: str, name: str) -> None:
    """Raises AttributeError where the worker may not touch that attribute."""
    mocked = isinstance(target, unittest.mock.NonCallableMock) and (
        name in _MOCKED or name.startswith("assert")
    )
    if kind not in ("object", "class") or not _PUBLIC.fullmatch(name) or mocked:
        raise AttributeError(f"{type(target).__name__!r} object has no attribute {name!r}")


def identity(value: Any) -> object:
    """What tells an object from every other. A method is made anew each time that it is read."""
    if type(value) is types.MethodType:
        return id(value.__self__), id(value.__func__)
    return id(value)


def kind_of(value: Any) -> str:
    """What the worker takes an object of the tests for."""
    if isinstance(value, type):
        return "class"
    if type(value) is object:
        return "bare"  # good for nothing but to be recognised
    if isinstance(value, BaseException):
        return "exception"
    mocked = isinstance(value, unittest.mock.NonCallableMock)
    library = type(value).__module__.partition(".")[0] in LIBRARY
    if isinstance(value, FUNCTIONS) or (callable(value) and library and not mocked):
        return "function"
    if inspect.iscoroutine(value) or isinstance(value, asyncio.Future):
        return "awaitable"
    if hasattr(type(value), "__next__") and hasattr(type(value), "__iter__") and not hasattr(value, "read"):
        return "iterator"
    return "object"


def goes_along(base: type) -> bool:
    """Whether a base of a test's class means something to the worker."""
    name = named.name_of(base)
    if name is not None:
        return issubclass(base, Exception) and named.safe_exception(*name) is base
    return base.__module__.partition(".")[0] not in LIBRARY


def describe_function(value: Any) -> dict[str, Any]:
    """What stands in for a function is made from this."""
    params: list[Any] | None
    try:
        found = inspect.signature(value).parameters.values()
        params = [[p.name, int(p.kind), p.default is not p.empty] for p in found]
    except (TypeError, ValueError):
        params = None
    name, doc = getattr(value, "__name__", ""), getattr(value, "__doc__", None)
    return {
        "kind": "function",
        "name": name if isinstance(name, str) else "",
        "doc": doc if isinstance(doc, str) else None,
        "params": params,
        "coroutine": inspect.iscoroutinefunction(value),
    }

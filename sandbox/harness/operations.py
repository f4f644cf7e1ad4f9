"""What the tester may ask of the worker."""

from __future__ import annotations

import copy
import importlib
import os
import sys
import types
import typing
from collections.abc import Callable
from typing import Any, Protocol

from sandbox.harness.handles import Handles
from sandbox.harness.loops import Loops
from sandbox.harness.specials import words

_MISSING = object()


class Patches:
    """What tests have replaced in modules and classes, so that it can be put back as it was."""

    def __init__(self) -> None:
        self._saved: dict[tuple[int, str], Any] = {}

    def set(self, target: Any, name: str, value: Any) -> None:
        """Replace an attribute; the first original is kept for modules and classes."""
        if isinstance(target, (type, type(sys))):
            self._saved.setdefault((id(target), name), vars(target).get(name, _MISSING))
        setattr(target, name, value)

    def delete(self, target: Any, name: str) -> None:
        """Remove an attribute, or put back what a test had replaced."""
        saved = self._saved.pop((id(target), name), _MISSING)
        if saved is _MISSING:
            delattr(target, name)
        else:
            setattr(target, name, saved)


class Worker(Protocol):
    """The parts of the worker that operations use."""

    handles: Handles
    loops: Loops
    patches: Patches


Operation = Callable[[Worker, dict[str, Any], Any, Any], Any]


def _import(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    name = request["name"]
    if request["fresh"]:
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    module = importlib.import_module(name)
    return (module, *_taken(module)) if request["ahead"] else module


def _taken(module: types.ModuleType) -> tuple[Any, dict[str, Any]]:
    """What tests take of a module as a rule, told at once: the names of a star import, or None where the
    module has a say in that, and its functions."""
    here = vars(module)
    public = None if {"__all__", "__dir__", "__getattr__"} & here.keys() else _public(here)
    if type(module) is not types.ModuleType or (public and len(public) > _MOST_NAMES):
        return None, {}
    functions = {n: here[n] for n in public or () if type(here[n]) in _LIGHT}
    return public, functions


def _public(here: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name in here if not name.startswith("_")))


def _getattr(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    target, name = worker.handles.find(request["on"]), request["name"]
    if name in _OF_FUNCTIONS and type(target) is types.FunctionType and name not in vars(target):
        return _OF_FUNCTIONS[name](target)
    value = getattr(target, name)
    # An attribute `__dict__` may be a live view; only its content travels.
    return dict(value) if name == "__dict__" else value


def _signature(function: types.FunctionType) -> Any:
    """A signature as plain values."""
    import inspect  # large, and rarely needed

    found, empty = inspect.signature(function), inspect.Parameter.empty
    parts = [
        (p.name, int(p.kind), p.default is not empty, p.default, p.annotation is not empty, p.annotation)
        for p in found.parameters.values()
    ]
    told = found.return_annotation is not empty
    return parts, told, found.return_annotation if told else None


def _code(function: types.FunctionType) -> dict[str, Any]:
    code = function.__code__
    return {name: getattr(code, name) for name in _CODE}


def _setattr(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    worker.patches.set(worker.handles.find(request["on"]), request["name"], *args)


def _delattr(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    worker.patches.delete(worker.handles.find(request["on"]), request["name"])


def _call(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    return worker.handles.find(request["on"])(*args, **kwargs)


def _method(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    return getattr(worker.handles.find(request["on"]), request["name"])(*args, **kwargs)


def _special(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    target = worker.handles.find(request["on"])
    return getattr(type(target), request["name"])(target, *args)


def _dir(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    return tuple(dir(worker.handles.find(request["on"])))


def _copy(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    target = worker.handles.find(request["on"])
    return copy.deepcopy(target) if request["name"] == "deepcopy" else copy.copy(target)


def _patch(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    path, name = request["name"].split(":")
    target: Any = None
    for depth, part in enumerate(path.split(".")):
        try:
            target = getattr(target, part) if depth else importlib.import_module(part)
        except AttributeError:
            target = importlib.import_module(".".join(path.split(".")[: depth + 1]))
    previous = getattr(target, name, _MISSING)
    if args:
        setattr(target, name, args[0])
    else:
        delattr(target, name)

    def undo() -> None:
        if previous is _MISSING:
            delattr(target, name)
        else:
            setattr(target, name, previous)

    return undo


def _environ(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    for name, value in args[0].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _seed(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    import random  # a worker that needs it has it already

    random.seed(*args)


def _start(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    return worker.loops.start(worker.handles.find(request["on"]))


def _pump(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    return worker.loops.pump(*args)


def _cancel(worker: Worker, request: dict[str, Any], args: Any, kwargs: Any) -> Any:
    worker.loops.cancel(*args)


_CODE = words("co_name co_flags co_argcount co_posonlyargcount co_kwonlyargcount co_varnames co_nlocals")
_OF_FUNCTIONS: dict[str, Callable[[types.FunctionType], Any]] = {
    "__signature__": _signature,
    "__code__": _code,
}
_MOST_NAMES = 100
_LIGHT = (
    types.FunctionType,
    *(type(vars(typing)[name]) for name in ("List", "Any", "Optional")),
)  # cheap to tell of

TABLE: dict[str, Operation] = {
    "import": _import,
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "call": _call,
    "method": _method,
    "special": _special,
    "dir": _dir,
    "copy": _copy,
    "patch": _patch,
    "environ": _environ,
    "seed": _seed,
    "start": _start,
    "pump": _pump,
    "cancel": _cancel,
}

"""What `inspect` asks of a function: made here from plain values that the worker tells."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

from sandbox.harness.plain import need


def is_function(cls: type) -> bool:
    """Whether a mirror class is that of functions. A claim, as everything about it."""
    return cls.__name__ == "function" and cls.__module__ == "builtins"


def _signature(told: Any) -> Any:
    """A signature. Raises CodecError for malformed claims."""
    if not _is(told, 3):  # the candidate's own of it
        return told
    parameters, returns, result = told
    need(type(parameters) is list and all(_is(part, 6) for part in parameters), "parameters expected")
    empty = inspect.Parameter.empty
    return inspect.Signature(
        [
            inspect.Parameter(
                str(name),
                inspect._ParameterKind(kind),
                default=default if has_default is True else empty,
                annotation=annotation if annotated is True else empty,
            )
            for name, kind, has_default, default, annotated, annotation in parameters
        ],
        return_annotation=result if returns is True else empty,
    )


def _is(told: Any, length: int) -> bool:
    return type(told) is tuple and len(told) == length


def _code(told: Any) -> Any:
    """What there is to know of its code; not code."""
    return types.SimpleNamespace(**told) if type(told) is dict and all(type(k) is str for k in told) else told


OF_FUNCTIONS: dict[str, Callable[[Any], Any]] = {"__signature__": _signature, "__code__": _code}

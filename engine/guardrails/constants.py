"""Constant folding: sees through names put together from pieces, within strict size limits."""

from __future__ import annotations

import ast
import binascii
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.guardrails.decoding import FUNCTIONS
from engine.guardrails.values import Const, Scalar, Values

LIMIT = 1024
HUGE = 1 << 24
_WIDTH = re.compile(r"\d{4,}")
_METHODS = frozenset(
    [
        "join",
        "replace",
        "format",
        "lower",
        "upper",
        "casefold",
        "strip",
        "lstrip",
        "rstrip",
        "encode",
        "decode",
        "split",
        "rsplit",
        "translate",
        "swapcase",
        "capitalize",
        "title",
        "removeprefix",
        "removesuffix",
        "format_map",
        "hex",
        "partition",
        "rpartition",
        "__add__",
        "__getitem__",
        "__str__",
        "__format__",
        "splitlines",
    ]
)
_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv, ast.Div: operator.truediv, ast.BitXor: operator.xor,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
    ast.Pow: operator.pow,
}  # fmt: skip
_ERRORS = (
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError, MemoryError, RecursionError,
    binascii.Error
)  # fmt: skip


class TooBig(Exception):
    """Computing this would take memory or time out of all proportion."""


class Unfoldable(Exception):
    """Computing this is legitimate for the program and too dear for a check."""


def binary(operation: ast.operator, left: Scalar, right: Scalar) -> Values:
    """The constant of `left operation right`, () when there is none; raises TooBig."""
    try:
        _refuse_huge(operation, left, right)
    except Unfoldable:
        return ()
    if isinstance(operation, ast.Mod) and isinstance(left, str | bytes) and not _harmless_format(left):
        return ()
    return _guarded(_OPERATORS.get(type(operation)), left, right)


def percent(text: Scalar, arguments: tuple[Scalar, ...]) -> Values:
    """The constant of `text % arguments`."""
    if not isinstance(text, str | bytes) or not _harmless_format(text):
        return ()
    return _guarded(operator.mod, text, arguments)


def method(receiver: Scalar, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Values:
    """The constant of `receiver.name(*arguments)` for the text methods that disguise a name."""
    if name not in _METHODS or not isinstance(receiver, str | bytes) or len(receiver) > LIMIT:
        return ()
    # A number can be a width, and a text can be repeated into every gap of another.
    if any(isinstance(item, int) and abs(item) > LIMIT for item in (*arguments, *keywords.values())):
        return ()
    if name == "replace" and len(receiver) * max(
        (len(a) for a in arguments if isinstance(a, str | bytes)), default=0
    ) > (64 * LIMIT):
        return ()
    if name in ("format", "__format__", "format_map") and not (
        isinstance(receiver, str) and _harmless_format(receiver)
    ):
        return ()
    return _guarded(lambda: getattr(receiver, name)(*arguments, **keywords))


def text_function(path: str, arguments: list[Any]) -> Values:
    """The constant of calling a decoding or converting function on constants."""
    function = FUNCTIONS.get(path)
    if function is None or not arguments:
        return ()
    return _guarded(function, *arguments)


def subscript(receiver: Scalar, index: int | slice) -> Values:
    """One item or a slice of a constant text."""
    return _guarded(operator.getitem, receiver, index)


def formatted(value: Scalar, conversion: int, spec: str) -> str | None:
    """One replaced field of an f-string, None when it cannot be told."""
    if not _harmless_format(spec):
        return None
    converted = _CONVERSIONS[conversion](value) if conversion in _CONVERSIONS else value
    try:
        return format(converted, spec)
    except _ERRORS:
        return None


def _guarded(function: Callable[..., Any] | None, *arguments: Any) -> Values:
    if function is None or any(isinstance(item, str | bytes) and len(item) > LIMIT for item in arguments):
        return ()
    try:
        made = function(*arguments)
    except _ERRORS:
        return ()
    if isinstance(made, bytearray):
        made = bytes(made)
    if isinstance(made, str | bytes):
        return (Const(made),) if len(made) <= LIMIT else ()
    if isinstance(made, list | tuple):
        return tuple(Const(item) for item in made[:8])
    return (Const(made),)


def _refuse_huge(operation: ast.operator, left: Scalar, right: Scalar) -> None:
    if isinstance(operation, ast.Mult):
        if isinstance(left, int) and isinstance(right, str | bytes):
            left, right = right, left
        if isinstance(left, str | bytes) and isinstance(right, int) and len(left) * right >= HUGE:
            raise TooBig
        if isinstance(left, str | bytes) and isinstance(right, int) and len(left) * right > LIMIT:
            raise Unfoldable
    if not isinstance(left, int) or not isinstance(right, int):
        return
    if isinstance(operation, ast.Pow) and abs(left) > 1 and right * left.bit_length() > HUGE // 4:
        raise TooBig
    if isinstance(operation, ast.LShift) and left and right > HUGE // 4:
        raise TooBig
    if isinstance(operation, ast.Pow | ast.LShift) and left and right > LIMIT:
        raise Unfoldable
    if left.bit_length() + right.bit_length() > 8 * LIMIT:
        raise Unfoldable


def _harmless_format(text: str | bytes) -> bool:
    sample = text if isinstance(text, str) else text.decode("latin-1")
    return len(sample) <= LIMIT and not _WIDTH.search(sample) and "*" not in sample


_CONVERSIONS: Mapping[int, Callable[[object], str]] = {115: str, 114: repr, 97: ascii}

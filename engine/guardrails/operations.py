"""Operators, indexing and slicing on what is known of their operands."""

from __future__ import annotations

import ast

from engine.guardrails import constants
from engine.guardrails.values import Const, Ref, Scalar, Seq, Value, Values, elements, merge, numbers

_COMBINATIONS = 4
# What a number repeats instead of multiplying it.
_REPEATED = frozenset(
    f"builtins.{name}()" for name in ("bytes", "bytearray", "str", "list", "tuple", "input")
)


def combine(operation: ast.operator, left: Values, right: Values) -> Values:
    """What `left operation right` may be; raises TooBig."""
    found: Values = ()
    for one in left[:_COMBINATIONS]:
        if type(one) is Ref:
            if one.path == "pathlib.Path()":
                tail = next((v.value for v in right if isinstance(v, Const) and isinstance(v.value, str)), "")
                return (Ref(one.path, f"{one.data}/{tail}" if one.data else tail),)
            repeated = type(operation) is ast.Mult and one.path in _REPEATED
            if repeated and any(number >= constants.HUGE for number in numbers(right)):
                raise constants.TooBig
            continue
        for two in right[:_COMBINATIONS]:
            found = merge(found, _pair(operation, one, two))
    if not found and type(operation) in (ast.BitOr, ast.Add):
        both = elements(left), elements(right)
        return (Seq(both),) if both != ((), ()) else ()
    return found


def _pair(operation: ast.operator, one: Value, two: Value) -> Values:
    if isinstance(one, Const) and isinstance(two, Const):
        return constants.binary(operation, one.value, two.value)
    if isinstance(one, Const) and isinstance(two, Seq) and isinstance(operation, ast.Mod):
        return _percent(one.value, two)
    if isinstance(operation, ast.Mult):
        if isinstance(one, Const) and isinstance(two, Seq):
            one, two = two, one
        if isinstance(one, Seq) and isinstance(two, Const) and isinstance(two.value, int):
            if len(one.items) * two.value >= constants.HUGE:
                raise constants.TooBig
            return (one,)
    if isinstance(one, Seq) and isinstance(two, Seq) and isinstance(operation, ast.Add):
        return (Seq((one.items + two.items)[:64]),)
    return ()


def letters(base: Values, key: Values) -> Values:
    """Single characters or bytes of constant texts."""
    found: Values = ()
    for one in base:
        if isinstance(one, Const) and isinstance(one.value, str | bytes):
            for two in key:
                if isinstance(two, Const) and isinstance(two.value, int):
                    found = merge(found, constants.subscript(one.value, two.value))
    return found


def _percent(text: Scalar, given: Seq) -> Values:
    plain = []
    for values in given.items:
        if len(values) != 1 or not isinstance(values[0], Const):
            return ()
        plain.append(values[0].value)
    return constants.percent(text, tuple(plain))


def sliced(base: Values, bounds: list[Values]) -> Values:
    """What `base[lower:upper:step]` may be."""
    numbers = [v[0].value for v in bounds if len(v) == 1 and isinstance(v[0], Const)]
    whole = [n for n in numbers if n is None or isinstance(n, int)]
    if len(whole) != 3:
        return base
    found: Values = ()
    for value in base:
        if isinstance(value, Const) and isinstance(value.value, str | bytes):
            found = merge(found, constants.subscript(value.value, slice(*whole)))
        elif isinstance(value, Seq):
            try:
                found = merge(found, (Seq(value.items[slice(*whole)]),))
            except ValueError:
                found = merge(found, (value,))
        else:
            found = merge(found, (value,))
    return found

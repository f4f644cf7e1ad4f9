"""How many items an iterator will give, where that can be told from what it is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from engine.guardrails.values import Const, Ref, Seq, Values, numbers

# An iterator's count is kept as text, in its reference; more than so many is no matter of how many.
_MOST = 10**18
# What can be counted up in some seconds.
ENDURABLE = 10**8


def count(values: Values) -> int | None:
    """The number of items, where there is one alternative and it is known."""
    only = values[0] if len(values) == 1 else None
    if isinstance(only, Seq) and not only.added:
        return len(only.items)
    if isinstance(only, Const) and isinstance(only.value, str | bytes):
        return len(only.value)
    return int(only.data) if isinstance(only, Ref) and counted(only) else None


def counted(value: Ref) -> bool:
    """Whether the number of items of `value` is known."""
    return value.path in _RESULTS and value.data.isdigit()


def made(path: str, arguments: tuple[Values, ...], keywords: Mapping[str, Values]) -> str:
    """The number of items that an iterator made by `path` gives, as text; "" when unknown."""
    if path == "builtins.range":
        return _range([numbers(values) for values in arguments])
    sizes = [count(values) for values in arguments[:1] or ()]
    known = [size for size in sizes if size is not None]
    if path == "itertools.product":
        known = [size for size in map(count, arguments) if size is not None]
        repeat = numbers(keywords.get("repeat", (Const(1),)))
        if len(known) != len(arguments) or len(repeat) != 1:
            return ""
        return _capped(math.prod(known), int(min(repeat[0], 64)))
    chosen = arguments[1] if len(arguments) > 1 else keywords.get("r", ())
    wanted = numbers(chosen)
    if not known or (chosen and len(wanted) != 1) or known[0] > 10_000:
        return ""
    size = known[0]
    taken = int(max(0, min(wanted[0], size))) if wanted else size
    return str(min(_MOST, _CHOICES[path](size, taken)))


def _range(bounds: list[tuple[int | float, ...]]) -> str:
    whole = [int(bound[0]) for bound in bounds if len(bound) == 1 and isinstance(bound[0], int)]
    if not whole or len(whole) != len(bounds) or len(whole) > 3 or whole[2:] == [0]:
        return ""
    steps = range(*whole)
    return str(min(_MOST, max(0, -(-(steps.stop - steps.start) // steps.step))))


def _capped(size: int, repeat: int) -> str:
    return str(min(_MOST, min(size, _MOST) ** max(0, repeat)))


_CHOICES: Mapping[str, Callable[[int, int], int]] = {
    "itertools.permutations": lambda n, k: math.perm(min(n, 64), min(k, 64)),
    "itertools.combinations": lambda n, k: math.comb(min(n, 256), min(k, 256)),
    "itertools.combinations_with_replacement": lambda n, k: math.comb(min(n, 256) + min(k, 64), min(k, 64)),
}
PATHS = frozenset({"builtins.range", "itertools.product", *_CHOICES})
_RESULTS = frozenset(f"{path}()" for path in PATHS)

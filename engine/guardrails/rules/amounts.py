"""Calls whose arguments ask for too much."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.guardrails.constants import HUGE
from engine.guardrails.counting import ENDURABLE, counted
from engine.guardrails.family import Call, CallCheck, Hit
from engine.guardrails.rules.explosive import explosive, worth_parsing
from engine.guardrails.rules.loops import ENDLESS
from engine.guardrails.values import Ref, Seq, Values, numbers, texts

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_LONG_SECONDS = 5
_LONG_PRECISION = 10**6
_LONG_RANGE = 10**9
# Two equal alternatives, which the parser makes one of.
_TWINS = re.compile(r"\((\?:)?(\w)\|\2+\)[+*]")
# What parsing a pattern costs, in units, before its length.
_PATTERN = 100


def _sleep(call: Call) -> Iterable[Hit]:
    if any(seconds >= _LONG_SECONDS for seconds in numbers(call.argument(0, "secs") or ())):
        yield call.hit("G904")


def _wait(call: Call) -> Iterable[Hit]:
    if not call.arguments and not call.keywords:
        yield call.hit("G904")
    yield from _sleep(call)


def joined(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`"".join(itertools.cycle(...))`: a method of text that reads to the end."""
    if not isinstance(node, ast.Call) or type(node.func) is not ast.Attribute or node.func.attr != "join":
        return ()
    return [
        Hit("G905", node, value.path)
        for argument in node.args
        for value in resolver.quiet(argument.func if isinstance(argument, ast.Call) else argument)
        if isinstance(value, Ref) and value.path.removesuffix("()") + "()" in ENDLESS
    ]


def _bytes(call: Call) -> Iterable[Hit]:
    if any(size >= HUGE for size in numbers(call.argument(0) or ())):
        yield call.hit("G903")


def _range(call: Call) -> Iterable[Hit]:
    bounds = [number for values in call.arguments[:2] for number in numbers(values)]
    if any(abs(number) >= _LONG_RANGE for number in bounds):
        yield call.hit("G903")


def _factorial(call: Call) -> Iterable[Hit]:
    if any(number >= 10**5 for number in numbers(call.argument(0) or ())):
        yield call.hit("G903")


def _choice(call: Call) -> Iterable[Hit]:
    """As many factors as the smaller of the chosen and the rest."""
    of, chosen = numbers(call.argument(0) or ()), numbers(call.argument(1) or call.argument(0) or ())
    if any(min(k, n if call.callee.path.endswith("perm") else n - k) >= 10**5 for n in of for k in chosen):
        yield call.hit("G903")


def _power(call: Call) -> Iterable[Hit]:
    base, exponent = ([n for n in numbers(v) if isinstance(n, int)] for v in (*call.arguments, (), ())[:2])
    if len(call.arguments) == 2 and any(abs(b) > 1 for b in base) and any(e > 10**6 for e in exponent):
        yield call.hit("G903")


def _array(call: Call) -> Iterable[Hit]:
    shape = call.argument(0, "shape") or ()
    sides = [v for value in shape if isinstance(value, Seq) for item in value.items for v in numbers(item)]
    if any(size >= 100 * HUGE for size in (*numbers(shape), math.prod(sides))):
        yield call.hit("G903")


def _sides(call: Call) -> Iterable[Hit]:
    """Arrays whose sides are arguments of their own."""
    sides = [numbers(values)[0] for values in call.arguments if numbers(values)]
    if call.callee.path.endswith(("eye", "identity")):
        sides = sides[:1] * 2
    if math.prod(sides) >= 100 * HUGE:
        yield call.hit("G903")


def _amount(call: Call) -> Iterable[Hit]:
    """As many bytes or choices as the only number, or `k`, says."""
    wanted = [
        *(n for values in call.arguments for n in numbers(values)),
        *numbers(call.keywords.get("k", ())),
    ]
    if any(number >= HUGE for number in wanted):
        yield call.hit("G903")


def _precision(call: Call) -> Iterable[Hit]:
    if any(number > _LONG_PRECISION for number in numbers(call.argument(0, "prec") or ())):
        yield call.hit("G903")


def precise(resolver: Resolver, node: ast.Assign) -> Iterable[Hit]:
    """`getcontext().prec = 10**9`: every division then takes as long."""
    if any(isinstance(target, ast.Attribute) and target.attr == "prec" for target in node.targets):
        wanted = numbers(resolver.value(node.value))
        return [Hit("G903", node, "prec")] if max(wanted, default=0) > _LONG_PRECISION else ()
    return ()


def enormous(arguments: Iterable[Values]) -> bool:
    """Whether any argument is a number of more bytes than memory should hold."""
    return any(n >= HUGE for values in arguments for n in numbers(values))


def unending(values: Values) -> Iterable[tuple[str, str]]:
    """The rules that reading `values` to the end breaks, with what is shown."""
    for value in values:
        if isinstance(value, Ref) and value.path in ENDLESS:
            yield "G905", value.path
        elif isinstance(value, Ref) and counted(value) and int(value.data) > ENDURABLE:
            yield "G903", f"{value.path}: {value.data} items"


def _consume(call: Call) -> Iterable[Hit]:
    for values in call.arguments:
        for rule, name in unending(values):
            yield call.hit(rule, name)


def _pattern(call: Call) -> Iterable[Hit]:
    for text in texts(call.argument(0, "pattern") or ()):
        if not worth_parsing(text):
            continue
        call.resolver.budget.spend(_PATTERN + 2 * len(text))
        if _TWINS.search(text) or explosive(text):
            yield call.hit("G906", text)


_CONSUMERS = ["list", "tuple", "set", "frozenset", "sum", "max", "min", "sorted", "len", "dict"]
CALLS: Mapping[str, CallCheck] = {
    "threading.Event().wait": _wait,
    **dict.fromkeys(("os.urandom", "random.randbytes", "random.choices", "secrets.token_bytes",
        "secrets.token_hex", "secrets.token_urlsafe"), _amount),
    "decimal.Context": _precision, "math.comb": _choice, "math.perm": _choice,
    **{f"numpy.{name}": _sides for name in ("eye", "identity", "random.rand", "random.randn", "tri")},
    "time.sleep": _sleep, "asyncio.sleep": _sleep,
    "builtins.bytearray": _bytes, "builtins.bytes": _bytes,
    "builtins.range": _range, "math.factorial": _factorial, "builtins.pow": _power,
    "collections.deque": _consume, **{f"builtins.{name}": _consume for name in _CONSUMERS},
    **{f"numpy.{name}": _array for name in ("zeros", "ones", "empty", "full", "arange", "random.random",
        "random.random_sample")},
    **{f"re.{name}": _pattern for name in ("compile", "match", "search", "fullmatch", "findall", "sub",
        "finditer")},
}  # fmt: skip

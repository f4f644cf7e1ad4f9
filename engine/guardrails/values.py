"""What the resolver knows of an expression: a tuple of alternatives; empty means unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from engine.guardrails.scopes import ClassInfo, FunctionInfo

Scalar: TypeAlias = str | bytes | int | float | bool | complex | None

_ALTERNATIVES = 8
# How many items of a collection are looked at even when they are constants.
_TABLE = 64


class Ref(NamedTuple):
    """Something with a canonical dotted path; `data` is the text it was made from, where that is known."""

    path: str
    data: str = ""


# Beside texts that are known: it may be another one, too.
UNKNOWN = Ref("?")
_LISTED = frozenset({"pathlib.Path()", *(f"pathlib.Path().{way}()" for way in ("glob", "rglob", "iterdir"))})


class Const(NamedTuple):
    """A value known at once."""

    value: Scalar


class Function(NamedTuple):
    """A function of this file; `bound` when its first parameter is already given."""

    info: FunctionInfo
    bound: bool = False


class Class(NamedTuple):
    """A class of this file, or with `instance` an object of it."""

    info: ClassInfo
    instance: bool = False


class Seq:
    """A list, tuple or set, item by item; equal only to itself, so comparing never walks it.

    `contained` has the values of all items, `added` those that were put in afterwards.
    """

    __slots__ = ("added", "contained", "items")

    def __init__(self, items: tuple[Values, ...]) -> None:
        self.items = items
        self.contained = _flatten(items)
        self.added: Values = ()

    def add(self, values: Values) -> None:
        """Put `values` anywhere in it."""
        self.added = merge(self.added, values)
        self.contained = merge(self.contained, merge(values, elements(values)))


class Map:
    """A dictionary, or the attributes of a plain object, by constant key; see `Seq` for the rest."""

    __slots__ = ("added", "contained", "items")

    def __init__(self, items: dict[object, Values], others: tuple[Values, ...] = ()) -> None:
        self.items = items
        self.contained = _flatten((*items.values(), *others))
        self.added: Values = ()

    def add(self, values: Values) -> None:
        """Put `values` under whatever key."""
        self.added = merge(self.added, values)
        self.contained = merge(self.contained, merge(values, elements(values)))


Value: TypeAlias = Ref | Const | Function | Class | Seq | Map
Values: TypeAlias = tuple[Value, ...]


def merge(old: Values, new: Values) -> Values:
    """Both sets of alternatives, each once; constants give way first when there are too many."""
    if not new or old is new:
        return old
    if not old:
        return new
    added = tuple(value for value in new if value not in old)
    if not added:
        return old
    both = old + added
    if len(both) > _ALTERNATIVES:
        both = tuple(value for value in both if not isinstance(value, Const))[-2 * _ALTERNATIVES :]
    return both


def elements(values: Values) -> Values:
    """What iterating over or indexing into `values` may give."""
    found: Values = ()
    for value in values:
        if isinstance(value, Seq | Map):
            found = merge(found, value.contained)
        elif isinstance(value, Ref) and value.path in _LISTED:
            found = merge(found, (Ref("pathlib.Path()", value.data),))
    return found


def texts(values: Values) -> tuple[str, ...]:
    """The strings among `values`."""
    return tuple(value.value for value in values if isinstance(value, Const) and isinstance(value.value, str))


def numbers(values: Values) -> tuple[int | float, ...]:
    """The real numbers among `values`."""
    return tuple(
        value.value for value in values if isinstance(value, Const) and isinstance(value.value, int | float)
    )


def _flatten(groups: tuple[Values, ...]) -> Values:
    found: Values = ()
    for number, values in enumerate(groups):
        # Of a long table of constants some are enough; what else there is counts, wherever it stands.
        if not values or (number >= _TABLE and len(values) == 1 and type(values[0]) is Const):
            continue
        found = merge(found, values)
        for value in values:
            if isinstance(value, (Seq, Map)):
                found = merge(found, value.contained)
    return found

"""What known functions give: attribute look-ups, imports, collections and wrappers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from engine.guardrails import counting, known, paths
from engine.guardrails.judge import rule_of, sensitive_module
from engine.guardrails.tables import ATTRIBUTES, CALLS
from engine.guardrails.values import (
    UNKNOWN,
    Class,
    Const,
    Function,
    Map,
    Ref,
    Seq,
    Values,
    elements,
    merge,
    texts,
)

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver


class Known(NamedTuple):
    """A call of a function that the resolver knows."""

    path: str
    ref: Ref
    arguments: tuple[Values, ...]
    keywords: Mapping[str, Values]
    node: ast.Call

    @property
    def first(self) -> Values:
        """The alternatives of the first argument."""
        return self.arguments[0] if self.arguments else ()


# What such a call gives; None when nothing better is known than "the result of it".
Effect: TypeAlias = Callable[["Resolver", Known], "Values | None"]


def special(resolver: Resolver, call: Known) -> Values | None:
    """What a function that the resolver knows gives; None for any other."""
    effect = EFFECTS.get(call.path)
    if effect is not None:
        return effect(resolver, call)
    return _getattr(resolver, call) if call.path.endswith(known.GETATTRIBUTE) else None


def is_special(path: str) -> bool:
    """Whether the resolver knows what calling `path` gives."""
    return path in EFFECTS or path.endswith(known.GETATTRIBUTE)


def _load(resolver: Resolver, call: Known) -> Values:
    return tuple(Ref(paths.module(text)) for text in texts(call.first or call.keywords.get("name", ())))


def _same(resolver: Resolver, call: Known) -> Values:
    return call.first


def _partial(resolver: Resolver, call: Known) -> Values:
    if call.keywords or any(texts(values) for values in call.arguments[1:]):
        # What is given already may decide what the call will do: partial(open, mode="w").
        resolver.invoke(call.first, call.arguments[1:], call.keywords, call.node)
    return call.first


def _apply(resolver: Resolver, call: Known) -> Values:
    return (Seq(_mapped(resolver, call.first, call.arguments[1:], call.node)),)


def _mapped(
    resolver: Resolver, function: Values, iterables: tuple[Values, ...], node: ast.Call
) -> tuple[Values, ...]:
    if len(iterables) == 1 and len(iterables[0]) == 1:
        only = iterables[0][0]
        if isinstance(only, Seq) and 0 < len(only.items) <= 64:
            return tuple(resolver.invoke(function, (item,), {}, node) for item in only.items)
    return (resolver.invoke(function, tuple(elements(values) for values in iterables), {}, node),)


def _second(resolver: Resolver, call: Known) -> Values:
    return call.arguments[1] if len(call.arguments) > 1 else ()


def _zipped(resolver: Resolver, call: Known) -> Values:
    """Rows of several collections; of one that is counted the number comes first."""
    columns = tuple(elements(values) for values in call.arguments)
    if call.path == "builtins.enumerate":
        columns = ((), *columns[:1])
    return (Seq(((Seq(columns),),)),)


def _default(resolver: Resolver, call: Known) -> Values:
    """A dictionary that makes what it lacks."""
    made = resolver.invoke(call.first, (), {}, call.node)
    return (Map({}, (made, *(elements(values) for values in call.arguments[1:]))),)


def _object(resolver: Resolver, call: Known) -> Values:
    return (Map(dict(call.keywords.items())),)


def _counted(resolver: Resolver, call: Known) -> Values:
    return (Ref(paths.result(call.path), counting.made(call.path, call.arguments, call.keywords)),)


def _pick(resolver: Resolver, call: Known) -> Values:
    return elements(call.first)


def _vars(resolver: Resolver, call: Known) -> Values | None:
    return tuple(Ref(f"{v.path}.__dict__") for v in call.first if isinstance(v, Ref)) or None


def _type(resolver: Resolver, call: Known) -> Values | None:
    return _types(call.first) if len(call.arguments) == 1 else None


def _super(resolver: Resolver, call: Known) -> Values:
    owner = resolver.function.owner if resolver.function else None
    if owner is None:
        return ()
    return tuple(
        Class(base.info, True) if isinstance(base, Class) else Ref(paths.result(base.path))
        for base in owner.bases
        if isinstance(base, Class | Ref)
    )


def _getter(resolver: Resolver, call: Known) -> Values | None:
    if not call.ref.data:
        return None
    found = call.first
    for part in call.ref.data.split("."):
        found = resolver.attribute(found, part)
    resolver.judge(found, call.node)
    return found


def _to_bytes(resolver: Resolver, call: Known) -> Values | None:
    return _bytes(call.first) or None


def _getattr(resolver: Resolver, call: Known) -> Values:
    if len(call.arguments) < 2:
        return ()
    base, names = call.arguments[0], texts(call.arguments[1])
    found: Values = ()
    for name in names:
        if ATTRIBUTES.get(name) or (
            name.startswith("__") and name.endswith("__") and name not in known.PRIVATE_OK
        ):
            resolver.report("G501", call.node, f"getattr(?, {name!r})")
        found = merge(found, resolver.attribute(base, name))
    resolver.judge(found, call.node)
    if not names or UNKNOWN in call.arguments[1]:
        for value in base:
            if isinstance(value, Ref) and sensitive_module(value.path):
                resolver.report("G205", call.node, f"{value.path}.?")
    return found


def passes_modules(resolver: Resolver, path: str, arguments: tuple[Values, ...], node: ast.Call) -> None:
    """Report a sensitive module handed to a function that nothing is known about."""
    for values in arguments:
        for value in values:
            if type(value) is not Ref or "." in value.path or not sensitive_module(value.path):
                continue
            if rule_of(path) is None and path not in CALLS and path not in known.MODULE_SAFE:
                resolver.report("G507", node, value.path)


def _collect(resolver: Resolver, call: Known) -> Values:
    endless = call.path == "itertools.cycle" or len(call.arguments) == 1
    return _collected(call.path, call.arguments, call.keywords, endless=endless)


def _collected(
    path: str, arguments: tuple[Values, ...], keywords: Mapping[str, Values], *, endless: bool
) -> Values:
    """A collection made from others; reversing keeps the order known, and some have no end."""
    only = arguments[0][0] if len(arguments) == 1 and len(arguments[0]) == 1 else None
    made: Values = ()
    if isinstance(only, Seq) and path == "builtins.reversed":
        made = (Seq(only.items[::-1]),)
    elif isinstance(only, Seq | Map):
        made = (only,)
    else:
        made = (Seq(tuple(_content(a) for a in (*arguments, *keywords.values()))),)
    if endless and path in ("itertools.cycle", "itertools.repeat"):
        made = (*made, Ref(paths.result(path)))
    return made


def _content(values: Values) -> Values:
    """What a collection of `values` holds: an endless iterator's items, never the iterator."""
    own = tuple(v for v in values if not isinstance(v, Ref) or not v.path.startswith("itertools."))
    return merge(elements(values), own)


def _types(values: Values) -> Values:
    found: Values = ()
    for value in values:
        if isinstance(value, Function):
            found = merge(found, (Ref("types.FunctionType"),))
        elif isinstance(value, Class) and value.instance:
            found = merge(found, (Class(value.info),))
    return found


def plain(arguments: tuple[Values, ...]) -> list[object] | None:
    """The arguments as constants when every one of them is known."""
    plain: list[object] = []
    for values in arguments:
        if len(values) != 1 or not isinstance(values[0], Const):
            return None
        plain.append(values[0].value)
    return plain


def whole(values: Values) -> list[object] | None:
    """The items of a collection when every one of them is known."""
    if len(values) == 1 and isinstance(values[0], Seq) and values[0].items:
        return plain(values[0].items)
    return None


def _bytes(first: Values) -> Values:
    items = whole(first)
    if items is not None and all(isinstance(item, int) and 0 <= item < 256 for item in items):
        return (Const(bytes(item for item in items if isinstance(item, int))),)
    return tuple(v for v in first if isinstance(v, Const) and isinstance(v.value, str | bytes))


EFFECTS: Mapping[str, Effect] = {
    **dict.fromkeys(known.PICK, _pick), **dict.fromkeys(known.COLLECT, _collect),
    **dict.fromkeys(known.APPLY, _apply), **dict.fromkeys(known.SAME, _same),
    **dict.fromkeys(known.PARTIAL, _partial), **dict.fromkeys(known.LOADERS, _load),
    **dict.fromkeys(known.GETATTR, _getattr), "builtins.vars": _vars,
    "typing.cast": _second, "builtins.zip": _zipped, "builtins.enumerate": _zipped,
    "collections.defaultdict": _default,
    **dict.fromkeys(known.PLAIN_OBJECTS, _object), **dict.fromkeys(counting.PATHS, _counted),
    "builtins.type": _type,
    "builtins.super": _super, "operator.attrgetter()": _getter, "operator.methodcaller()": _getter,
    "builtins.bytes": _to_bytes, "builtins.bytearray": _to_bytes,
}  # fmt: skip

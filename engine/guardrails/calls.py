"""What a call gives, and what it does: arguments flow into parameters, known functions are folded."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.guardrails import constants, functions, library, paths
from engine.guardrails.decoding import FUNCTIONS
from engine.guardrails.family import Call
from engine.guardrails.judge import rule_of
from engine.guardrails.rules import foreign
from engine.guardrails.tables import CALLS
from engine.guardrails.values import (
    UNKNOWN,
    Class,
    Const,
    Function,
    Map,
    Ref,
    Seq,
    Values,
    merge,
    texts,
)

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_STORE_METHODS = frozenset(
    {"append", "add", "extend", "insert", "update", "setdefault", "appendleft", "put", "put_nowait", "set"}
)


def invoke(
    resolver: Resolver,
    callee: Values,
    arguments: tuple[Values, ...],
    keywords: Mapping[str, Values],
    node: ast.Call,
) -> Values:
    """What calling any of `callee` may give."""
    found: Values = ()
    for value in callee:
        if isinstance(value, Ref) and value is not UNKNOWN:
            found = merge(found, _call_reference(resolver, value, arguments, keywords, node))
        elif isinstance(value, Function):
            found = merge(found, functions.call(resolver, value, arguments, keywords))
        elif isinstance(value, Class):
            name = "__call__" if value.instance else "__init__"
            inner = resolver.class_attribute(value.info, name, True)
            made = invoke(
                resolver, tuple(v for v in inner if isinstance(v, Function)), arguments, keywords, node
            )
            found = merge(found, made if value.instance else (Class(value.info, True),))
    return found


def _call_reference(
    resolver: Resolver,
    ref: Ref,
    arguments: tuple[Values, ...],
    keywords: Mapping[str, Values],
    node: ast.Call,
) -> Values:
    resolver.budget.units -= 3
    path = ref.path
    if foreign.watched(path) and _texts_given(arguments, keywords):
        for hit in foreign.given(Call(node, ref, arguments, keywords, resolver)):
            resolver.report(hit.rule, hit.node, hit.name)
    if _ordinary(path):
        library.passes_modules(resolver, path, arguments, node)
        return (Ref(paths.result(path), _made_from(path, arguments) or ref.data),)
    check = CALLS.get(path)
    if check is None:
        resolver.judge((ref,), node)
    else:
        hits = [*check(Call(node, ref, arguments, keywords, resolver))]
        for hit in hits:
            resolver.report(hit.rule, hit.node, hit.name)
        if not hits:
            resolver.excused.add(path)
    special = library.special(resolver, library.Known(path, ref, arguments, keywords, node))
    if special is not None:
        return special
    library.passes_modules(resolver, path, arguments, node)
    plain = library.plain(arguments)
    if plain is not None:
        folded = constants.text_function(path, plain)
        if folded:
            return folded
    return (Ref(paths.result(path), _made_from(path, arguments) or ref.data),)


def _texts_given(arguments: tuple[Values, ...], keywords: Mapping[str, Values]) -> bool:
    for values in (*arguments, *keywords.values()) if keywords else arguments:
        if values and type(values[0]) is Const and type(values[0].value) is str:
            return True
    return False


@lru_cache(maxsize=8192)
def _ordinary(path: str) -> bool:
    """Whether nothing is known of calling `path` but that it has a result; most calls are of this kind."""
    known = path in CALLS or path in FUNCTIONS or library.is_special(path)
    return not known and rule_of(path) is None


def entered(resolver: Resolver, values: Values) -> Values:
    """What `with` binds for objects of this file's classes."""
    found: Values = ()
    for value in values:
        if isinstance(value, Class) and value.instance:
            for method in resolver.class_attribute(value.info, "__enter__", True):
                if isinstance(method, Function):
                    found = merge(found, functions.call(resolver, method, (), {}))
    return found


def method(
    resolver: Resolver, base: Values, name: str, arguments: tuple[Values, ...], keywords: Mapping[str, Values]
) -> Values:
    """What a method of a constant or a collection gives."""
    found: Values = ()
    for value in base:
        if isinstance(value, Const):
            found = merge(found, _text_method(value, name, arguments, keywords))
        elif isinstance(value, Seq | Map):
            if name in _STORE_METHODS:
                for given in (*arguments, *keywords.values()):
                    resolver.put(value, given)
            if name in ("get", "pop", "__getitem__", "setdefault") and arguments:
                found = merge(found, resolver.item((value,), arguments[0]))
            elif name == "keys":
                found = merge(found, (_keys(value),))
            elif name == "items":
                found = merge(found, (_pairs(value),))
            elif name in ("values", "copy", "popitem"):
                found = merge(found, (Seq((value.contained,)),))
            elif name not in _STORE_METHODS:
                found = merge(found, value.contained)
        elif isinstance(value, Ref) and name in ("get", "pop", "__getitem__", "setdefault") and arguments:
            found = merge(found, resolver.item((value,), arguments[0]))
    return found


def _pairs(value: Seq | Map) -> Seq:
    """What `items()` of a dictionary gives: keys with their values."""
    if isinstance(value, Seq) or value.added:
        return Seq(((Seq(((), value.contained)),),))
    known = ((Seq((_key(key), values)),) for key, values in value.items.items())
    return Seq((*known, *(((Seq(((), value.contained)),),) if not value.items else ())))


def _keys(value: Seq | Map) -> Seq:
    return Seq(tuple(map(_key, value.items)) if isinstance(value, Map) else ())


def _key(key: object) -> Values:
    return (Const(key),) if key is None or isinstance(key, str | bytes | int | float | complex) else ()


def _made_from(path: str, arguments: tuple[Values, ...]) -> str:
    """The text that an object is made from; for a path all its parts."""
    first = texts(arguments[0])[:1] if arguments else ()
    if path == "pathlib.Path" and len(arguments) > 1:
        return "/".join(part for values in arguments for part in texts(values)[:1]).replace("//", "/")
    return first[0] if first else ""


def _text_method(
    value: Const, name: str, arguments: tuple[Values, ...], keywords: Mapping[str, Values]
) -> Values:
    plain = library.plain(arguments)
    if plain is None and name == "join" and len(arguments) == 1:
        items = library.whole(arguments[0])
        plain = None if items is None else [items]
    named = library.plain(tuple(keywords.values()))
    if plain is None or named is None:
        return ()
    found = constants.method(value.value, name, plain, dict(zip(keywords, named, strict=True)))
    return (Seq(tuple((item,) for item in found)),) if len(found) > 1 else found

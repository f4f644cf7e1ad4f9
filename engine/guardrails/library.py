"""What known functions give: attribute look-ups, imports, collections and wrappers."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from engine.guardrails import known, paths
from engine.guardrails.judge import rule_of, sensitive_module
from engine.guardrails.names import Names
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


class Library(Names):
    """The functions of Python itself through which a name can be reached or handed on."""

    def invoke(
        self, callee: Values, arguments: tuple[Values, ...], keywords: Mapping[str, Values], node: ast.Call
    ) -> Values:
        """What calling any of `callee` may give; completed by `Calls`."""
        raise NotImplementedError

    def special(
        self,
        path: str,
        ref: Ref,
        arguments: tuple[Values, ...],
        keywords: Mapping[str, Values],
        node: ast.Call,
    ) -> Values | None:
        """What a function that the resolver knows gives; None for any other."""
        first = arguments[0] if arguments else ()
        if path in known.GETATTR or path.endswith(known.GETATTRIBUTE):
            return self._getattr(path, arguments, node)
        if path in known.LOADERS:
            return tuple(Ref(paths.module(text)) for text in texts(first or keywords.get("name", ())))
        if path in known.SAME:
            if path.startswith("functools.partial") and keywords:
                # What is given already may decide what the call will do: partial(open, mode="w").
                self.invoke(first, arguments[1:], keywords, node)
            return first
        if path in known.APPLY:
            return (Seq(self._mapped(first, arguments[1:], node)),)
        if path in known.COLLECT:
            return _collected(
                path, arguments, keywords, endless=path == "itertools.cycle" or len(arguments) == 1
            )
        if path in known.PICK:
            return elements(first)
        if path == "builtins.vars":
            return tuple(Ref(f"{v.path}.__dict__") for v in first if isinstance(v, Ref)) or None
        if path == "builtins.type" and len(arguments) == 1:
            return _types(first)
        if path == "builtins.super":
            return self._super()
        if path in ("operator.attrgetter()", "operator.methodcaller()") and ref.data:
            found = first
            for part in ref.data.split("."):
                found = self.attribute(found, part)
            self.judge(found, node)
            return found
        if path == "builtins.bytes" or path == "builtins.bytearray":
            return _bytes(first) or None
        return None

    def _getattr(self, path: str, arguments: tuple[Values, ...], node: ast.Call) -> Values:
        if len(arguments) < 2:
            return ()
        base, names = arguments[0], texts(arguments[1])
        found: Values = ()
        for name in names:
            if ATTRIBUTES.get(name) or (
                name.startswith("__") and name.endswith("__") and name not in known.PRIVATE_OK
            ):
                self.report("G501", node, f"getattr(?, {name!r})")
            found = merge(found, self.attribute(base, name))
        self.judge(found, node)
        if not names or UNKNOWN in arguments[1]:
            for value in base:
                if isinstance(value, Ref) and sensitive_module(value.path):
                    self.report("G205", node, f"{value.path}.?")
        return found

    def _mapped(self, function: Values, iterables: tuple[Values, ...], node: ast.Call) -> tuple[Values, ...]:
        if len(iterables) == 1 and len(iterables[0]) == 1:
            only = iterables[0][0]
            if isinstance(only, Seq) and 0 < len(only.items) <= 64:
                return tuple(self.invoke(function, (item,), {}, node) for item in only.items)
        return (self.invoke(function, tuple(elements(values) for values in iterables), {}, node),)

    def _super(self) -> Values:
        owner = self.function.owner if self.function else None
        if owner is None:
            return ()
        return tuple(
            Class(base.info, True) if isinstance(base, Class) else Ref(paths.result(base.path))
            for base in owner.bases
            if isinstance(base, Class | Ref)
        )

    def passes_modules(self, path: str, arguments: tuple[Values, ...], node: ast.Call) -> None:
        """Report a sensitive module handed to a function that nothing is known about."""
        if rule_of(path) is not None or path in CALLS or path in known.MODULE_SAFE:
            return
        for values in arguments:
            for value in values:
                if isinstance(value, Ref) and "." not in value.path and sensitive_module(value.path):
                    self.report("G507", node, value.path)


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

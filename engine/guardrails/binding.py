"""Binds targets: names, unpacking, attributes and items."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.guardrails.values import Class, Function, Map, Seq, Values, elements, merge

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver


def assign(resolver: Resolver, target: ast.expr, values: Values) -> None:
    """Let `target` stand for `values` too."""
    if type(target) is ast.Name:
        resolver.bind(target.id, values)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(resolver, target.elts, values)
    elif isinstance(target, ast.Starred):
        assign(resolver, target.value, (Seq((elements(values),)),) if values else ())
    elif isinstance(target, ast.Attribute):
        _set_attribute(resolver, target, values)
    elif isinstance(target, ast.Subscript):
        base = resolver.value(target.value)
        resolver.value(target.slice)
        for one in base:
            if isinstance(one, Seq | Map):
                resolver.put(one, values)
        resolver.hooks(target)


def _unpack(resolver: Resolver, targets: list[ast.expr], values: Values) -> None:
    starred = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    unpacked = False
    for value in values:
        if not isinstance(value, Seq) or (starred is None and len(value.items) != len(targets)):
            continue
        items = value.items
        if starred is None:
            for target, item in zip(targets, items, strict=True):
                assign(resolver, target, item)
            unpacked = True
            continue
        after = len(targets) - starred - 1
        if len(items) < starred + after:
            continue
        middle = items[starred : len(items) - after]
        ends = [*items[:starred], *items[len(items) - after :]] if after else [*items[:starred]]
        plain = [t for t in targets if not isinstance(t, ast.Starred)]
        for target, item in zip(plain, ends, strict=True):
            assign(resolver, target, item)
        inner = targets[starred]
        if isinstance(inner, ast.Starred):
            assign(resolver, inner.value, (Seq(middle),))
        return
    inside = () if unpacked else elements(values)
    for target in targets if not unpacked else ():
        assign(resolver, target, inside)


def _set_attribute(resolver: Resolver, target: ast.Attribute, values: Values) -> None:
    base = resolver.value(target.value)
    resolver.defined.add(target.attr)
    for one in base:
        if isinstance(one, Map):
            one.items[target.attr] = merge(one.items.get(target.attr, ()), values)
        elif isinstance(one, (Class, Function)):
            if one.info.attributes is None:
                one.info.attributes = {}
            known = one.info.attributes.get(target.attr, ())
            merged = merge(known, values)
            if merged != known:
                one.info.attributes[target.attr] = merged
                resolver.note_late(target.attr, values)
    resolver.hooks(target)
    resolver.judge_attribute(target.attr, base, target)

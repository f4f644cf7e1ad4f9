"""Binds the names that match patterns capture."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.guardrails.values import Seq, Values, elements

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver


def capture(resolver: Resolver, pattern: ast.pattern, subject: Values) -> None:
    """Let the names in `pattern` stand for the parts of `subject` that they match."""
    if isinstance(pattern, ast.MatchAs):
        if pattern.pattern is not None:
            capture(resolver, pattern.pattern, subject)
        if pattern.name:
            resolver.bind(pattern.name, subject)
    elif isinstance(pattern, ast.MatchStar):
        if pattern.name:
            resolver.bind(pattern.name, (Seq((elements(subject) or subject,)),) if subject else ())
    elif isinstance(pattern, ast.MatchSequence):
        _items(resolver, pattern.patterns, subject)
    elif isinstance(pattern, ast.MatchOr):
        for choice in pattern.patterns:
            capture(resolver, choice, subject)
    elif isinstance(pattern, ast.MatchMapping):
        for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
            capture(resolver, inner, resolver.item(subject, resolver.value(key)))
        if pattern.rest:
            resolver.bind(pattern.rest, subject)
    elif isinstance(pattern, ast.MatchClass):
        _attributes(resolver, pattern, subject)
    elif isinstance(pattern, ast.MatchValue):
        resolver.value(pattern.value)


def _attributes(resolver: Resolver, pattern: ast.MatchClass, subject: Values) -> None:
    resolver.value(pattern.cls)
    for inner in pattern.patterns:
        capture(resolver, inner, subject)
    for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
        resolver.judge_attribute(name, subject, pattern)
        values = resolver.attribute(subject, name)
        resolver.judge(values, pattern)
        capture(resolver, inner, values)


def _items(resolver: Resolver, patterns: list[ast.pattern], subject: Values) -> None:
    for value in subject:
        if isinstance(value, Seq) and len(value.items) == len(patterns):
            for inner, item in zip(patterns, value.items, strict=True):
                capture(resolver, inner, item)
            return
    for inner in patterns:
        capture(resolver, inner, elements(subject))

"""Binds targets: names, unpacking, attributes, items and match patterns."""

from __future__ import annotations

import ast

from engine.guardrails.expressions import Expressions
from engine.guardrails.judge import risky
from engine.guardrails.values import Class, Function, Map, Seq, Values, elements, merge


class Binding(Expressions):
    """Where values go."""

    def assign(self, target: ast.expr, values: Values) -> None:
        """Let `target` stand for `values` too."""
        if type(target) is ast.Name:
            self.bind(target.id, values)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, values)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, (Seq((elements(values),)),) if values else ())
        elif isinstance(target, ast.Attribute):
            self._set_attribute(target, values)
        elif isinstance(target, ast.Subscript):
            base = self.value(target.value)
            self.value(target.slice)
            for one in base:
                if isinstance(one, Seq | Map):
                    one.contained = merge(one.contained, merge(values, elements(values)))
            self.hooks(target)

    def _unpack(self, targets: list[ast.expr], values: Values) -> None:
        starred = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        for value in values:
            if not isinstance(value, Seq) or (starred is None and len(value.items) != len(targets)):
                continue
            items = value.items
            if starred is None:
                for target, item in zip(targets, items, strict=True):
                    self.assign(target, item)
                return
            after = len(targets) - starred - 1
            if len(items) < starred + after:
                continue
            middle = items[starred : len(items) - after]
            ends = [*items[:starred], *items[len(items) - after :]] if after else [*items[:starred]]
            plain = [t for t in targets if not isinstance(t, ast.Starred)]
            for target, item in zip(plain, ends, strict=True):
                self.assign(target, item)
            inner = targets[starred]
            if isinstance(inner, ast.Starred):
                self.assign(inner.value, (Seq(middle),))
            return
        inside = elements(values)
        for target in targets:
            self.assign(target, inside)

    def _set_attribute(self, target: ast.Attribute, values: Values) -> None:
        base = self.value(target.value)
        self.defined.add(target.attr)
        for one in base:
            if isinstance(one, Class):
                known = one.info.attributes.get(target.attr, ())
                merged = merge(known, values)
                if merged != known:
                    one.info.attributes[target.attr] = merged
                    if target.attr in self.used:
                        self.note_late(values)
        self.hooks(target)
        self.judge_attribute(target.attr, base, target)

    def note_late(self, values: Values) -> None:
        """Ask for another reading when something risky became known after it may have been used."""
        if risky(values):
            self.late = True

    def decorate(self, decorators: Values, values: Values) -> None:
        """A decorator of this file receives what it decorates."""
        for decorator in decorators:
            if isinstance(decorator, Function):
                self.call_function(decorator, (values,), {})

    def pattern(self, pattern: ast.pattern, subject: Values) -> None:
        """Bind the names that a match pattern captures."""
        if isinstance(pattern, ast.MatchAs):
            if pattern.pattern is not None:
                self.pattern(pattern.pattern, subject)
            if pattern.name:
                self.bind(pattern.name, subject)
        elif isinstance(pattern, ast.MatchStar):
            if pattern.name:
                self.bind(pattern.name, (Seq((elements(subject) or subject,)),) if subject else ())
        elif isinstance(pattern, ast.MatchSequence):
            self._pattern_items(pattern.patterns, subject)
        elif isinstance(pattern, ast.MatchOr):
            for choice in pattern.patterns:
                self.pattern(choice, subject)
        elif isinstance(pattern, ast.MatchMapping):
            for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
                self.pattern(inner, self.item(subject, self.value(key)))
            if pattern.rest:
                self.bind(pattern.rest, subject)
        elif isinstance(pattern, ast.MatchClass):
            self.value(pattern.cls)
            for inner in pattern.patterns:
                self.pattern(inner, subject)
            for name, inner in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
                self.judge_attribute(name, subject, pattern)
                values = self.attribute(subject, name)
                self.judge(values, pattern)
                self.pattern(inner, values)
        elif isinstance(pattern, ast.MatchValue):
            self.value(pattern.value)

    def _pattern_items(self, patterns: list[ast.pattern], subject: Values) -> None:
        for value in subject:
            if isinstance(value, Seq) and len(value.items) == len(patterns):
                for inner, item in zip(patterns, value.items, strict=True):
                    self.pattern(inner, item)
                return
        for inner in patterns:
            self.pattern(inner, elements(subject))

"""Literals: constants, collections and texts with replaced fields."""

from __future__ import annotations

import ast

from engine.guardrails import constants
from engine.guardrails.comprehensions import Comprehensions
from engine.guardrails.values import Const, Map, Seq, Values


class Literals(Comprehensions):
    """What is written out in the source."""

    def constant(self, node: ast.Constant) -> Values:
        value = node.value
        return () if value is ... else (Const(value),)

    def sequence(self, node: ast.Tuple | ast.List | ast.Set) -> Values:
        items: list[Values] = []
        for element in node.elts:
            values = self.value(element)
            if type(element) is ast.Starred and len(values) == 1 and isinstance(values[0], Seq):
                items.extend(values[0].items)
            else:
                items.append(values)
        return (Seq(tuple(items)),)

    def dict(self, node: ast.Dict) -> Values:
        items: dict[object, Values] = {}
        others: list[Values] = []
        for key, item in zip(node.keys, node.values, strict=True):
            keys = self.value(key) if key is not None else ()
            values = self.value(item)
            if len(keys) == 1 and isinstance(keys[0], Const):
                items[keys[0].value] = values
            elif values:
                others.append(values)
        self.hooks(node)
        return (Map(items, tuple(others)),)

    def joined(self, node: ast.JoinedStr) -> Values:
        text: str | None = ""
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                values = self.value(part.value)
                spec = self.value(part.format_spec) if part.format_spec else (Const(""),)
                piece = None
                if len(values) == 1 and isinstance(values[0], Const) and spec and isinstance(spec[0], Const):
                    piece = constants.formatted(values[0].value, part.conversion, str(spec[0].value))
                text = None if text is None or piece is None else text + piece
            elif text is not None and isinstance(part, ast.Constant):
                text += str(part.value)
        return () if text is None or len(text) > constants.LIMIT else (Const(text),)

"""Import statements: which names come in, and which of them matter even when unused."""

from __future__ import annotations

import ast

from engine.guardrails import paths
from engine.guardrails.binding import Binding
from engine.guardrails.judge import rule_of
from engine.guardrails.values import Ref, Values


class Imports(Binding):
    """Binds what import statements bring in."""

    def import_module(self, node: ast.Import) -> None:
        """`import module`, under its own name or another."""
        self.hooks(node)
        for alias in node.names:
            path = paths.module(alias.name)
            self._note_import(path, node)
            if alias.asname:
                self.bind(alias.asname, (Ref(path),))
            else:
                top = alias.name.partition(".")[0]
                self.bind(top, (Ref(paths.module(top)),))

    def import_names(self, node: ast.ImportFrom) -> None:
        """`from module import names`, a star included."""
        self.hooks(node)
        origin = "" if node.level else paths.module(node.module or "")
        for alias in node.names:
            if alias.name == "*":
                if origin:
                    self.stars[origin] = None
                continue
            values: Values = ()
            if origin:
                path = paths.member(origin, alias.name)
                self._note_import(path, node)
                values = (Ref(path),)
            self.bind(alias.asname or alias.name, values)

    def _note_import(self, path: str, node: ast.AST) -> None:
        rule = rule_of(path)
        if rule is not None:
            self.imported.setdefault(path, (rule, node))

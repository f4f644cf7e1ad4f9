"""One source file as the templates see it: nodes with their text, places and names in scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from engine.providers.search.hints import NO_HINTS, Hints
from engine.providers.search.mutation import Edit, Mutation
from engine.providers.search.scopes import Function, local_names, stored
from engine.providers.search.source import Source

_TIGHT = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Attribute, ast.Subscript, ast.IfExp, ast.Await)
_LOOSE = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.Await, ast.NamedExpr)


class Code(Source):
    """A parsed source file and the function that is to be repaired ("" for all of them).

    Raises SyntaxError when `text` does not parse.
    """

    def __init__(self, text: str, function: str = "", hints: Hints = NO_HINTS) -> None:
        super().__init__(text)
        self.tree = ast.parse(text)
        self.function = function.rpartition(".")[2]
        self.hints = hints
        self.seen: Mapping[str, str] = {}  # "function name" to the kind of value it held as the tests ran
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._locals = {function: local_names(function, self.parents) for function in self.functions}

    def owner(self, node: ast.AST) -> Function | None:
        """The innermost function that a node stands in."""
        while (node := self.parents.get(node, self.tree)) is not self.tree:
            if isinstance(node, Function):
                return node
        return None

    def outermost(self, node: ast.AST) -> Function | None:
        """The outermost function that a node stands in."""
        found = None
        while (owner := self.owner(node)) is not None:
            node = found = owner
        return found

    def looped(self, node: ast.AST) -> bool:
        """Whether a node stands in a loop of its own function."""
        parent = self.parents.get(node)
        while parent is not None and not isinstance(parent, Function):
            if isinstance(parent, ast.For | ast.While):
                return True
            parent = self.parents.get(parent)
        return False

    def weight(self, node: ast.AST) -> float:
        """How likely a node is to be the place before any test has run: the named function first."""
        if not self.function:
            return 1.0
        owner: ast.AST | None = node
        while owner is not None:
            if isinstance(owner, Function) and owner.name == self.function:
                return 1.0
            owner = self.parents.get(owner)
        return 0.2

    @cached_property
    def functions(self) -> list[Function]:
        """Every function of the file, methods and inner ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def scope(self, node: ast.AST) -> list[str]:
        """Names of values that a node can use: arguments, locals, and those of enclosing comprehensions."""
        names: dict[str, None] = {}
        current: ast.AST | None = node
        while current is not None:
            for generator in getattr(current, "generators", []):
                names.update(dict.fromkeys(stored(generator.target)))
            if isinstance(current, ast.Lambda):
                names.update(dict.fromkeys(arg.arg for arg in current.args.args))
            if isinstance(current, Function):
                names.update(dict.fromkeys(self._locals[current]))
            current = self.parents.get(current)
        return list(names)

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Every statement inside a function, docstrings left out."""
        return [
            n for n in ast.walk(self.tree) if isinstance(n, ast.stmt) and self.owner(n) and not docstring(n)
        ]

    @cached_property
    def expressions(self) -> list[ast.expr]:
        """Every expression that has a value of its own: no annotations, docstrings or pieces of f-strings."""
        return list(self._walk(self.tree))

    def _walk(self, node: ast.AST) -> Iterator[ast.expr]:
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "decorator_list"} or isinstance(node, ast.JoinedStr):
                continue
            for child in value if isinstance(value, list) else [value]:
                if not isinstance(child, ast.AST) or (isinstance(child, ast.stmt) and docstring(child)):
                    continue
                if isinstance(child, ast.expr) and not isinstance(child, ast.Slice | ast.Starred):
                    yield child
                yield from self._walk(child)

    def block(self, node: ast.stmt) -> list[ast.stmt]:
        """The list of statements that a statement stands in."""
        parent = self.parents[node]
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, [])
            if isinstance(block, list) and node in block:
                return list(block)
        return [node]

    def fit(self, node: ast.expr, text: str) -> str:
        """`text` in parentheses where it would otherwise fall apart in the node's place."""
        start, end = self.span(node)
        if self.text[start - 1 : start] == "(" and self.text[end : end + 1] == ")":
            return text
        if not isinstance(self.parents.get(node), _TIGHT):
            return text
        try:
            new = ast.parse(text.strip(), mode="eval").body
        except SyntaxError:
            return text
        binds_alike = _binding(new) == _binding(node) != ""
        return f"({text})" if isinstance(new, _LOOSE) and not binds_alike else text

    def put(self, node: ast.expr, text: str, template: str, prior: float, literal: bool = False) -> Mutation:
        """The mutation that puts `text` in a node's place."""
        start, end = self.span(node)
        note = f"`{_short(self.text[start:end])}` → `{_short(text)}` on line {node.lineno}"
        edit = Edit(start, end, self.fit(node, text))
        return Mutation((edit,), template, prior * self.weight(node), node.lineno, note, literal)

    def rewrite(self, node: ast.stmt, text: str, template: str, prior: float) -> Mutation:
        """The mutation that puts `text` in a statement's place."""
        start, end = self.span(node)
        note = f"`{_short(self.text[start:end])}` → `{_short(text)}` on line {node.lineno}"
        return Mutation((Edit(start, end, text),), template, prior * self.weight(node), node.lineno, note)

    def insert(
        self,
        node: ast.stmt,
        text: str,
        template: str,
        prior: float,
        *,
        after: bool = False,
        literal: bool = False,
    ) -> Iterator[Mutation]:
        """The mutation that puts a new statement before or after one that has its lines to itself."""
        indent, lines = self.indent(node), self.lines(node)
        if indent is None or lines is None:
            return
        place = lines[1] if after else lines[0]
        block = "".join(f"{indent}{line}\n" for line in text.split("\n"))
        if after and not self.text[: lines[1]].endswith("\n"):
            block = "\n" + block
        where = "after" if after else "before"
        note = f"`{_short(text)}` {where} line {(node.end_lineno or 0) if after else node.lineno}"
        edit = Edit(place, place, block)
        line = (node.end_lineno or node.lineno) if after else node.lineno
        yield Mutation((edit,), template, prior * self.weight(node), line, note, literal)


def docstring(node: ast.stmt) -> bool:
    """Whether a statement is a string and nothing else."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 48 else f"{line[:45]}…"


def _binding(node: ast.expr) -> str:
    """How tightly an operator binds, by a name: one may stand in another's place when it is the same."""
    match node:
        case ast.Compare():
            return "comparison"
        case ast.BoolOp():
            return type(node.op).__name__
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return "sum"
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod()):
            return "product"
    return ""

"""Names in scope at one place, the kinds of their values, and what their function says of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import product

from engine.providers.search.code import Code
from engine.providers.search.kinds import whole_kind

SIZED = {"list", "str", "tuple", "dict", "set", "range", "deque", ""}
BUILTINS = frozenset(("len", "abs", "float", "int", "str", "sum", "max", "min", "set", "sorted", "ord"))
MOST_OWN = 5
_ORDERED = {"list", "str", "tuple", "range", "deque", ""}
_MOST_NAMES = 8


class InScope:
    """Names that can be used at `place`, those of its own statement first; `kind` is what each holds."""

    def __init__(self, code: Code, place: ast.AST) -> None:
        self._code = code
        names = code.scope(place)
        near = {n.id: None for n in _around(code, place) if n.id in names}
        self.names = [*near, *(name for name in names if name not in near)][:_MOST_NAMES]
        self.kind = {name: whole_kind(code, name, place).split() or [""] for name in self.names}
        self._place = place

    def of(self, *kinds: str) -> list[str]:
        """Names that hold one of the kinds, or whose kind is not known."""
        return [name for name in self.names if self.kind[name][0] in kinds or self.kind[name] == [""]]

    def known(self, *kinds: str) -> list[str]:
        """Names that are known to hold one of the kinds."""
        return [name for name in self.names if self.kind[name][0] in kinds]

    def held_by(self, name: str) -> str:
        """The kind of a container's elements, "" where it is not known."""
        kind = self.kind.get(name, [""])
        return "str" if kind[0] == "str" else kind[-1] if len(kind) > 1 else ""

    def elements(self, *kinds: str) -> Iterator[str]:
        """Elements of containers that are of one of the kinds or unknown: at ends, at names, by key."""
        for box in self.of(*_ORDERED):
            if self.held_by(box) in {*kinds, ""}:
                for at in self._indexes(box):
                    yield f"{box}[{at}]"
        for box in self.of("dict", "defaultdict", "Counter"):
            if self.kind[box][0] and self.held_by(box) in {*kinds, ""}:
                yield from (f"{box}[{key}]" for key in self.names if key != box)

    def _indexes(self, box: str) -> Iterator[str]:
        ints = [n for n in self.of("int") if n != box and self.kind[n] != [""]]
        yield from ("0", "-1", *ints)
        for name in ints:
            yield from (f"{name} - 1", f"{name} + 1", f"-{name} - 1")
        yield "1"

    def own(self) -> Iterator[str]:
        """Calls of the file's own functions of one or two arguments."""
        for function in self._code.functions[:MOST_OWN]:
            match len(function.args.args):
                case 1:
                    yield from (f"{function.name}({name})" for name in self.names)
                case 2:
                    for one, two in product(self.names[:3], self.names[:3]):
                        if one != two:
                            yield f"{function.name}({one}, {two})"

    def written(self, *types: type[ast.expr]) -> Iterator[str]:
        """Short expressions of the same function that use only what is in scope here."""
        function = self._code.outermost(self._place)
        for node in ast.walk(function) if function else ():
            if isinstance(node, types) and isinstance(getattr(node, "ctx", None), ast.Load):
                parent = self._code.parents.get(node)
                called = isinstance(parent, ast.Call) and parent.func is node
                used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                own = used & {*self.names}
                if own and used - own <= BUILTINS and not called and len(text := self._code.src(node)) < 30:
                    yield text

    def constants(self, types: tuple[type, ...]) -> list[str]:
        """Short constants of the same function."""
        function = self._code.outermost(self._place)
        found: dict[str, None] = {}
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Constant) and type(node.value) in types and len(repr(node.value)) < 16:
                found[repr(node.value)] = None
        return list(found)[:6]


def _around(code: Code, place: ast.AST) -> Iterable[ast.Name]:
    """Names of the statement that a place stands in."""
    current: ast.AST | None = place
    while current is not None and not isinstance(current, ast.stmt):
        current = code.parents.get(current)
    return [n for n in ast.walk(current) if isinstance(n, ast.Name)] if current is not None else []

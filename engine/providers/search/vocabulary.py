"""Small expressions over the names in scope at one place, by the kind of value they give, likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product

from engine.providers.search.code import Code
from engine.providers.search.elements import PREDICATES, filtered, quantified, tests_of_element
from engine.providers.search.kinds import whole_kind

_NUMBERS, _SIZED = {"int", "float", "bool", ""}, {"list", "str", "tuple", "dict", "set", "range", "deque", ""}
_ORDERED = {"list", "str", "tuple", "range", "deque", ""}
_MOST_NAMES, _MOST_ATOMS, _MOST_OWN = 8, 16, 5
_ARITHMETIC = ("+", "-", "*", "//", "%")
_ORDER = ("==", "<", ">", "<=", ">=", "!=")
_BUILTINS = frozenset(("len", "abs", "float", "int", "str", "sum", "max", "min", "set", "sorted", "ord"))


class Vocabulary:
    """What can be said at `place`; every list is ordered by how likely it is to be meant."""

    def __init__(self, code: Code, place: ast.AST) -> None:
        self._code = code
        names = code.scope(place)
        near = {n.id: None for n in _around(code, place) if n.id in names}
        self.names = [*near, *(name for name in names if name not in near)][:_MOST_NAMES]
        self._kind = {name: whole_kind(code, name, place).split() or [""] for name in self.names}
        self._place = place

    def of(self, *kinds: str) -> list[str]:
        """Names that hold one of the kinds, or whose kind is not known."""
        return [name for name in self.names if self._kind[name][0] in kinds or self._kind[name] == [""]]

    def known(self, *kinds: str) -> list[str]:
        """Names that are known to hold one of the kinds."""
        return [name for name in self.names if self._kind[name][0] in kinds]

    def held_by(self, name: str) -> str:
        """The kind of a container's elements, "" where it is not known."""
        kind = self._kind.get(name, [""])
        return "str" if kind[0] == "str" else kind[-1] if len(kind) > 1 else ""

    def elements(self, *kinds: str) -> Iterator[str]:
        """Elements of containers that are of one of the kinds or unknown: at ends, at names, by key."""
        for box in self.of(*_ORDERED):
            if self.held_by(box) in {*kinds, ""}:
                for at in self._indexes(box):
                    yield f"{box}[{at}]"
        for box in self.of("dict", "defaultdict", "Counter"):
            if self._kind[box][0] and self.held_by(box) in {*kinds, ""}:
                yield from (f"{box}[{key}]" for key in self.names if key != box)

    def _indexes(self, box: str) -> Iterator[str]:
        ints = [n for n in self.of("int") if n != box and self._kind[n] != [""]]
        yield from ("0", "-1", *ints)
        for name in ints:
            yield from (f"{name} - 1", f"{name} + 1", f"-{name} - 1")
        yield "1"

    @cached_property
    def numbers(self) -> list[str]:
        """Numbers: names, lengths, elements, small constants, sums and extremes."""
        known = [n for n in self.names if self._kind[n][0] in {"int", "float"}]
        sized = [n for n in self.of(*_SIZED) if self._kind[n] != [""]]
        found = [*known, *(f"len({name})" for name in sized)]
        for name in sized:
            if self.held_by(name) in {"int", "float"}:
                found += [f"sum({name})", f"max({name})", f"min({name})"]
        found += [*self._written(ast.Subscript, ast.Attribute, ast.Call), *self._constants((int, float))]
        found += ["1", "2", "0", *(n for n in self.names if self._kind[n] == [""])]
        found += [*self.elements("int", "float"), *self._own()]
        boxes = self.known("list", "str", "tuple")
        found += [f"{box}.count({name})" for box in boxes for name in self.names if box != name]
        found += [
            f"{wrap}({name})"
            for name in self.of("str")
            for wrap in ("int", "ord")
            if self._kind[name] != [""]
        ]
        found += [f"abs({name})" for name in known]
        return list(dict.fromkeys(found))

    @cached_property
    def texts(self) -> list[str]:
        """Strings: names, elements, what the function writes, changes of case and order."""
        names = [n for n in self.of("str") if self._kind[n] != [""]]
        found = [*names, *self._constants((str,)), *self.elements("str"), "''", "' '"]
        for form in (
            "{}[::-1]",
            "{}.lower()",
            "{}.upper()",
            "{}[1:]",
            "{}[:-1]",
            "{}.strip()",
            "{}.swapcase()",
        ):
            found += [form.format(name) for name in names]
        found += [f"str({name})" for name in self.of("int", "float") if self._kind[name] != [""]]
        return list(dict.fromkeys([*found, *self._own()]))

    @cached_property
    def lists(self) -> list[str]:
        """Lists: names, parts, sorted, reversed, made of one element."""
        names = [n for n in self.of("list", "tuple") if self._kind[n] != [""]]
        found = [*names, *self._written(ast.Subscript)]
        for form in (
            "sorted({})",
            "{}[1:]",
            "{}[:-1]",
            "{}[::-1]",
            "sorted({}, reverse=True)",
            "list(set({}))",
        ):
            found += [form.format(name) for name in names]
        found += [f"[{name}]" for name in self.names if name not in names]
        found += [
            *self.elements("list", "tuple"),
            "[]",
            *(f"list({n})" for n in self.of("str", "set", "range")),
        ]
        return list(dict.fromkeys([*found, *self._own()]))

    def sums(self) -> Iterator[str]:
        """Two numbers joined by an operator, and these with one more or less."""
        atoms = self.numbers[:_MOST_ATOMS]
        for sign, (one, two) in _diagonal(_ARITHMETIC, atoms):
            if (one == two and sign in "-%//") or (_plain(one) and _plain(two)):
                continue
            if sign in "+*" and atoms.index(one) > atoms.index(two):
                continue
            yield f"{one} {sign} {two}"
        for one, two in product(atoms[:6], atoms[:6]):
            if not (_plain(one) and _plain(two)) and one != two:
                yield from (
                    f"({one} + {two}) // 2",
                    f"{one} - {two} - 1",
                    f"{one} - {two} + 1",
                    f"{one} * ({two} + 1)",
                )

    def triples(self) -> Iterator[str]:
        """Three numbers joined by two operators."""
        atoms = self.numbers[:6]
        for one, two, three in product(atoms, repeat=3):
            if sum(map(_plain, (one, two, three))) < 2 and two != three:
                yield from (
                    f"{one} * {two} / {three}",
                    f"({one} + {two}) / {three}",
                    f"{one} + {two} + {three}",
                )
                yield from (
                    f"{one} - {two} * {three}",
                    f"{one} * {two} + {three}",
                    f"({one} - {two}) * {three}",
                )
                yield from (
                    f"({one} + {two}) % {three}",
                    f"{one} * {two} % {three}",
                    f"{one} * ({two} + {three})",
                )

    def filtered(self) -> Iterator[str]:
        """Comprehensions over a list that keep some of its elements."""
        for box in self.known("list", "tuple", "str", "set"):
            yield from filtered(box, self._of_element(box))

    def quantified(self) -> Iterator[str]:
        """Conditions on all or any of a container's elements."""
        for box in self.known("list", "tuple", "str", "dict", "set"):
            yield from quantified(box, self._of_element(box))

    def _of_element(self, box: str) -> list[str]:
        own = [f.name for f in self._code.functions[:_MOST_OWN] if len(f.args.args) == 1]
        return tests_of_element(box, self.held_by(box), self.names, self.known, own)

    def joined(self, kind: str) -> Iterator[str]:
        """Two strings or two lists joined."""
        atoms = (self.texts if kind == "text" else self.lists)[:_MOST_ATOMS]
        for one, two in product(atoms, atoms):
            if one != two and not (_quoted(one) and _quoted(two)):
                yield f"{one} + {two}"

    @cached_property
    def tests(self) -> list[str]:
        """Conditions: order between numbers, divisibility, membership, equality, predicates."""
        found: list[str] = []
        numbers, texts = self.numbers[:_MOST_ATOMS], self.texts[:8]
        found += self._compared()
        found += [f"{one} in {box}" for box in self.of(*_SIZED) for one in self.names if one != box]
        found += [f"{one} not in {box}" for box in self.of(*_SIZED) for one in self.names if one != box]
        found += [form.format(call) for call in self._own() for form in ("{}", "not {}")]
        strings = [n for n in self.of("str") if self._kind[n] != [""]]
        found += [f"{name}.{test}" for name in strings for test in PREDICATES]
        found += [f"{name} == {name}[::-1]" for name in self.of("str", "list") if self._kind[name] != [""]]
        for name in self.of("list"):
            if self._kind[name] != [""]:
                found += [f"{name} == sorted({name})", f"len({name}) == len(set({name}))"]
        for sign, (one, two) in _diagonal(_ORDER, numbers):
            if one != two and not (_plain(one) and (_plain(two) or sign in "==!=")) and not (_plain(one)):
                found.append(f"{one} {sign} {two}")
        for one, two in product(numbers[:8], numbers[:8]):
            if one != two and not _plain(one) and two not in {"0", "1"}:
                found += [f"{one} % {two} == 0", f"{one} % {two} != 0"]
        for one, two in product(texts, texts):
            if one != two and not _quoted(one):
                found += [f"{one} == {two}", f"{one} != {two}"]
        found += [form.format(name) for name in self.names for form in ("{}", "not {}", "{} is None")]
        return list(dict.fromkeys([*found, *self.quantified()]))

    def _compared(self) -> Iterator[str]:
        """Comparisons that the function makes, with each other operator."""
        function = self._code.outermost(self._place)
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Compare) and len(node.ops) == 1:
                used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                if used - _BUILTINS <= {*self.names}:
                    left, right = self._code.src(node.left), self._code.src(node.comparators[0])
                    yield from (f"{left} {sign} {right}" for sign in _ORDER)

    def _own(self) -> Iterator[str]:
        """Calls of the file's own functions of one or two arguments."""
        for function in self._code.functions[:_MOST_OWN]:
            match len(function.args.args):
                case 1:
                    yield from (f"{function.name}({name})" for name in self.names)
                case 2:
                    for one, two in product(self.names[:3], self.names[:3]):
                        if one != two:
                            yield f"{function.name}({one}, {two})"

    def _written(self, *types: type[ast.expr]) -> Iterator[str]:
        """Short expressions of the same function that use only what is in scope here."""
        function = self._code.outermost(self._place)
        for node in ast.walk(function) if function else ():
            if isinstance(node, types) and isinstance(getattr(node, "ctx", None), ast.Load):
                parent = self._code.parents.get(node)
                called = isinstance(parent, ast.Call) and parent.func is node
                used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                own = used & {*self.names}
                if own and used - own <= _BUILTINS and not called and len(text := self._code.src(node)) < 30:
                    yield text

    def _constants(self, types: tuple[type, ...]) -> list[str]:
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


def _diagonal(signs: Iterable[str], atoms: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every sign with every pair, the pairs of likely atoms first."""
    pairs = sorted(product(range(len(atoms)), repeat=2), key=sum)
    for one, two in pairs:
        for sign in signs:
            yield sign, (atoms[one], atoms[two])


def _plain(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _quoted(text: str) -> bool:
    return text[:1] in "'\""

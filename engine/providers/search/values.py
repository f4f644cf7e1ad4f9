"""Small expressions over the names in scope, by the kind of value they give, likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product

from engine.providers.search.in_scope import SIZED, InScope

MOST_ATOMS = 16
_ARITHMETIC = ("+", "-", "*", "//", "%")


class Values(InScope):
    """Numbers, texts and lists that can be said at a place."""

    @cached_property
    def numbers(self) -> list[str]:
        """Numbers: names, lengths, elements, small constants, sums and extremes."""
        known = [n for n in self.names if self.kind[n][0] in {"int", "float"}]
        sized = [n for n in self.of(*SIZED) if self.kind[n] != [""]]
        found = [*known, *(f"len({name})" for name in sized)]
        for name in sized:
            if self.held_by(name) in {"int", "float"}:
                found += [f"sum({name})", f"max({name})", f"min({name})"]
        found += [*self.written(ast.Subscript, ast.Attribute, ast.Call), *self.constants((int, float))]
        found += ["1", "2", "0", *(n for n in self.names if self.kind[n] == [""])]
        found += [*self.elements("int", "float"), *self.own()]
        boxes = self.known("list", "str", "tuple")
        found += [f"{box}.count({name})" for box in boxes for name in self.names if box != name]
        found += [
            f"{wrap}({name})" for name in self.of("str") for wrap in ("int", "ord") if self.kind[name] != [""]
        ]
        found += [f"abs({name})" for name in known]
        return list(dict.fromkeys(found))

    @cached_property
    def texts(self) -> list[str]:
        """Strings: names, elements, what the function writes, changes of case and order."""
        names = [n for n in self.of("str") if self.kind[n] != [""]]
        found = [*names, *self.constants((str,)), *self.elements("str"), "''", "' '"]
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
        found += [f"str({name})" for name in self.of("int", "float") if self.kind[name] != [""]]
        return list(dict.fromkeys([*found, *self.own()]))

    @cached_property
    def lists(self) -> list[str]:
        """Lists: names, parts, sorted, reversed, made of one element."""
        names = [n for n in self.of("list", "tuple") if self.kind[n] != [""]]
        found = [*names, *self.written(ast.Subscript)]
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
        return list(dict.fromkeys([*found, *self.own()]))

    def sums(self) -> Iterator[str]:
        """Two numbers joined by an operator, and these with one more or less."""
        atoms = self.numbers[:MOST_ATOMS]
        for sign, (one, two) in diagonal(_ARITHMETIC, atoms):
            if (one == two and sign in "-%//") or (is_number(one) and is_number(two)):
                continue
            if sign in "+*" and atoms.index(one) > atoms.index(two):
                continue
            yield f"{one} {sign} {two}"
        for one, two in product(atoms[:6], atoms[:6]):
            if not (is_number(one) and is_number(two)) and one != two:
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
            if sum(map(is_number, (one, two, three))) < 2 and two != three:
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

    def joined(self, kind: str) -> Iterator[str]:
        """Two strings or two lists joined."""
        atoms = (self.texts if kind == "text" else self.lists)[:MOST_ATOMS]
        for one, two in product(atoms, atoms):
            if one != two and not (is_quoted(one) and is_quoted(two)):
                yield f"{one} + {two}"


def diagonal(signs: Iterable[str], atoms: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every sign with every pair, the pairs of likely atoms first."""
    pairs = sorted(product(range(len(atoms)), repeat=2), key=sum)
    for one, two in pairs:
        for sign in signs:
            yield sign, (atoms[one], atoms[two])


def is_number(text: str) -> bool:
    """Whether an expression is a number and nothing else."""
    return text.lstrip("-").replace(".", "", 1).isdigit()


def is_quoted(text: str) -> bool:
    """Whether an expression begins with a written string."""
    return text[:1] in "'\""

"""All that can be said at one place: values, and the conditions that can be made of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from itertools import product

from engine.providers.search.elements import PREDICATES, filtered, quantified, tests_of_element
from engine.providers.search.in_scope import BUILTINS, MOST_OWN, SIZED
from engine.providers.search.values import MOST_ATOMS, Values, diagonal, is_number, is_quoted

_ORDER = ("==", "<", ">", "<=", ">=", "!=")


class Vocabulary(Values):
    """What can be said at a place; every list is ordered by how likely it is to be meant."""

    @cached_property
    def tests(self) -> list[str]:
        """Conditions: order between numbers, divisibility, membership, equality, predicates."""
        found: list[str] = []
        numbers, texts = self.numbers[:MOST_ATOMS], self.texts[:8]
        found += self._compared()
        found += [f"{one} in {box}" for box in self.of(*SIZED) for one in self.names if one != box]
        found += [f"{one} not in {box}" for box in self.of(*SIZED) for one in self.names if one != box]
        found += [form.format(call) for call in self.own() for form in ("{}", "not {}")]
        strings = [n for n in self.of("str") if self.kind[n] != [""]]
        found += [f"{name}.{test}" for name in strings for test in PREDICATES]
        found += [f"{name} == {name}[::-1]" for name in self.of("str", "list") if self.kind[name] != [""]]
        for name in self.of("list"):
            if self.kind[name] != [""]:
                found += [f"{name} == sorted({name})", f"len({name}) == len(set({name}))"]
        for sign, (one, two) in diagonal(_ORDER, numbers):
            if (
                one != two
                and not (is_number(one) and (is_number(two) or sign in "==!="))
                and not (is_number(one))
            ):
                found.append(f"{one} {sign} {two}")
        for one, two in product(numbers[:8], numbers[:8]):
            if one != two and not is_number(one) and two not in {"0", "1"}:
                found += [f"{one} % {two} == 0", f"{one} % {two} != 0"]
        for one, two in product(texts, texts):
            if one != two and not is_quoted(one):
                found += [f"{one} == {two}", f"{one} != {two}"]
        found += [form.format(name) for name in self.names for form in ("{}", "not {}", "{} is None")]
        return list(dict.fromkeys([*found, *self.quantified()]))

    def _compared(self) -> Iterator[str]:
        """Comparisons that the function makes, with each other operator."""
        function = self._code.outermost(self._place)
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Compare) and len(node.ops) == 1:
                used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                if used - BUILTINS <= {*self.names}:
                    left, right = self._code.src(node.left), self._code.src(node.comparators[0])
                    yield from (f"{left} {sign} {right}" for sign in _ORDER)

    def filtered(self) -> Iterator[str]:
        """Comprehensions over a list that keep some of its elements."""
        for box in self.known("list", "tuple", "str", "set"):
            yield from filtered(box, self._of_element(box))

    def quantified(self) -> Iterator[str]:
        """Conditions on all or any of a container's elements."""
        for box in self.known("list", "tuple", "str", "dict", "set"):
            yield from quantified(box, self._of_element(box))

    def _of_element(self, box: str) -> list[str]:
        own = [f.name for f in self._code.functions[:MOST_OWN] if len(f.args.args) == 1]
        return tests_of_element(box, self.held_by(box), self.names, self.known, own)

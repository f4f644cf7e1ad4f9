"""What can be said of the elements of a container: to keep some, or to ask of all or any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

PREDICATES = ("isalpha()", "isdigit()", "isupper()", "islower()", "isspace()", "isalnum()")


def filtered(box: str, tests: Sequence[str]) -> Iterator[str]:
    """Comprehensions over `box` that keep what a test of `x` holds of."""
    return (f"[x for x in {box} if {test}]" for test in tests)


def quantified(box: str, tests: Sequence[str]) -> Iterator[str]:
    """Conditions on any or all of the elements."""
    for test in tests:
        yield from (f"any({test} for x in {box})", f"all({test} for x in {box})")


def tests_of_element(
    box: str, held: str, names: Sequence[str], known: Callable[..., list[str]], predicates: Sequence[str]
) -> list[str]:
    """Conditions on `x`, an element of `box` and of kind `held` ("" where that is not known).

    `known` gives the names that hold one of some kinds, `predicates` are functions of one value.
    """
    return list(dict.fromkeys(_tests(box, held, names, known, predicates)))


def _tests(
    box: str, held: str, names: Sequence[str], known: Callable[..., list[str]], predicates: Sequence[str]
) -> Iterator[str]:
    number, text = held in {"int", "float", ""}, held == "str"
    for name in (name for name in names if name != box):
        yield from (f"{name} in x", f"x in {name}", f"x not in {name}", f"x == {name}", f"x != {name}")
        if number:
            yield from (f"x > {name}", f"x < {name}", f"x >= {name}", f"x <= {name}", f"x % {name} == 0")
        if text:
            yield from (f"x.startswith({name})", f"len(x) == {name}", f"len(x) > {name}")
    if number:
        yield from ("x > 0", "x < 0", "x >= 0", "x % 2 == 0", "x % 2 == 1", "x % 2 != 0", "x == 0")
    if text:
        yield from (*(f"x.{test}" for test in PREDICATES), "x == x[::-1]", "len(x) > 1", "x")
    yield from (f"{call}(x)" for call in predicates)
    for count in (1, 2):
        yield from (f"{box}.count(x) > {count}", f"{box}.count(x) == {count}")
        for table in known("dict", "defaultdict", "Counter"):
            yield from (f"{table}[x] > {count}", f"{table}[x] == {count}")

"""Inputs for a function: those that its tests call it with, and others like them."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping

Arguments = tuple[object, ...]
_LONGEST = 400
_LETTERS = "aAzZ 01,."
_STEPS = (1, -1, 1, -1, 2, -2, 10, 0)


def inputs_of(tests: Mapping[str, bytes], function: str) -> list[Arguments]:
    """The plain positional arguments of calls in test files, each once; `check(candidate)` styles too."""
    found: dict[str, Arguments] = {}
    for data in tests.values():
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError):
            continue
        for test in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
            rows = _rows(test)
            for node in ast.walk(test):
                if isinstance(node, ast.Call) and not node.keywords and _names(node.func, function):
                    for arguments in _values(node.args, rows):
                        text = repr(arguments)
                        if len(text) <= _LONGEST:
                            found.setdefault(text, arguments)
    return list(found.values())


def nearby(inputs: list[Arguments], most: int, seed: int = 0) -> list[Arguments]:
    """The inputs and up to `most` others of the same types: smaller, larger, empty, in another order."""
    rng = random.Random(seed)
    found = {repr(one): one for one in inputs}
    for _ in range(most * 4):
        if not inputs or len(found) >= len(inputs) + most:
            break
        new = list(rng.choice(inputs))
        for _ in range(rng.choice((1, 1, 2))):
            if new:
                place = rng.randrange(len(new))
                new[place] = _varied(new[place], rng, _pool(inputs, place))
        text = repr(tuple(new))
        if len(text) <= _LONGEST:
            found.setdefault(text, tuple(new))
    return list(found.values())


def _names(node: ast.expr, function: str) -> bool:
    return isinstance(node, ast.Name) and node.id in {function, "candidate"}


def _rows(test: ast.AST) -> list[dict[str, ast.expr]]:
    """What `parametrize` gives the names of a test, a mapping for each row."""
    found = []
    for decorator in getattr(test, "decorator_list", []):
        match decorator:
            case ast.Call(
                func=ast.Attribute(attr="parametrize"),
                args=[names, ast.List(elts=rows) | ast.Tuple(elts=rows), *_],
            ):
                wanted = _argnames(names)
                for row in rows:
                    cells = row.elts if isinstance(row, ast.Tuple) and len(wanted) > 1 else [row]
                    found.append(dict(zip(wanted, cells, strict=False)))
    return found


def _argnames(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(text)):
            return [name.strip() for name in text.split(",")]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [str(part.value) for part in parts if isinstance(part, ast.Constant)]
    return []


def _values(args: list[ast.expr], rows: list[dict[str, ast.expr]]) -> Iterator[Arguments]:
    for row in rows or [{}]:
        parts: list[object] = []
        try:
            for arg in args:
                if isinstance(arg, ast.Starred):
                    parts.extend(ast.literal_eval(_looked_up(arg.value, row)))
                else:
                    parts.append(ast.literal_eval(_looked_up(arg, row)))
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        yield tuple(parts)


def _looked_up(node: ast.expr, row: dict[str, ast.expr]) -> ast.expr:
    return row.get(node.id, node) if isinstance(node, ast.Name) else node


def _pool(inputs: list[Arguments], place: int) -> list[object]:
    return [one[place] for one in inputs if len(one) > place]


def _varied(value: object, rng: random.Random, pool: list[object]) -> object:
    """A value like this one, or one that another call has there; what holds of all goes on holding."""
    if pool and rng.random() < 0.2:
        return rng.choice(pool)
    match value:
        case bool():
            return not value
        case int():
            least = min((v for v in pool if isinstance(v, int)), default=min(0, value))
            other = rng.choice([value + rng.choice(_STEPS), value + rng.choice(_STEPS), 0, 1, value // 2])
            return max(other, min(least, 0) if least < 1 else 1)
        case float():
            return round(value + rng.choice((1.0, -1.0, 0.5, -0.5, 0.25)), 4)
        case str():
            letters = "".join(sorted({*"".join(v for v in pool if isinstance(v, str))})) or _LETTERS
            return "".join(map(str, _rearranged(list(value), rng, letters)))
        case list() | tuple():
            parts = _rearranged(list(value), rng)
            return type(value)(sorted(parts, key=_order) if _always_sorted(pool) else parts)
        case dict():
            return {key: value[key] for key in _rearranged(list(value), rng) if key in value}
        case set():
            return set(_rearranged(sorted(value, key=repr), rng))
    return value


def _always_sorted(pool: list[object]) -> bool:
    """Whether every list that was given was in order: the function may rely on that."""
    long = [v for v in pool if isinstance(v, list | tuple) and len(v) > 1]
    return len(long) > 1 and all(list(v) == sorted(v, key=_order) for v in long)


def _order(value: object) -> tuple[bool, float, str]:
    number = value if isinstance(value, int | float) else 0
    return isinstance(value, int | float), number, repr(value)


def _rearranged(parts: list[object], rng: random.Random, fresh: str = "") -> list[object]:
    """The parts with one gone, doubled, changed (for a letter of `fresh`), or all in another order."""
    step = rng.randrange(7)
    at = rng.randrange(len(parts)) if parts else 0
    if not parts or step == 0:
        return parts[:1] if rng.random() < 0.5 else []
    if step == 1:
        return parts[:at] + parts[at + 1 :]
    if step == 2:
        return [*parts[:at], rng.choice(parts), *parts[at:]]
    if step == 3:
        return rng.sample(parts, len(parts))
    if step == 4:
        return parts[::-1]
    return [*parts[:at], rng.choice(fresh) if fresh else _varied(parts[at], rng, []), *parts[at + 1 :]]

"""Bugs put into right programs, many kinds, none taken from what the search templates undo.

`injected(source, seed, most)` gives wrong versions of a function; `repair.py --set injected` repairs them.
They stand in for bugs never seen: HumanEval's odd reference solutions carry them.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator

from tests.bench.injected_kinds import KINDS


def injected(source: str, seed: str, most: int) -> Iterator[tuple[str, str]]:
    """Up to `most` wrong versions with the kind of each, as varied as the source allows."""
    rng = random.Random(seed)
    tree = ast.parse(source)
    kinds = list(KINDS.items())
    rng.shuffle(kinds)
    seen = {ast.dump(tree)}
    made = 0
    for name, kind in kinds:
        places = list(range(sum(1 for _ in ast.walk(tree))))
        rng.shuffle(places)
        for place in places:
            wrong = _at(tree, place, kind, rng)
            if wrong is None or ast.dump(wrong) in seen:
                continue
            seen.add(ast.dump(wrong))
            text = _text(wrong)
            if text:
                yield name, text
                made += 1
                break
        if made >= most:
            return


def _at(tree: ast.Module, place: int, kind: Callable[..., bool], rng: random.Random) -> ast.Module | None:
    whole = copy.deepcopy(tree)
    nodes = list(ast.walk(whole))
    parents = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
    node = nodes[place]
    inside: ast.AST | None = node
    while inside is not None and not isinstance(inside, ast.FunctionDef):
        above = parents.get(inside)
        if isinstance(inside, ast.arguments) or getattr(above, "returns", None) is inside:
            return None
        inside = above
    if inside is None or node is inside:
        return None
    return whole if kind(node, parents, inside, rng) else None


def _text(tree: ast.Module) -> str:
    try:
        text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        compile(text, "<injected>", "exec")
    except (SyntaxError, ValueError, AttributeError, TypeError):
        return ""
    return text

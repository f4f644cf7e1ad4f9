"""Where in its text a function has statements that can be exchanged by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_LISTS = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class Statement:
    """A statement and its lines, counted from 0; `stop` is the line after its last."""

    node: ast.stmt
    start: int
    stop: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Block:
    """Statements that have their lines to themselves, all behind the same white space.

    `body` is the list in the tree, which may hold ticks besides the `parts`.
    """

    body: list[ast.stmt]
    parts: tuple[Statement, ...]
    indent: str


@dataclass(frozen=True)
class Head:
    """The lines of an `if`, a loop or a `with` down to its body; `follows` where it is an `elif`."""

    node: ast.stmt
    start: int
    stop: int
    indent: str
    follows: bool


def start_of(node: ast.stmt) -> int:
    """The line, from 1, on which a statement begins, decorators included."""
    first: int = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return first


def blocks_of(node: ast.AST, lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a statement, those of its handlers, cases and of what follows `elif`."""
    for name in _LISTS:
        body = getattr(node, name, None)
        if not isinstance(body, list) or not body or not isinstance(body[0], ast.stmt):
            continue
        if name == "orelse" and _begins(body[0], lines, "elif"):
            yield from blocks_of(body[0], lines)
        elif (block := _block(body, lines)) is not None:
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from blocks_of(part, lines)


def heads_of(function: ast.AST, lines: Sequence[str]) -> Iterator[Head]:
    """Every head that has its lines to itself."""
    for node in ast.walk(function):
        if not isinstance(node, ast.If | ast.While | ast.For | ast.With):
            continue
        start, stop = node.lineno - 1, start_of(node.body[0]) - 1
        indent = _before(node, lines)
        if indent and indent.isspace() and _before(node.body[0], lines).isspace() and start < stop:
            yield Head(node, start, stop, indent, _begins(node, lines, "elif"))


def _block(body: list[ast.stmt], lines: Sequence[str]) -> Block | None:
    parts = tuple(
        Statement(node, start_of(node) - 1, node.end_lineno or 0, tuple(blocks_of(node, lines)))
        for node in body
    )
    indents = {_before(part.node, lines) for part in parts}
    indent = indents.pop()
    ends = (lines[part.stop - 1].encode()[part.node.end_col_offset or 0 :].decode().strip() for part in parts)
    alone = all(not end or end.startswith("#") for end in ends)
    apart = all(one.stop <= two.start for one, two in pairwise(parts))
    return Block(body, parts, indent) if apart and alone and not indents and not indent.strip() else None


def _before(node: ast.stmt, lines: Sequence[str]) -> str:
    """What stands before a statement on its line."""
    return lines[node.lineno - 1].encode()[: node.col_offset].decode()


def _begins(node: ast.stmt, lines: Sequence[str], word: str) -> bool:
    return lines[node.lineno - 1].lstrip().startswith(word)

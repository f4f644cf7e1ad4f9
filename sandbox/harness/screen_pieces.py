"""Parses of a variant only what changed, a head or some statements, and puts it into the base's tree.

A variant differs from the base by a line or two, while its function has dozens: reading, instrumenting and
releasing all of those again is most of what trying it costs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sandbox.harness.screen_blocks import Block, Head, blocks_of, heads_of
from sandbox.harness.screen_ticks import comprehends, instrument, instrument_part

_BLOCKS = {"body", "orelse", "handlers", "finalbody", "cases"}
_Undo = Callable[[], None]
_Place = tuple[Block, int, int]


class Pieces:
    """One function or class of the base, instrumented, ready to take a changed piece."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines(keepends=True)
        self.tree = ast.parse(source)
        self._blocks = tuple(blocks_of(self.tree.body[0], self._lines))
        self._heads = tuple(heads_of(self.tree.body[0], self._lines))
        self._places: dict[tuple[int, int], tuple[Head | None, list[_Place]]] = {}
        instrument(self.tree)
        for part in ast.walk(self.tree):
            _bare(part)

    @contextmanager
    def changed(self, start: int, stop: int, new: Sequence[str]) -> Iterator[ast.Module | None]:
        """The tree with `new` for the lines from `start` to before `stop`; None where all has to be read."""
        if (start, stop) not in self._places:
            self._places[start, stop] = self._head_at(start, stop), list(_places(self._blocks, start, stop))
        head, places = self._places[start, stop]
        undo = self._change_head(head, start, stop, new) if head else None
        undo = undo or self._change_block(places, start, stop, new)
        try:
            yield self.tree if undo else None
        finally:
            if undo:
                undo()

    def _head_at(self, start: int, stop: int) -> Head | None:
        return next((h for h in self._heads if h.start <= start < stop <= h.stop), None)

    def _change_head(self, head: Head, start: int, stop: int, new: Sequence[str]) -> _Undo | None:
        """The head's own expressions anew; what it heads stays."""
        text = "".join((*self._lines[head.start : start], *new, *self._lines[stop : head.stop]))
        if head.follows:
            if not text.startswith(f"{head.indent}elif"):
                return None
            text = text.replace("elif", "if", 1)
        made = _read(f"{text}{head.indent} pass\n", head.indent)
        if made is None or len(made) != 1 or type(made[0]) is not type(head.node):
            return None
        ticks = isinstance(made[0], ast.For | ast.While)
        match made[0]:
            case ast.If(body=body) | ast.With(body=body) | ast.For(body=body) | ast.While(body=body):
                if len(body) != 1 + ticks or not isinstance(body[-1], ast.Pass):
                    return None
        node, other = head.node, made[0]
        old = {name: getattr(node, name) for name in node._fields if name not in _BLOCKS}
        for name in old:
            setattr(node, name, getattr(other, name))

        def undo() -> None:
            for name, value in old.items():
                setattr(node, name, value)

        return undo

    def _change_block(
        self, places: Sequence[_Place], start: int, stop: int, new: Sequence[str]
    ) -> _Undo | None:
        """Other statements, in the innermost block that they fit into."""
        for block, first, last in places:
            begin = block.parts[first].start if first < last else start
            end = block.parts[last - 1].stop if first < last else stop
            if not _fits([*self._lines[begin:start], *new], block.indent):
                continue
            made = _read("".join((*self._lines[begin:start], *new, *self._lines[stop:end])), block.indent)
            if made is None or not (made or last - first < len(block.parts)):
                return None
            return _put(block, first, last, made)
        return None


def _put(block: Block, first: int, last: int, made: list[ast.stmt]) -> _Undo:
    """Statements in the place of those from `first` to before `last`."""
    body = block.body
    at = body.index(block.parts[first].node) if first < len(block.parts) else len(body)
    old = body[at : at + last - first]
    body[at : at + last - first] = made

    def undo() -> None:
        body[at : at + len(made)] = old

    return undo


def _places(blocks: Sequence[Block], start: int, stop: int) -> Iterator[_Place]:
    """Every block that holds these lines, innermost first, with its statements that they touch."""
    for block in blocks:
        parts = block.parts
        if not parts[0].start <= start or not stop <= parts[-1].stop:
            continue
        first = next((n for n, part in enumerate(parts) if part.stop > start), len(parts))
        last = max(first, next((n for n, part in enumerate(parts) if part.start >= stop), len(parts)))
        if last - first < 2:
            for part in parts[max(0, first - 1) : last]:  # what is put behind a block may belong to its end
                yield from _places(part.blocks, start, stop)
        yield block, first, last


def _fits(lines: Sequence[str], indent: str) -> bool:
    """Whether the lines are statements of a block with this indentation and of what is in it."""
    written = [line for line in lines if not line.isspace()]
    if not all(line.startswith(indent) for line in written):
        return False
    return not written or not written[0][len(indent)].isspace()


def _read(text: str, indent: str) -> list[ast.stmt] | None:
    """The instrumented statements of a piece; None where it is none by itself."""
    if not text or text.isspace():
        return []
    try:
        body = ast.parse(f"if 1:\n{text}" if indent else text).body
    except SyntaxError:
        return None
    if indent:
        (whole, *more) = body
        if more or not isinstance(whole, ast.If):
            return None
        body = whole.body
    deep = comprehends(text)
    for node in body:
        instrument_part(node, comprehensions=deep)
    return body


def _bare(node: ast.AST) -> None:
    """Without what code objects do not keep: compiling turns annotations back into text each time."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None

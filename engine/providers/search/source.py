"""Where the nodes of a parsed text stand in it, in characters."""

from __future__ import annotations

import ast
from bisect import bisect_right


class Source:
    """A text and the way from the parser's lines and UTF-8 columns to its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """Character offset of a place that the parser gives as line and UTF-8 byte column."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        if not text.isascii():
            column = len(text.encode()[:column].decode("utf-8", "ignore"))
        return self._starts[line - 1] + column

    def line_at(self, offset: int) -> int:
        """The line, from 1, in which a character stands."""
        return bisect_right(self._starts, offset)

    def line_start(self, line: int) -> int:
        """Character offset at which a line begins."""
        return self._starts[line - 1]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Character offsets of a node, decorators left out."""
        start = self.offset(node.lineno, node.col_offset)
        return start, self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def src(self, node: ast.expr | ast.stmt) -> str:
        """The node's own text."""
        start, end = self.span(node)
        return self.text[start:end]

    def lines(self, node: ast.stmt) -> tuple[int, int] | None:
        """Offsets of the whole lines of a statement that shares them with no other, else None."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        start, end = self._starts[first - 1], self._starts[node.end_lineno or node.lineno]
        rest = self.text[self.span(node)[1] : end].strip()
        alone = not self.text[start : self.offset(first, 0)].strip() and self.indent(node) is not None
        return (start, end) if alone and (not rest or rest.startswith("#")) else None

    def indent(self, node: ast.stmt) -> str | None:
        """The white space before a statement, None when something else stands before it on its line."""
        before = self._lines[node.lineno - 1].encode()[: node.col_offset].decode("utf-8", "ignore")
        return None if before.strip() else before

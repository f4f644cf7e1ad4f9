"""Statements: deleted, exchanged, moved in or out of a block, returns put in."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.mutation import Edit, Mutation

_Simple = ast.Expr | ast.Assign | ast.AugAssign | ast.Return | ast.Break | ast.Continue


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Changes of where a statement stands and whether it is there."""
    yield from _delete(code, node)
    yield from _exchange(code, node)
    yield from _move(code, node)
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) and code.looped(node):
        for jump, prior in (("break", 0.3), ("continue", 0.15)):
            yield from code.insert(node, jump, "jump", prior, after=True)
    match node:
        case ast.Break():
            yield code.rewrite(node, "continue", "break-continue", 0.5)
            yield code.rewrite(node, "pass", "break-pass", 0.4)
        case ast.Continue():
            yield code.rewrite(node, "break", "break-continue", 0.5)
            yield code.rewrite(node, "pass", "break-pass", 0.4)
        case ast.Pass():
            yield code.rewrite(node, "continue", "break-continue", 0.3)
            yield code.rewrite(node, "break", "break-continue", 0.3)
            for name in ("False", "True", "None", *code.scope(node)):
                yield code.rewrite(node, f"return {name}", "pass-return", 0.3)
        case ast.Return(value=value):
            yield from _returns(code, node, value)
        case ast.Expr(value=ast.Call() as call):
            yield code.rewrite(node, f"return {code.src(call)}", "return-call", 0.3)
            if isinstance(call.func, ast.Attribute):
                yield code.rewrite(
                    node, f"{code.src(call.func.value)} = {code.src(call)}", "keep-result", 0.2
                )
        case ast.For(iter=over):
            yield from _iterates(code, over)


_ITERATES = {
    "reversed({})": 0.25, "sorted({})": 0.25, "{}[1:]": 0.25, "{}[:-1]": 0.25, "range(len({}))": 0.25,
    "list({})": 0.25, "range({})": 0.25, "enumerate({})": 0.2, "range(1, {} + 1)": 0.15, "range(1, {})": 0.15,
    "{}.items()": 0.15, "{}.values()": 0.12, "{}.keys()": 0.1, "range(2, {})": 0.1, "set({})": 0.1,
    "{}.split()": 0.12, "{}[::-1]": 0.1, "{}[:]": 0.1, "str({})": 0.12,
}  # fmt: skip


def _iterates(code: Code, over: ast.expr) -> Iterator[Mutation]:
    """What a loop runs over, in another form."""
    text = code.src(over)
    for form, prior in _ITERATES.items():
        yield code.put(over, form.format(text), "iterate", prior)
    match over:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[inner])]):
            yield code.put(over, code.src(inner), "iterate", 0.3)
        case ast.Call(func=ast.Name(id="enumerate" | "reversed" | "sorted" | "range"), args=[inner, *_]):
            yield code.put(over, code.src(inner), "iterate", 0.25)


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """What a comprehension runs over, in another form."""
    parent = code.parents.get(node)
    if isinstance(parent, ast.comprehension) and parent.iter is node:
        yield from _iterates(code, node)


def _delete(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    if isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Pass):
        return
    note = f"line {node.lineno} deleted"
    prior = (0.45 if isinstance(node, _Simple) else 0.25) * code.weight(node)
    lines = code.lines(node)
    if len(code.block(node)) == 1 or lines is None:
        yield Mutation((Edit(*code.span(node), "pass"),), "delete", prior, node.lineno, note)
    else:
        yield Mutation((Edit(*lines, ""),), "delete", prior, node.lineno, note)
    block = code.block(node)
    after = block[block.index(node) + 1 :]
    if len(after) > 1 and lines and (second := code.lines(after[0])) and isinstance(after[0], _Simple):
        edits = (Edit(*lines, ""), Edit(*second, ""))
        both = f"lines {node.lineno} and {after[0].lineno} deleted"
        yield Mutation(edits, "delete-two", prior * 0.4, node.lineno, both)
    if isinstance(node, ast.If) and lines is not None and not node.orelse and code.lines(node.body[-1]):
        start, end = code.line_start(node.body[0].lineno), lines[1]
        body = textwrap.indent(textwrap.dedent(code.text[start:end]), code.indent(node) or "")
        yield Mutation(
            (Edit(*lines, body),),
            "drop-if",
            0.3 * code.weight(node),
            node.lineno,
            f"`if` of line {node.lineno} dropped",
        )


def _exchange(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    block = code.block(node)
    index = block.index(node) + 1
    if index >= len(block):
        return
    one, two = code.lines(node), code.lines(block[index])
    if one and two:
        edits = (Edit(*one, code.text[slice(*two)]), Edit(*two, code.text[slice(*one)]))
        note = f"lines {node.lineno} and {block[index].lineno} exchanged"
        yield Mutation(edits, "exchange", 0.35 * code.weight(node), node.lineno, note)


def _move(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Out of the block it stands in, to after it; into the block before it; before the block."""
    lines, parent = code.lines(node), code.parents[node]
    if lines is None or not isinstance(node, _Simple | ast.If):
        return
    text = textwrap.dedent(code.text[slice(*lines)])
    block = code.block(node)
    gap = Edit(*lines, f"{code.indent(node)}pass\n" if len(block) == 1 else "")

    def to(place: int, indent: str, where: str, prior: float) -> Iterator[Mutation]:
        edits = (gap, Edit(place, place, textwrap.indent(text, indent)))
        yield Mutation(
            edits, "move", prior * code.weight(node), node.lineno, f"line {node.lineno} moved {where}"
        )

    if isinstance(parent, ast.For | ast.While | ast.If | ast.With) and (outer := code.lines(parent)):
        indent = code.indent(parent)
        if indent is not None and not code.text.startswith("elif", code.span(parent)[0]):
            if outer[1] == lines[1]:
                edit = Edit(*lines, textwrap.indent(text, indent))
                yield (
                    Mutation(
                        (edit,),
                        "move",
                        0.35 * code.weight(node),
                        node.lineno,
                        f"line {node.lineno} moved out of its block",
                    )
                    if len(block) > 1
                    else Mutation((gap, edit), "move", 0.0, node.lineno, "")
                )
            else:
                yield from to(outer[1], indent, "out of its block", 0.3)
            yield from to(outer[0], indent, "before its block", 0.25)
    index = block.index(node)
    before = block[index - 1] if index else None
    if isinstance(before, ast.For | ast.While | ast.If) and (inside := code.lines(before.body[-1])):
        inner = code.indent(before.body[-1]) or ""
        if inside[1] == lines[0]:
            edit = Edit(*lines, textwrap.indent(text, inner))
            yield Mutation(
                (edit,),
                "move",
                0.3 * code.weight(node),
                node.lineno,
                f"line {node.lineno} moved into the block before",
            )
        else:
            yield from to(inside[1], inner, "into the block before", 0.25)


def _returns(code: Code, node: ast.Return, value: ast.expr | None) -> Iterator[Mutation]:
    text = code.src(value) if value else ""
    for name in code.scope(node):
        if name != text:
            yield code.rewrite(node, f"return {name}", "return", 0.3)
    for form in ("True", "False", "None", "[]", "''", "0", "1", "-1", "{}"):
        if form != text:
            yield code.rewrite(node, f"return {form}", "return", 0.2)
    previous = code.block(node)
    index = previous.index(node)
    if index and isinstance(previous[index - 1], ast.Assign):
        assigned = previous[index - 1]
        assert isinstance(assigned, ast.Assign)
        yield code.rewrite(node, f"return {code.src(assigned.value)}", "return", 0.15)
    for form in code.hints.sentinels:
        if len(form) <= 20 and form != text:
            mutation = code.rewrite(node, f"return {form}", "return-literal", 0.08)
            yield Mutation(
                mutation.edits, mutation.template, mutation.prior, mutation.line, mutation.note, literal=True
            )

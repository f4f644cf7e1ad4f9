"""Calls: the wrong function of a family, arguments swapped, dropped or added; wraps put on and taken off."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Edit, Mutation

_FAMILIES = (
    "min max sum len", "any all", "sorted reversed list set tuple", "int float round str abs", "ord chr",
    "math.floor math.ceil",
    "enumerate zip", "floor ceil", "bin oct hex", "isinstance issubclass", "set frozenset",
    "heappush heappop heappushpop",
)  # fmt: skip
_METHODS = (
    "append extend add insert", "upper lower swapcase capitalize title",
    "isupper islower isalpha isdigit isalnum isspace",
    "startswith endswith", "find rfind index rindex count", "strip lstrip rstrip",
    "split rsplit splitlines", "pop popleft remove",
    "append appendleft", "keys values items", "union intersection difference symmetric_difference",
    "add discard remove",
    "issubset issuperset", "sort reverse", "get pop setdefault",
    "heappush heappop heappushpop heapreplace", "ljust rjust center zfill",
)  # fmt: skip
_WRAPS = {
    "abs": 0.4, "int": 0.3, "sorted": 0.3, "set": 0.3, "list": 0.25, "str": 0.25, "len": 0.25, "sum": 0.12,
    "max": 0.12, "min": 0.12, "reversed": 0.1, "bool": 0.1, "float": 0.1, "tuple": 0.1, "round": 0.1,
}  # fmt: skip
_TEXT = (".lower()", ".upper()", ".strip()", ".split()", "[::-1]", ".copy()", ".encode()", ".sort()")
_SORTS = ("reverse=True", "key=len", "key=abs", "key=str", "key=lambda x: x[1]", "key=lambda x: x[0]",
    "key=lambda x: -x", "key=lambda x: (len(x), x)", "key=lambda x: (-len(x), x)",
    "key=lambda x: len(set(x))",
    "key=lambda x: (-len(set(x)), x)",
)  # fmt: skip


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Changes around one call or one value that could be wrapped."""
    if isinstance(node, ast.Call):
        yield from _callee(code, node)
        yield from _arguments(code, node)
    if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        yield from _wraps(code, node)


def _callee(code: Code, node: ast.Call) -> Iterator[Mutation]:
    name = code.src(node.func)
    for family in _FAMILIES:
        members = family.split()
        if name in members:
            for other in members:
                if other != name:
                    yield code.put(node.func, other, "function-family", 0.5)
    if isinstance(node.func, ast.Attribute):
        owner, attr = code.src(node.func.value), node.func.attr
        for family in _METHODS:
            if attr in (members := family.split()):
                for other in members:
                    if other != attr:
                        yield code.put(node.func, f"{owner}.{other}", "method-family", 0.5)
        yield code.put(node, owner, "drop-method", 0.35)
        for other in code.scope(node):
            if other != owner and isinstance(node.func.value, ast.Name):
                yield code.put(node.func.value, other, "receiver", 0.2)
        for other in code.scope(node):
            for wrap in ("str", "bin"):
                yield code.put(node.func.value, f"{wrap}({other})", "receiver-wrapped", 0.12)


def _arguments(code: Code, node: ast.Call) -> Iterator[Mutation]:
    args = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    name = code.src(node.func)
    for index, one in enumerate(args):
        for two in args[index + 1 :]:
            edits = (Edit(*code.span(one), code.src(two)), Edit(*code.span(two), code.src(one)))
            note = f"`{code.src(one)}` and `{code.src(two)}` swapped on line {one.lineno}"
            yield Mutation(edits, "swap-arguments", 0.5 * code.weight(node), one.lineno, note)
    parts = [code.src(arg) for arg in node.args]
    keywords = [f"{k.arg}={code.src(k.value)}" if k.arg else f"**{code.src(k.value)}" for k in node.keywords]
    if len(parts) + len(keywords) > 1:
        for index in range(len(parts) + len(keywords)):
            rest = [part for number, part in enumerate([*parts, *keywords]) if number != index]
            yield code.put(node, f"{name}({', '.join(rest)})", "drop-argument", 0.3)
    if len(parts) == 1 and not keywords and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield code.put(node, parts[0], "unwrap", 0.4)
    if name in {"sorted", "min", "max"} or name.endswith(".sort"):
        for extra in _SORTS:
            if extra.split("=")[0] not in {k.arg for k in node.keywords} and not (
                name in {"min", "max"} and "rev" in extra
            ):
                yield code.put(node, f"{name}({', '.join([*parts, *keywords, extra])})", "sort-order", 0.25)
        if not keywords:
            for text in _lookups(code, node):
                yield code.put(
                    node, f"{name}({', '.join([*parts, f'key=lambda x: {text}'])})", "sort-order", 0.1
                )
    if name in {f.name for f in code.functions}:
        yield from _recursion(code, node, args)


def _lookups(code: Code, node: ast.expr) -> Iterator[str]:
    """What a container or a function of the file says of `x`: what to sort by."""
    yield from (f"{function.name}(x)" for function in code.functions if len(function.args.args) == 1)
    for name in code.scope(node):
        if kind_of(code, name, node) in {"dict", ""}:
            yield from (f"{name}[x]", f"{name}.get(x, 0)")
        if kind_of(code, name, node) in {"list", "str", ""}:
            yield from (f"{name}.index(x)", f"{name}.count(x)")


def _recursion(code: Code, node: ast.Call, args: list[ast.expr]) -> Iterator[Mutation]:
    """What is handed to a function of the file: shortened, shifted, or the call added to itself."""
    for arg in args:
        text = code.src(arg)
        for pattern in ("{}[1:]", "{}[:-1]", "{} - 1", "{} + 1", "{} // 2", "not {}", "-{}"):
            yield code.put(arg, pattern.format(text), "recursion", 0.3)
        for other in code.scope(node):
            if other != text:
                yield code.put(arg, f"{text} - {other}", "recursion", 0.25)
                yield code.put(arg, f"{text} + {other}", "recursion", 0.2)
    yield code.put(node, f"1 + {code.src(node)}", "recursion-count", 0.25)


def _wraps(code: Code, node: ast.expr) -> Iterator[Mutation]:
    parent = code.parents.get(node)
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.Lambda | ast.Starred | ast.GeneratorExp):
        return
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    text = code.src(node)
    kind = kind_of(code, text, node) if isinstance(node, ast.Name) else ""
    small = 1.0 if isinstance(node, ast.Name) else 0.9
    for wrap, prior in _WRAPS.items():
        if kind in {"int", "float", "bool"} and wrap in {
            "set",
            "list",
            "sorted",
            "len",
            "sum",
            "max",
            "min",
            "tuple",
            "reversed",
        }:
            continue
        if not text.startswith(f"{wrap}("):
            yield code.put(node, f"{wrap}({text})", "wrap", prior * small)
    loose = isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp | ast.IfExp)
    held = f"({text})" if loose else text
    yield code.put(node, f"-{held}", "minus", 0.25)
    if not isinstance(node, ast.Compare | ast.BoolOp) and kind in {"str", "list", ""}:
        for suffix in _TEXT:
            yield code.put(
                node,
                f"{held}{suffix}",
                "suffix",
                0.2 if suffix in {".lower()", ".upper()", "[::-1]"} else 0.1,
            )
        yield code.put(node, f"sorted(set({text}))", "wrap-twice", 0.1)
        if kind in {"list", ""} and isinstance(node, ast.Name | ast.Call | ast.ListComp):
            for key in [
                *(sort.partition("=")[2] for sort in _SORTS[1:]),
                *(f"lambda x: {k}" for k in _lookups(code, node)),
            ]:
                yield code.put(node, f"sorted({text}, key={key})", "wrap-sorted", 0.06)
            yield code.put(node, f"sorted({text}, reverse=True)", "wrap-sorted", 0.12)
    for function in code.functions:
        if len(function.args.args) == 1 and code.owner(function) is None:
            yield code.put(node, f"{function.name}({text})", "wrap-own", 0.3)

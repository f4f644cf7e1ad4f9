"""Repairs of code that need no model: characters, indentation, missing imports of the standard library."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import textwrap
import warnings
from collections.abc import Iterator
from functools import lru_cache

from engine.std_names import IMPORTS

_CHARACTERS = str.maketrans(
    {
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'",
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u3000": " ",
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,
        "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00d7": "*",
        "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2192": "->",
    }
)  # fmt: skip
SHORT = 50_000  # characters; longer texts are not kept, since their trees are a hundred times as large
_PROVIDED = {
    *dir(builtins),
    "__file__",
    "__name__",
    "__doc__",
    "__builtins__",
    "__class__",
    "__annotations__",
}


def parse(code: str) -> ast.Module | None:
    """The syntax tree, or None when there is none to be had."""
    tree = parse_or_line(code)
    return tree if isinstance(tree, ast.Module) else None


def parse_or_line(code: str) -> ast.Module | int:
    """The syntax tree, or the line (from 1) of the first syntax error; 0 when nothing can be said.

    Trees are shared between those who ask: they are to be read, and never changed.
    """
    return _parsed_before(code) if len(code) <= SHORT else _parsed(code)


@lru_cache(maxsize=32)  # one answer is looked at from a dozen sides, and the next one is often the same
def _parsed_before(code: str) -> ast.Module | int:
    return _parsed(code)


def _parsed(code: str) -> ast.Module | int:
    try:
        with warnings.catch_warnings():  # a bad escape in a candidate is not worth a line on our stderr
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except SyntaxError as error:
        return max(error.lineno or 1, 1)
    except (ValueError, RecursionError, MemoryError):
        return 0


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Text that can be stored and parsed: one kind of newline, no lone surrogates, no null characters."""
    repairs: list[str] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    whole = re.sub("[\ud800-\udfff]", "\ufffd", text)
    if whole != text:
        repairs.append("replaced lone surrogates")
    if "\0" in whole:
        whole = whole.replace("\0", "")
        repairs.append("removed null characters")
    return whole, tuple(repairs)


def make_parse(code: str) -> tuple[str, tuple[str, ...]]:
    """The code if it parses, else the first small change of it that does, else the code again."""
    if parse(code):
        return code, ()
    for changed, repair in _small_changes(code):
        if changed != code and parse(changed):
            return changed, (repair,)
    return code, ()


def _small_changes(code: str) -> Iterator[tuple[str, str]]:
    plain = code.translate(_CHARACTERS)
    for text, also in ((code, ""), (plain, ", typographic characters replaced")):
        if also:
            yield text, "replaced typographic characters"
        yield textwrap.dedent(text), f"removed common indentation{also}"
        yield _indent_first(text), f"indented the first line like the others{also}"
        for width in (4, 8):
            spaces = text.expandtabs(width)
            yield spaces, f"tabs to spaces{also}"
            yield textwrap.dedent(spaces), f"tabs to spaces, removed common indentation{also}"
        yield drop_numbers(text), f"removed line numbers{also}"


def _indent_first(code: str) -> str:
    """Undo a trimmed start: the first line lost the indentation that all later ones have."""
    first, _, rest = code.lstrip("\n").partition("\n")
    depths = [len(line) - len(line.lstrip()) for line in rest.split("\n") if line.strip()]
    return textwrap.dedent(" " * min(depths) + first.lstrip() + "\n" + rest) if depths else code


def drop_numbers(code: str) -> str:
    """Undo a listing's line numbers, when every line has one."""
    lines = [line for line in code.split("\n") if line.strip()]
    numbered = re.compile(r"^\s*\d+\s?[|:]? ?")
    if len(lines) < 2 or not all(numbered.match(line) for line in lines):
        return code
    return "\n".join(numbered.sub("", line, count=1) for line in code.split("\n"))


def undefined_names(code: str) -> tuple[str, ...]:
    """Global names that the code reads and nothing in it binds, sorted; none when it does not compile."""
    try:
        module = symtable.symtable(code, "<candidate>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    read: set[str] = set()
    bound: set[str] = set(_PROVIDED)
    tables = [module]
    while tables:
        table = tables.pop()
        for symbol in table.get_symbols():
            binds = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if table is module or symbol.is_declared_global():
                if binds:
                    bound.add(symbol.get_name())
                if symbol.is_referenced():
                    read.add(symbol.get_name())
            elif symbol.is_global() and symbol.is_referenced():
                read.add(symbol.get_name())
        tables += table.get_children()
    return tuple(sorted(read - bound))


def add_missing_imports(code: str, base: str = "") -> tuple[str, tuple[str, ...]]:
    """Add imports for unresolved names: as `base` imports them, else from the standard library."""
    tree = parse(code)
    missing = undefined_names(code)
    if tree is None or not missing:
        return code, ()
    known = imports_by_name(base)
    stars = {
        node.module for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    }  # fmt: skip
    lines: list[str] = []
    for name in missing:
        line = known.get(name) or IMPORTS.get(name, "")
        if name == "datetime" and not known.get(name) and "datetime.datetime" in code:
            line = "import datetime"
        module = line.split()[1] if line else ""
        if line == f"import {name}" and name not in known and not re.search(rf"\b{name}\s*\.\s*\w", code):
            continue  # an undefined `string` that is never `string.x` is a slip, not the module
        if line and module not in stars and line not in lines:
            lines.append(line)
    if not lines:
        return code, ()
    return insert_imports(code, lines), tuple(f"added `{line}`" for line in lines)


def imports_by_name(code: str) -> dict[str, str]:
    """What each top-level import binds: name to one import statement."""
    tree = parse(code)
    found: dict[str, str] = {}
    for node in tree.body if tree else ():
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = ast.unparse(ast.Import([alias]))
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for alias in (alias for alias in node.names if alias.name != "*"):
                one = ast.ImportFrom(node.module, [alias], node.level)
                found[alias.asname or alias.name] = ast.unparse(one)
    return found


def insert_imports(code: str, statements: list[str]) -> str:
    """Put import statements after the docstring and `__future__` imports."""
    tree = parse(code)
    after = 0
    for index, node in enumerate(tree.body if tree else ()):
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            after = node.end_lineno or after
        else:
            break
    lines = code.split("\n")
    following = next((n for n in range(after, len(lines)) if lines[n].strip()), len(lines))
    if following < len(lines) and lines[following].startswith(("import ", "from ")):
        return "\n".join([*lines[:following], *statements, *lines[following:]])
    return "\n".join(
        [*lines[:after], *([""] if after else []), *statements, *([] if after else [""]), *lines[after:]]
    )

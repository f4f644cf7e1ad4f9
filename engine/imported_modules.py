"""Which modules a source file imports, and where they lie below a root; nothing is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# For code that does not parse: broken code is what this program is given.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?([^#\n]*)|import[ \t]+([^#\n]+))", re.M
)


def imported_names(source: str, package: str = "") -> set[str]:
    """Every dotted name that may be a module, as far as the text shows: `a.b` for `from a import b`.

    `package` is the dotted package that the source lies in, for relative imports.
    """
    try:
        found = set(_from_tree(ast.parse(source), package))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = set(_from_lines(source, package))
    return {name for name in found if name}


def module_files(root: Path, name: str) -> Iterator[Path]:
    """The files that importing `name` would load from `root`: its packages' `__init__.py`, then itself."""
    folder = root
    for part in name.split("."):
        module, package = folder / f"{part}.py", folder / part / "__init__.py"
        folder /= part
        if package.is_file():
            yield package
        elif module.is_file():
            yield module
            return
        elif not folder.is_dir():
            return


def package_root(file: Path) -> Path:
    """The nearest folder above `file` that is not a package itself."""
    return next(folder for folder in file.parents if not (folder / "__init__.py").is_file())


def package_of(root: Path, file: Path) -> str:
    """The dotted package that `file` lies in below `root`, "" at the root itself."""
    return ".".join(file.relative_to(root).parts[:-1])


def _from_tree(tree: ast.AST, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(package, node.level, node.module or "", (alias.name for alias in node.names))


def _from_lines(source: str, package: str) -> Iterator[str]:
    for dots, module, names, plain in _IMPORT.findall(source):
        if plain:
            yield from _words(plain)
        else:
            yield from _from(package, len(dots), module, _words(names))


def _words(text: str) -> list[str]:
    return [words[0].strip("()") for part in text.split(",") if (words := part.split())]


def _from(package: str, level: int, module: str, names: Iterable[str]) -> Iterator[str]:
    if level:
        parts = package.split(".") if package else []
        if level - 1 > len(parts):
            return
        above = parts[: len(parts) - level + 1]
        module = ".".join([*above, module] if module else above)
    yield module
    yield from (f"{module}.{name}" if module else name for name in names if name != "*")

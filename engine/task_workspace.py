"""The files around a target: what it and the tests import from the same root, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import WorkspaceError
from engine.imported_modules import imported_names, module_files, package_of, package_root
from engine.task_tests import looks_like_test
from engine.workspace import read_source

MAX_FILES = 500
MAX_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`root` is what imports start from; `code` and `helpers` are sources by absolute path.

    `code` is the candidate's side without the target itself, `helpers` belong to the tests.
    """

    root: Path
    code: Mapping[Path, bytes]
    helpers: Mapping[Path, bytes]


def surroundings(target: Path, source: bytes, tests: Mapping[Path, bytes]) -> Surroundings:
    """Follow the imports of target and tests; raises WorkspaceError when one of the files cannot be read."""
    root = find_root(target, tests)
    test_folders = {path.parent for path in tests if path.parent not in target.parents}
    code: dict[Path, bytes] = {}
    helpers: dict[Path, bytes] = {}
    seen = {target, *tests}
    waiting: list[tuple[Path, bytes]] = [(target, source), *tests.items()]
    for package in _packages(target, root):
        code[package] = read_source(package)
        seen.add(package)
        waiting.append((package, code[package]))
    while waiting:
        path, data = waiting.pop()
        roots = dict.fromkeys((root, package_root(path))) if _test_side(path, test_folders) else (root,)
        for found in _imports(path, data, roots):
            if found in seen:
                continue
            seen.add(found)
            data = read_source(found)
            for_tests = root not in found.parents or _test_side(found, test_folders)
            (helpers if for_tests else code)[found] = data
            waiting.append((found, data))
        if len(seen) > MAX_FILES or sum(map(len, code.values())) > MAX_BYTES:
            raise WorkspaceError(
                f"{target} imports more than {MAX_FILES} files or {MAX_BYTES // 1_000_000} MB of {root}",
                "Work on a smaller package",
            )
    return Surroundings(root, code, helpers)


def find_root(target: Path, tests: Mapping[Path, bytes]) -> Path:
    """The folder that imports start from: the nearest one from which the tests' imports reach `target`."""
    nearest = package_root(target)
    names = {name for path, data in tests.items() for name in imported_names(_text(data))}
    for root in (nearest, *nearest.parents):
        parts = target.relative_to(root).with_suffix("").parts
        if ".".join(parts[:-1] if parts[-1] == "__init__" else parts) in names:
            return root
    return nearest


def _packages(target: Path, root: Path) -> list[Path]:
    inits = [folder / "__init__.py" for folder in target.parents if folder != root and root in folder.parents]
    return [init for init in inits if init.is_file() and init != target]


def _imports(path: Path, data: bytes, roots: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for root in roots:
        package = package_of(root, path) if root in path.parents else ""
        for name in sorted(imported_names(_text(data), package)):
            inside = (f for f in module_files(root, name) if root.resolve() in f.resolve().parents)
            found.update(dict.fromkeys(inside))
    return list(found)


def _test_side(path: Path, test_folders: set[Path]) -> bool:
    return looks_like_test(path) or any(folder in test_folders for folder in path.parents)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")

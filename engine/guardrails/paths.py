"""Canonical dotted paths: one name for one thing, whichever module it was reached through."""

from __future__ import annotations

import sys
from functools import lru_cache

from engine.guardrails.values import Ref

# The same module under the name of its C half or of another platform.
_SAME_MODULE = {
    "posix": "os", "nt": "os", "posixpath": "os.path", "ntpath": "os.path", "genericpath": "os.path",
    "_io": "io", "_pyio": "io", "_socket": "socket", "_ctypes": "ctypes", "_pickle": "pickle",
    "cPickle": "pickle", "_signal": "signal", "_ssl": "ssl", "__builtin__": "builtins",
    "__builtins__": "builtins", "_sqlite3": "sqlite3", "_thread": "threading",
    "_frozen_importlib": "importlib",
    "_imp": "imp", "_collections_abc": "collections.abc", "_warnings": "warnings", "_operator": "operator",
    "_multiprocessing": "multiprocessing", "_tracemalloc": "tracemalloc", "_asyncio": "asyncio",
    "_locale": "locale", "_functools": "functools", "_py_abc": "abc", "_bootlocale": "locale",
}  # fmt: skip

# One object with several homes.
_SAME_OBJECT = {
    "io.open": "builtins.open", "io.open_code": "builtins.open", "os.fdopen": "builtins.open",
    "io.OpenWrapper": "builtins.open", "os.path.os": "os", "importlib.__import__": "builtins.__import__",
    "importlib._bootstrap._gcd_import": "importlib.import_module",
    "importlib._gcd_import": "importlib.import_module",
    "pathlib.PosixPath": "pathlib.Path", "pathlib.WindowsPath": "pathlib.Path",
    "pathlib.Path.cwd()": "pathlib.Path()",
    "pathlib.Path.home()": "pathlib.Path()", "os.getenvb": "os.getenv", "sys.modules.__main__": "__main__",
    "asyncio.get_running_loop()": "asyncio.loop()", "asyncio.get_event_loop()": "asyncio.loop()",
    "asyncio.new_event_loop()": "asyncio.loop()",
}  # fmt: skip

# Modules that are reachable as attributes of other modules and matter when they are.
_REEXPORTED = frozenset(
    [
        "asyncio",
        "atexit",
        "builtins",
        "code",
        "codeop",
        "ctypes",
        "faulthandler",
        "gc",
        "glob",
        "imp",
        "importlib",
        "inspect",
        "io",
        "linecache",
        "marshal",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
        "pickle",
        "pkgutil",
        "posix",
        "pty",
        "resource",
        "runpy",
        "shelve",
        "shutil",
        "signal",
        "socket",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "tracemalloc",
        "types",
        "urllib",
        "warnings",
        "zipimport",
    ]
)
# Modules that an object of the standard library cannot have as attributes of another meaning.
_TELLING_MODULES = frozenset({"sys", "os", "builtins", "subprocess", "importlib"})
_NOT_REEXPORTED = frozenset(
    {"asyncio.subprocess", "code.code", "glob.glob", "unittest.signals", "inspect.types", "test.signal"}
)
_TRANSPARENT = frozenset({"__call__", "__func__", "__wrapped__", "__get__"})
_PATH_MAKERS = frozenset(
    [
        "parent",
        "joinpath",
        "with_name",
        "with_suffix",
        "with_stem",
        "resolve",
        "absolute",
        "expanduser",
        "relative_to",
    ]
)


@lru_cache(maxsize=4096)
def module(name: str) -> str:
    """The canonical name of an imported module."""
    top, dot, rest = name.partition(".")
    same = _SAME_MODULE.get(top)
    if same is None:
        return name
    return f"{same}{dot}{rest}"


@lru_cache(maxsize=8192)
def member(path: str, attribute: str) -> str:
    """The canonical path of `attribute` of `path`."""
    if attribute in _TRANSPARENT:
        return path
    full = f"{path}.{attribute}"
    same = _SAME_OBJECT.get(full)
    if same is not None:
        return same
    if "()" in path:
        if path == "pathlib.Path()" and attribute in _PATH_MAKERS:
            return path
        if attribute in _TELLING_MODULES and not foreign(path):
            return attribute
        return full
    bare = attribute.lstrip("_")
    if bare in _REEXPORTED and not attribute.endswith("__") and full not in _NOT_REEXPORTED and path != bare:
        return module(bare)
    if attribute == "__builtins__":
        return "builtins"
    return full


@lru_cache(maxsize=4096)
def foreign(path: str) -> bool:
    """Whether `path` belongs to a library that does not come with Python."""
    top = path.partition(".")[0].partition("(")[0]
    return top.isidentifier() and top not in sys.stdlib_module_names and not top.startswith("__")


@lru_cache(maxsize=4096)
def result(path: str) -> str:
    """The path of what calling `path` gives."""
    if path == "pathlib.Path()":
        return path
    full = f"{path}()"
    return _SAME_OBJECT.get(full, full)


def above(path: str) -> list[str]:
    """A dotted path and all that it is below: "a.b().c", "a.b()", "a.b", "a"."""
    return [path, *(path[:end] for end, letter in enumerate(path[:200]) if letter in ".(")]


@lru_cache(maxsize=8192)
def attribute_of(ref: Ref, attribute: str) -> tuple[Ref]:
    """`ref.attribute`, keeping what the object was made from, as the only alternative."""
    return (Ref(member(ref.path, attribute), ref.data if "()" in ref.path else ""),)

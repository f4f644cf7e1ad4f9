"""A quick yes to whether a program leaves nothing behind, from its compiled code: most programs are plain.

What this does not know it leaves to `traceless`, which looks at the syntax and takes six times as long.
"""

from __future__ import annotations

import opcode
from collections.abc import Collection, Iterator
from types import CodeType

_IMPORT = opcode.opmap["IMPORT_NAME"]
# An attribute that is stored may be another module's; a star import brings names that are not told.
_UNKNOWN = frozenset(
    opcode.opmap[name] for name in ("STORE_ATTR", "DELETE_ATTR", "IMPORT_STAR") if name in opcode.opmap
)
_WIDE = opcode.opmap["EXTENDED_ARG"]
_ASYNC = 0x80 | 0x100 | 0x200  # coroutine, iterable coroutine, asynchronous generator
_PLAIN = frozenset(("_", "__name__", "__doc__"))


def surely_traceless(program: CodeType, pure: Collection[str], barred: Collection[str]) -> bool:
    """Whether `program` imports nothing but `pure` modules, uses no `barred` name and stores no attribute."""
    return all(_sure(code, pure, barred) for code in _nested(program))


def _sure(code: CodeType, pure: Collection[str], barred: Collection[str]) -> bool:
    names = {*code.co_names, *code.co_varnames, *code.co_cellvars}
    steps = code.co_code[::2]
    if code.co_flags & _ASYNC or not _UNKNOWN.isdisjoint(steps) or not names.isdisjoint(barred):
        return False
    if any(name.startswith("_") for name in names - _PLAIN):
        return False
    return _IMPORT not in steps or _imports(code, steps) <= set(pure)


def _imports(code: CodeType, steps: bytes) -> set[str]:
    arguments, at = code.co_code[1::2], steps.find(_IMPORT)
    found = set()
    while at >= 0:
        found.add(code.co_names[arguments[at]] if steps[at - 1] != _WIDE else "")
        at = steps.find(_IMPORT, at + 1)
    return found


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)

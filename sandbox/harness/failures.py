"""Why a test failed, as plain capped text, in the form of the sandbox contract's Failure."""

from __future__ import annotations

import ast
import linecache
import reprlib
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from sandbox.harness.frames_of import frames_of, syntax_frame

CAP = 4_000
_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 500
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxdict = 40


def cap(text: object, most: int = CAP) -> str:
    """Text of at most `most` characters."""
    try:
        plain = str.__str__(str(text))
    except Exception:
        plain = "<text that fails>"
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def side(value: object) -> str:
    """One side of a comparison, for reading."""
    try:
        return cap(_repr.repr(value), 1000)
    except Exception:
        return f"<{type(value).__name__} whose repr fails>"


class Comparison:
    """The last comparison that pytest's rewritten assert looked at."""

    def __init__(self) -> None:
        self.sides: tuple[str, str] | None = None

    def take(self, left: object, right: object) -> None:
        """Remember both sides, written out at once: they may change later."""
        self.sides = (side(left), side(right))

    def told(self, trace: TracebackType | None, test_line: int, test_file: str) -> tuple[str, str]:
        """What was expected and what came, in this order."""
        sides, self.sides = self.sides, None
        source = linecache.getline(test_file, test_line)
        if sides is None:
            sides = _unittest_sides(trace)
        if sides is None:
            return "", ""
        left, right = sides
        return (left, right) if _call_is_right(test_file, test_line, source) else (right, left)


def _unittest_sides(trace: TracebackType | None) -> tuple[str, str] | None:
    for frame, _ in traceback.walk_tb(trace):
        values = frame.f_locals
        if frame.f_globals.get("__name__") == "unittest.case" and "first" in values and "second" in values:
            return side(values["first"]), side(values["second"])
    return None


def _call_is_right(file: str, line: int, source: str) -> bool:
    """Whether the failing statement has its computed side on the right: `assert 3 == f(x)`."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
    pair: list[ast.expr] | None = None
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Assert, ast.Expr)) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        tested = node.test if isinstance(node, ast.Assert) else node.value
        if isinstance(tested, ast.Compare):
            pair = [tested.left, tested.comparators[0]]
        elif isinstance(tested, ast.Call) and len(tested.args) >= 2:
            pair = list(tested.args[:2])
    return pair is not None and _calls(pair[1]) and not _calls(pair[0])


def _calls(node: ast.expr) -> bool:
    """Whether an expression calls something other than what only wraps an expected value."""
    wrappers = {
        "approx",
        "set",
        "list",
        "tuple",
        "sorted",
        "dict",
        "frozenset",
        "float",
        "Decimal",
        "Fraction",
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            if name not in wrappers:
                return True
    return False


def named(kind: str, text: str) -> str:
    """An exception as Python prints it: its kind, and behind a colon what it says, if anything."""
    return f"{kind}: {text}" if text else kind


def failure(
    error: BaseException, root: str, tests: frozenset[str], comparison: Comparison | None = None
) -> dict[str, Any]:
    """Everything that can be told of an exception."""
    trace = error.__traceback__
    test_file, test_line = _test_spot(trace, root, tests)
    spots = _spots(error, root, tests)
    file, line, _, values = spots[-1] if spots else ("", 0, "", [])
    expected, actual = ("", "")
    if comparison is not None and isinstance(error, AssertionError):
        expected, actual = comparison.told(trace, test_line, test_file)
    shown = [f"  {f}:{n} in {name}" for f, n, name, _ in spots]
    head = [f"{Path(test_file).name}:{test_line}"] if test_line else []
    kind = type(error).__name__
    text = cap(_message(error))
    return {
        "error_type": cap(kind, 200),
        "message": text,
        "file": cap(file, 300),
        "line": line,
        "test_line": test_line,
        "expected": expected,
        "actual": actual,
        "local_values": {cap(name, 100): cap(value, 200) for name, value in values},
        "traceback": cap("\n".join([*head, *shown, named(kind, text)])),
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return f"<{type(error).__name__} whose text fails>"


def _spots(error: BaseException, root: str, tests: frozenset[str]) -> list[list[Any]]:
    """The candidate's frames: told by the worker, or seen here when both are one process."""
    told = vars(error).get("\0spots") if hasattr(error, "__dict__") else None
    if isinstance(told, list):
        return told
    here = frames_of(error.__traceback__, root)
    seen = [spot for spot in here if spot[0] not in tests]
    return seen + [spot for spot in syntax_frame(error, root) if spot[0] not in tests]


def _test_spot(trace: TracebackType | None, root: str, tests: frozenset[str]) -> tuple[str, int]:
    """The innermost line in the tests that led to the failure."""
    found = ("", 0)
    for frame, line in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        if file.startswith(root + "/") and file[len(root) + 1 :] in tests:
            found = (file, line)
    return found

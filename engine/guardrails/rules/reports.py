"""Detecting, hooking and forging what the test framework does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.guardrails.family import MARKERS, Call, CallCheck, Hit
from engine.guardrails.values import Const, Ref, texts
from engine.guardrails.walk import below

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_DETECTS = re.compile(
    r"_?pytest([._]\w+)*|PYTEST_\w+|unittest|py\.test|--junit\S*|xdist|nose|conftest|_pytest\..*"
)
_FILES = re.compile(
    r"(^|/)(conftest\.py|pytest\.ini|tox\.ini|sitecustomize\.py|usercustomize\.py|test_[\w*?]+\.py)$|\.pth$"
)
_REPORT = re.compile(
    r"\b\d+ (passed|failed)\b(?=\s*($|[,;.=!(]|in\b))|"
    r"\bpassed in\b|test session starts|<testsuites?\b|::\w+ PASSED|^PASSED\b|^OK$|"
    r"^\.+\s+\[100%\]|^Ran \d+ tests?|all tests passed|tests? passed",
    re.I,
)
_TESTS = re.compile(r"test_\w+|\w+_test|tests?|conftest")
# What names the program that runs; of the arguments only the first does.
_RUNNERS = frozenset({"sys.modules", "sys.executable"})
_RUNNERS_FIRST = frozenset({"sys.argv", "sys.orig_argv"})
_ALL = frozenset(
    {"builtins.BaseException", "builtins.AssertionError", "builtins.SystemExit", "builtins.KeyboardInterrupt"}
)


def hook(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """A function that the framework calls by its name."""
    name = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""
    if name.startswith("pytest_") or name == "load_tests":
        yield Hit("G805", node, name)


def marker(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """A variable that the framework reads by its name."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id in MARKERS:
                yield Hit("G805", node, target.id)


def imported(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """Importing the tests themselves."""
    found = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
    if isinstance(node, ast.ImportFrom) and node.module:
        found = [node.module]
    for name in found:
        if any(_TESTS.fullmatch(part) for part in name.split(".")) and not name.startswith(
            ("numpy", "unittest")
        ):
            yield Hit("G807", node, name)


def compared(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`"pytest" in sys.argv` and the like."""
    if isinstance(node, ast.Compare):
        compared_with = [node.left, *node.comparators]
        for part in compared_with:
            if type(part) is not ast.Constant or type(part.value) is not str:
                continue
            asked = _DETECTS.fullmatch(part.value) or (
                "test" in part.value.lower() and any(_names_runner(resolver, n) for n in compared_with)
            )
            if asked:
                yield Hit("G806", node, part.value)


def _names_runner(resolver: Resolver, node: ast.expr) -> bool:
    """Whether a value says what program runs: `sys.argv[0]`, `__file__.lower()`, a path made from it."""
    first = False
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript):
            first = first or (isinstance(node.slice, ast.Constant) and node.slice.value == 0)
            node = node.value
        elif isinstance(node, ast.Call):
            if node.args and any(_names_runner(resolver, one) for one in node.args):
                return True
            node = node.func
        elif isinstance(node, ast.Attribute):
            paths = [value.path for value in resolver.quiet(node) if isinstance(value, Ref)]
            if any(path in _RUNNERS or (first and path in _RUNNERS_FIRST) for path in paths):
                return True
            node = node.value
        else:
            return False
    return any(isinstance(v, Ref) and v.path == "__file__" for v in resolver.lookup(node.id))


def called(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """A call given the tests' names, files or reports as text."""
    if not isinstance(node, ast.Call):
        return ()
    pieces: list[ast.expr] = []
    for argument in node.args:
        if type(argument) is ast.Constant:
            pieces.append(argument)
        elif type(argument) is ast.JoinedStr:
            pieces += argument.values
    return _told(node, pieces) if pieces else ()


def _told(node: ast.Call, pieces: list[ast.expr]) -> Iterable[Hit]:
    for piece in pieces:
        text = piece.value if isinstance(piece, ast.Constant) else None
        if isinstance(text, bytes):
            text = text.decode("latin-1")
        if not isinstance(text, str) or len(text) > 4096:
            continue
        if _DETECTS.fullmatch(text):
            yield Hit("G806", node, text)
        elif _FILES.search(text):
            yield Hit("G807", node, text)
        elif _writes(node) and _REPORT.search(text):
            yield Hit("G808", node, text.strip()[:40])


def swallowed(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """A handler that lets failures of the tests disappear."""
    if not isinstance(node, ast.Try):
        return
    for handler in node.handlers:
        empty = all(isinstance(s, ast.Pass | ast.Continue) for s in handler.body)
        if handler.type is None:
            if empty:
                yield Hit("G809", handler, "except: pass")
            continue
        parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for part in parts:
            for value in resolver.quiet(part):
                if isinstance(value, Ref) and value.path in _ALL and not _raises(resolver, handler):
                    yield Hit("G809", handler, value.path)


def _raises(resolver: Resolver, handler: ast.ExceptHandler) -> bool:
    return any(isinstance(n, ast.Raise) for n in below(handler.body, resolver.budget))


def _writes(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return name in ("print", "write", "writelines", "info", "error")


def _suppressed(call: Call) -> Iterable[Hit]:
    for values in call.arguments:
        for value in values:
            if isinstance(value, Ref) and value.path in _ALL:
                yield call.hit("G809", value.path)


def _silenced(call: Call) -> Iterable[Hit]:
    """Only ignoring hides warnings; other actions show more of them."""
    action = call.argument(0, "action") or ()
    known = texts(action)
    if "ignore" in known or len(known) < len(action) or not known:
        yield call.hit("G815")


def _automatic(call: Call) -> Iterable[Hit]:
    """A fixture that every test gets, wanted or not."""
    if call.keywords.get("autouse", (Const(False),)) != (Const(False),):
        yield call.hit("G804")


CALLS: Mapping[str, CallCheck] = {
    "contextlib.suppress": _suppressed,
    "warnings.simplefilter": _silenced,
    "warnings.filterwarnings": _silenced,
    "pytest.fixture": _automatic,
}

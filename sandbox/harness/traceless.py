"""Which tests can leave nothing behind in the process that ran them, told from their syntax alone.

A tester that ran such tests may run the next ones. The rule is a list of what is allowed, and what it
does not know is not: tests that fall through merely get a tester of their own, which takes longer.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType

from sandbox.harness.files import module_names
from sandbox.harness.specials import words
from sandbox.harness.syntax import parsed
from sandbox.harness.traceless_code import surely_traceless

# Standard modules without state that a caller could change; `random` is seeded anew for every run. For
# programs all but `unittest` are loaded before the fork (`library`): to load one leaves a trace.
PURE = frozenset(
    words(
        """
        __future__ abc base64 bisect cmath collections collections.abc contextlib copy dataclasses datetime
        decimal enum fractions functools hashlib heapq itertools json math numbers operator random re
        statistics string textwrap typing unittest
        """
    )
)
_PYTEST = frozenset(words("approx fail fixture mark param raises skip"))
_UNITTEST = frozenset(words("TestCase main skip skipIf skipUnless subTest"))
# Names that reach past the syntax, or that change what a whole process shares.
_BARRED = frozenset(
    words(
        """
        __import__ __builtins__ attrgetter breakpoint compile delattr eval exec exit getattr globals input
        locals
        Formatter ForwardRef get_type_hints memoryview methodcaller open quit setattr vars
        dispatch_table algorithms_available algorithms_guaranteed unicode_whitespace_trans
        BasicContext DefaultContext ExtendedContext EXCLUDED_ATTRIBUTES all_feature_names defaultTestLoader
        getcontext localcontext setcontext purge register usefixtures addModuleCleanup setUpModule
        tearDownModule setup_module teardown_module pytest_plugins pytestmark
        """
    )
)
# Modules that a module without state holds, by which others with state are reached: `contextlib.sys`.
_BY_THE_WAY = frozenset(
    words(
        """
        binascii bltns builtins codecs copyreg decoder encoder inspect keyword os scanner stdlib_re struct
        sys types warnings
        """
    )
)
_STATEMENTS = (
    ast.FunctionDef, ast.ClassDef, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While,
    ast.If, ast.With, ast.Raise, ast.Try, ast.Assert, ast.Import, ast.ImportFrom, ast.Expr, ast.Pass,
    ast.Break, ast.Continue, ast.Delete, ast.Nonlocal, ast.Global,
)  # fmt: skip
_TELLING = (ast.stmt, ast.Name, ast.Attribute)  # every other node is allowed
_KEPT = 64

_known: dict[bytes, bool] = {}


def traceless(tests: Mapping[str, bytes], modules: Iterable[str]) -> bool:
    """Whether `tests` leave no trace; `modules` are the candidate's files, which they may import."""
    files = sorted(modules)
    digest = hashlib.sha256(repr((files, sorted(tests.items()))).encode()).digest()
    if digest not in _known:
        while len(_known) >= _KEPT:
            del _known[next(iter(_known))]
        _known[digest] = _judge(tests, files)
    return _known[digest]


def compiled_if_traceless(program: str) -> CodeType | None:
    """What a program compiles to if it leaves no trace by its syntax, else None; it is nobody's test and has
    no modules of its own."""
    try:
        code: CodeType = compile(program, "script.py", "exec", dont_inherit=True)
        if surely_traceless(code, PURE, _BARRED | _BY_THE_WAY):
            return code
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    traceless = _judge({"script.py": program.encode("utf-8", "surrogatepass")}, [], pytest=False)
    return code if traceless else None


def _judge(tests: Mapping[str, bytes], files: list[str], pytest: bool = True) -> bool:
    own = {*module_names(files), *module_names(tests)}
    if any(name.partition(".")[0] in sys.stdlib_module_names or name == "conftest" for name in own):
        return False
    try:
        return all(
            path.endswith(".py") and _File(parsed(data), own).harmless(pytest) for path, data in tests.items()
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


class _File:
    """One test file."""

    def __init__(self, tree: ast.Module, own: set[str]) -> None:
        self._own = own
        self._nodes = [node for node in ast.walk(tree) if isinstance(node, _TELLING)]
        self._functions = [node for node in self._nodes if isinstance(node, ast.FunctionDef)]
        self._fixtures = {node.name for node in self._functions if node.decorator_list}
        aliases = [a for node in self._nodes if isinstance(node, ast.Import) for a in node.names]
        self._modules = {(alias.asname or alias.name).partition(".")[0] for alias in aliases}

    def harmless(self, pytest: bool) -> bool:
        allowed = all(map(self._allowed, self._nodes))
        return allowed and (not pytest or self._own_arguments())

    def _allowed(self, node: ast.AST) -> bool:
        match node:
            case ast.Import(names=names):
                renamed = any(a.asname for a in names if a.name in ("pytest", "unittest"))
                return not renamed and all(self._importable(alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                return self._importable(module) and all(self._named(module, a.name) for a in names)
            case ast.ImportFrom() | ast.AsyncFunctionDef():
                return False
            case ast.Name(id=name):
                return name == "__name__" or self._plain(name)
            case ast.Attribute(attr=name) if name in _BY_THE_WAY or _is_enums(name):
                return False
            case ast.Attribute(value=ast.Name(id="pytest" | "unittest" as module), attr=name):
                return self._named(module, name) and isinstance(node.ctx, ast.Load)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self._modules:
                return not name.startswith("_") and self._plain(name) and isinstance(node.ctx, ast.Load)
            case ast.Attribute(value=value, attr=name, ctx=context):
                stored = isinstance(context, ast.Load) or (
                    isinstance(context, ast.Store) and isinstance(value, ast.Name) and value.id == "self"
                )
                return stored and self._plain(name)
            case ast.stmt():
                return isinstance(node, _STATEMENTS)
        return True

    def _importable(self, module: str) -> bool:
        return module == "pytest" or module in PURE or module in self._own

    def _named(self, module: str, name: str) -> bool:
        if module in ("pytest", "unittest"):
            return name in (_PYTEST if module == "pytest" else _UNITTEST)
        return module in self._own or (self._plain(name) and name not in _BY_THE_WAY)

    @staticmethod
    def _plain(name: str) -> bool:
        return name not in _BARRED and not (name.startswith("__") and name.endswith("__"))

    def _own_arguments(self) -> bool:
        """Every argument of a test or fixture is a fixture or a parameter of this file: pytest's own
        fixtures reach into the process."""
        texts = {text for function in self._functions for text in _decorator_texts(function)}
        known = {"self", "cls", *self._fixtures, *texts}
        collected = [f for f in self._functions if f.name.startswith("test") or f.decorator_list]
        return all(argument.arg in known for f in collected for argument in f.args.args)


def _is_enums(name: str) -> bool:
    """Whether a name is one of those under which an enumeration keeps its members: `_member_map_`."""
    return name.startswith("_") and name.endswith("_") and len(name) > 2


def _decorator_texts(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from (part.strip() for part in node.value.split(","))

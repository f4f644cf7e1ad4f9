"""Modules under test as the tests import them: nothing is loaded here, every attribute is asked for."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any, NoReturn

from sandbox.harness.mirrors import HANDLE, is_remote, readable
from sandbox.harness.session import NotTransferable, Session

_OWN = frozenset(
    ("__name__", "__spec__", "__loader__", "__package__", "__path__", "__dict__", "__class__", "__all__")
)
_TAKEN = frozenset(("pytest", "_pytest", "pluggy", "conftest", *sys.stdlib_module_names))
# A star import never takes the place of what the tests check with.
_KEPT_NAMES = frozenset(("pytest", "unittest", "mock", "raises", "approx"))
_FREE = object()


class StubModule(types.ModuleType):
    """A module that lives in the worker."""

    __doc__ = property(lambda self: self.__getattr__("__doc__"))

    def __getattr__(self, name: str) -> Any:
        here = vars(self)
        session: Session | None = here.get("\0session")
        # `__file__` stays unknown: with it, `inspect` takes a stub for a module with a source.
        if session is None or HANDLE not in here or not readable(name):
            raise AttributeError(f"module {here.get('__name__')!r} has no attribute {name!r}")
        ready, asked = here["\0ready"], session.asked == here["\0asked"]
        if name == "__all__":
            names = _public(session, here[HANDLE], here["\0public"] if asked else None)
            _warn_of_shadows(session, self, names, sys._getframe(1).f_globals)
            return names
        if asked and name in ready:  # nothing ran in the worker since it told of them
            return ready[name]
        value = session.request("getattr", here[HANDLE], name)
        if asked and here["\0public"] is not None:  # a plain module: to read it runs nothing
            here["\0asked"] = session.asked
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        here = vars(self)
        if HANDLE not in here or name in _OWN or isinstance(value, StubModule):
            super().__setattr__(name, value)
        else:
            here["\0session"].request("setattr", here[HANDLE], name, (value,))

    def __delattr__(self, name: str) -> None:
        here = vars(self)
        if name in here:
            super().__delattr__(name)
        else:
            here["\0session"].request("delattr", here[HANDLE], name)

    def __dir__(self) -> list[str]:
        here = vars(self)
        return [str(name) for name in here["\0session"].request("dir", here[HANDLE])]


class StubFinder(MetaPathFinder, Loader):
    """Answers imports of the candidate's modules."""

    def __init__(self, session: Session, names: Mapping[str, str]) -> None:
        self._session = session
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for a module of the candidate, None for any other."""
        if fullname not in self._names:
            return None
        file = self._names[fullname]
        package = file == "" or file.endswith("__init__.py")
        return ModuleSpec(fullname, self, origin="candidate", is_package=package)

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """An empty stub."""
        stub = StubModule(spec.name)
        del vars(stub)["__doc__"]
        return stub

    def get_code(self, fullname: str) -> NoReturn:
        """What `runpy` asks for. Raises Unsealable."""
        raise self._session.unsealable("the tests run the candidate's module as a program")

    def exec_module(self, module: types.ModuleType) -> None:
        """Have the worker import it. Raises what that raises."""
        here = vars(module)
        name = here["__name__"]
        fresh = HANDLE in here or name in self._session.imported
        self._session.imported.add(name)
        remote, public, ready = self._load(name, fresh)
        here["\0session"], here["\0asked"] = self._session, self._session.asked
        here["\0public"], here["\0ready"] = public, ready
        here[HANDLE] = _handle_of(remote)

    def _load(self, name: str, fresh: bool) -> tuple[Any, Any, dict[Any, Any]]:
        """The module; the names for a star import, if told; what of it is told already."""
        try:
            told = self._session.request("import", 0, name, fresh=fresh, ahead=True)
        except NotTransferable:
            return self._session.request("import", 0, name, fresh=False, ahead=False), None, {}
        if type(told) is not tuple or len(told) != 3 or type(told[2]) is not dict:
            raise TypeError("the candidate's process sent nonsense of its module")
        return told[0], told[1], told[2]


def _handle_of(remote: Any) -> int:
    found = object.__getattribute__(remote, HANDLE)
    return int(found)


def _public(session: Session, number: int, told: Any) -> list[str]:
    """What `from module import *` takes; `told` if the worker told of it already."""
    try:
        told = told or session.request("getattr", number, "__all__")
    except AttributeError:
        told = [name for name in session.request("dir", number) if not str(name).startswith("_")]
    names = [name for name in told if type(name) is str and name not in _KEPT_NAMES and _usual(name)]
    for name in names:
        if hasattr(builtins, name):
            session.warn(f"builtin-shadowed: {name}")
    return names


def _usual(name: str) -> bool:
    """Not a name by which Python or pytest's rewritten assertions find their own things."""
    return name.isidentifier() and not (name.startswith("__") and name.endswith("__"))


def _warn_of_shadows(session: Session, stub: StubModule, names: list[str], importer: dict[str, Any]) -> None:
    """Tell where a star import takes the place of what the tests had under that name already."""
    for name in names:
        before = importer.get(name, _FREE)
        if before is _FREE or is_remote(before):
            continue
        now = getattr(stub, name, before)
        plain = type(before) in (bool, int, float, str) and type(now) is type(before) and now == before
        if now is not before and not plain:
            session.warn(f"name-shadowed: {name}")


def install(session: Session, names: Mapping[str, str], tests: Sequence[str]) -> Callable[[], None]:
    """Make the candidate's modules importable as stubs, before any other finder; returns what ends it.

    The runner's own modules and those that the tests bring themselves are never stubs.
    """
    mine = {n: f for n, f in names.items() if n.partition(".")[0] not in _TAKEN and n not in tests}
    finder = StubFinder(session, mine)
    sys.meta_path.insert(0, finder)
    return lambda: sys.meta_path.remove(finder)

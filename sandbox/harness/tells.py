"""Signs that tests need the candidate in their own process or on their own disk: they cannot be sealed."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path, PurePath
from typing import Any

from sandbox.harness.mirrors import is_remote
from sandbox.harness.session import Session
from sandbox.harness.stubs import StubModule

_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}
_SOURCE = ("getsource", "getsourcelines", "getsourcefile", "getfile", "findsource")


_hooked: list[Tells | None] = []  # an audit hook stays for good: it asks who watches now


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _hooked[0] is not None:
        _hooked[0].audit(event, args)


class Tells:
    """Watches what the tests do, never what the worker says."""

    def __init__(self, session: Session, files: Collection[str]) -> None:
        self._session = session
        self._root = str(Path.cwd())
        self._candidate = {self._full(name) for name in files}
        self._made: set[str] = set()
        self._unguarded = {name: getattr(inspect, name) for name in _SOURCE}

    def install(self) -> None:
        """Begin to watch."""
        if not _hooked:
            sys.addaudithook(_hook)
        _hooked[:] = [self]
        self._session.check_argument = self.check
        for name, function in self._unguarded.items():
            setattr(inspect, name, self._guarded(function))

    def uninstall(self) -> None:
        """Watch no longer."""
        _hooked[:] = [None]
        for name, function in self._unguarded.items():
            setattr(inspect, name, function)

    def check(self, value: Any) -> None:
        """Refuse a path to something that the tests have made: the worker does not see their disk."""
        if self._made and isinstance(value, (str, PurePath)):
            path = self._full(value)
            if path in self._made or any(path.startswith(f"{made}/") for made in self._made):
                raise self._session.unsealable("the tests hand over the path of a file of theirs")

    def _full(self, path: Any) -> str:
        return os.path.join(self._root, os.fsdecode(path))  # noqa: PTH118  # half the cost of a Path

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        """Take a look at what the interpreter is about to do. Raises Unsealable."""
        if not self._session.in_test or self._session.why_unsealable:
            return
        if event in _STARTS:
            raise self._session.unsealable("the tests start a process")
        if event == "os.chdir":
            raise self._session.unsealable("the tests change the working directory")
        if event == "os.mkdir":
            self._made.add(self._full(args[0]))
        if event == "open" and isinstance(args[0], (str, PurePath)):
            self._opened(self._full(args[0]), args[2])

    def _opened(self, path: str, flags: Any) -> None:
        if path.endswith((".pyc", "~")) or not isinstance(flags, int):
            return
        if path in self._candidate:
            raise self._session.unsealable("the tests read the candidate's source")
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._made.add(path)
        elif path.startswith(self._root + "/") and not path.endswith(".py") and not os.path.lexists(path):
            raise self._session.unsealable("the tests read a file that they have not written")

    def _guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(subject: Any, *args: Any, **kwargs: Any) -> Any:
            if is_remote(subject) or isinstance(subject, StubModule):
                raise self._session.unsealable("the tests read the candidate's source")
            return function(subject, *args, **kwargs)

        return guarded

"""Executions by content: what was run once is not run again. A broken cache is a slow one, never a fault."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from diskcache import Cache, Timeout
from pydantic import TypeAdapter

from engine.errors import ConfigError
from engine.execution_key import execution_key
from engine.json_disk import JsonDisk
from engine.places import private_folder
from sandbox.contract import Execution, Verdict

__all__ = ["CacheInfo", "ExecutionCache", "execution_key"]

_log = logging.getLogger(__name__)
_adapter = TypeAdapter(Execution)
_Result = TypeVar("_Result")
# What depends on how busy the machine was, or was our own fault, says nothing about the next time.
PASSING = frozenset({Verdict.TIMEOUT, Verdict.KILLED, Verdict.OUT_OF_MEMORY, Verdict.INFRASTRUCTURE})
LOCK_SECONDS = 2.0
# Besides the database's own errors: rows, settings or a schema that this program did not write.
_BROKEN = (sqlite3.Error, OSError, Timeout, ValueError, TypeError, KeyError, AttributeError, AssertionError)


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What is kept: `size` and `limit` in bytes."""

    folder: Path
    entries: int
    size: int
    limit: int


class ExecutionCache:
    """Remembers executions on the disk, up to a size; several processes and threads may share it."""

    def __init__(self, folder: Path, size_mb: int = 256) -> None:
        self.folder = folder / "executions"
        self._limit = size_mb * 1_000_000
        self._cache: Cache | None = None
        self._opening = threading.Lock()
        self._warned = False

    def get(self, key: str) -> Execution | None:
        """The execution under `key`; None when there is none that can be trusted."""
        text = self._guarded("read", lambda cache: cache.get(key), None)
        if text is None:
            return None
        try:
            execution = _adapter.validate_json(text)
        except ValueError:
            return None
        return None if execution.verdict in PASSING else execution

    def put(self, key: str, execution: Execution) -> None:
        """Remember an execution, unless it may end otherwise the next time."""
        if execution.verdict in PASSING:
            return
        try:
            text = _adapter.dump_json(execution).decode()
        except ValueError:  # output that no text file can hold
            return
        self._guarded("written", lambda cache: cache.set(key, text), False)

    def info(self) -> CacheInfo:
        """How much is kept."""
        entries, size = self._guarded("read", lambda cache: (len(cache), int(cache.volume())), (0, 0))
        return CacheInfo(self.folder, entries, size, self._limit)

    def clear(self) -> int:
        """Forget everything and return how many executions that were; mends a broken cache too."""
        removed = self._guarded("cleared", lambda cache: int(cache.clear()), -1)
        if removed < 0:
            self.close()
            with suppress(OSError):
                self._discard()
        return max(removed, 0)

    def close(self) -> None:
        """Give back the database; may be called twice, and a later use opens it again."""
        with self._opening:
            cache, self._cache = self._cache, None
        if cache is not None:
            cache.close()

    def _guarded(self, done: str, work: Callable[[Any], _Result], otherwise: _Result) -> _Result:
        try:
            return work(self._open())
        except _BROKEN as error:
            self._warn(f"the cache could not be {done}: {type(error).__name__}: {error}")
            return otherwise
        except ConfigError as error:
            self._warn(str(error))
            return otherwise

    def _open(self) -> Any:
        with self._opening:
            if self._cache is None:
                private_folder(self.folder.parent, "paths.cache")
                private_folder(self.folder, "paths.cache", named=False)
                try:
                    self._cache = self._connect()
                except sqlite3.DatabaseError as error:
                    if isinstance(error, sqlite3.OperationalError):
                        raise
                    self._warn(f"the cache was broken and is begun anew: {error}")
                    self._discard()
                    self._cache = self._connect()
            return self._cache

    def _connect(self) -> Cache:
        return Cache(str(self.folder), timeout=LOCK_SECONDS, disk=JsonDisk, size_limit=self._limit)

    def _discard(self) -> None:
        for name in ("cache.db", "cache.db-wal", "cache.db-shm"):
            with suppress(FileNotFoundError):
                (self.folder / name).unlink()

    def _warn(self, message: str) -> None:
        # Once is enough: a full disk would fill the log as well.
        _log.log(logging.DEBUG if self._warned else logging.WARNING, "%s (%s)", message, self.folder)
        self._warned = True

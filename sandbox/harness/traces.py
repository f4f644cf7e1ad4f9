"""What a run may have left in the tester's process: put back where that is certain, else noticed."""

from __future__ import annotations

import builtins
import contextlib
import decimal
import gc
import importlib
import linecache
import logging
import os
import random
import sys
import threading
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any


class Traces:
    """The process as it is before its first run."""

    def __init__(self) -> None:
        self._root = Path.cwd()
        self._modules = set(sys.modules)
        self._paths = list(sys.path)
        self._before = self._state()

    def cleared(self, tests: Collection[str]) -> bool:
        """Take away what the run brought; whether all else is as it was before the first."""
        for name in set(sys.modules) - self._modules:
            if name.partition(".")[0] in sys.stdlib_module_names:
                self._modules.add(name)
            else:
                del sys.modules[name]
        sys.path[:] = self._paths
        sys.path_importer_cache.pop(str(self._root), None)
        linecache.clearcache()
        decimal.setcontext(decimal.Context())
        random.seed()
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            vars(sys).pop(name, None)
        for name in tests:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108  # a Path for each is dear
        if any("/" in name for name in tests):
            self._remove_folders(self._root)
        importlib.invalidate_caches()
        return self._state() == self._before

    def sweep(self) -> None:
        """Collect what the run left to the garbage collector, and never look at what stays again."""
        gc.collect()
        gc.freeze()

    def _remove_folders(self, folder: Path) -> None:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                self._remove_folders(Path(entry.path))
                if not os.listdir(entry.path):  # noqa: PTH208  # a Path for each name is dear
                    Path(entry.path).rmdir()

    def _state(self) -> tuple[Any, ...]:
        return (
            dict(os.environ),
            os.getcwd(),  # noqa: PTH109
            list(sys.meta_path),
            sys.getrecursionlimit(),
            threading.active_count(),
            list(warnings.filters),
            set(logging.root.manager.loggerDict),
            list(logging.root.handlers),
            {name: id(value) for name, value in vars(builtins).items() if name != "_"},
            [sorted(os.listdir(place)) for place in (self._root, self._root.parent)],  # noqa: PTH208
        )

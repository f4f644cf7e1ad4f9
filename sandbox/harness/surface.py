"""What a program that ran may have changed in the process for the next one."""

from __future__ import annotations

import builtins
import os
import random
import sys
import threading
import warnings
from types import ModuleType
from typing import Any

from sandbox.harness.versions import Versions


class Surface:
    """The process as every program is to find it."""

    def __init__(self, modules: Versions) -> None:
        self._modules = modules
        self._before, self._brief = self._state(), _brief()
        self._decimal = sys.modules.get("decimal")

    def traced(self) -> bool:
        """Whether it is another at the first look, which costs next to nothing."""
        return _brief() != self._brief

    def unchanged(self) -> bool:
        """Whether modules, their attributes and what the whole process shares are as they were."""
        return not self.traced() and self._state() == self._before

    def renew(self) -> None:
        """Put back what every program may change: the state of `random`, and of decimal arithmetic."""
        random.seed()
        if self._decimal:
            self._decimal.setcontext(self._decimal.Context())

    def _state(self) -> tuple[Any, ...]:
        return (
            self._modules.now(),
            dict(os.environ),
            os.getcwd(),  # noqa: PTH109
            os.listdir(),  # noqa: PTH208  # a Path for each is dear
        )


def watched_modules() -> Versions:
    """The modules there are, ours left aside, to be asked for before any fork."""
    others = (module for name, module in sys.modules.items() if name.partition(".")[0] != "sandbox")
    return Versions([sys.modules, *(vars(module) for module in others if isinstance(module, ModuleType))])


def _brief() -> tuple[int, ...]:
    return (
        len(sys.modules),
        len(vars(builtins)),
        sys.getrecursionlimit(),
        threading.active_count(),
        len(warnings.filters),
    )

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


class Surface:
    """The process as every program is to find it."""

    def __init__(self) -> None:
        self._modules = dict(sys.modules)
        self._before, self._brief = self._state(), _brief()
        self._decimal = sys.modules.get("decimal")

    def traced(self) -> bool:
        """Whether it is another at the first look, which costs next to nothing."""
        return _brief() != self._brief

    def unchanged(self) -> bool:
        """Whether modules, their attributes and what the whole process shares are as they were."""
        return not self.traced() and sys.modules == self._modules and self._state() == self._before

    def renew(self) -> None:
        """Put back what every program may change: the state of `random`, and of decimal arithmetic."""
        random.seed()
        if self._decimal:
            self._decimal.setcontext(self._decimal.Context())

    def _state(self) -> tuple[Any, ...]:
        return (
            [hash(tuple(map(id, vars(module).values()))) for module in self._watched()],
            dict(os.environ),
            os.getcwd(),  # noqa: PTH109
            os.listdir(),  # noqa: PTH208  # a Path for each is dear
        )

    def _watched(self) -> list[ModuleType]:
        return [module for module in self._modules.values() if isinstance(module, ModuleType)]


def _brief() -> tuple[int, ...]:
    return (
        len(sys.modules),
        len(vars(builtins)),
        sys.getrecursionlimit(),
        threading.active_count(),
        len(warnings.filters),
    )

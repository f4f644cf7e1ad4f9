"""What tests and variants share: the modules, and the data in them that one could spoil for the next."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from sandbox.harness.screen_probes import fresh_copies


def freshener(modules: list[ModuleType]) -> Callable[[], None]:
    """What gives the tests' own plain global data back its first value, so that variants cannot spoil it."""
    makers = []
    for module in modules:
        data = {name: value for name, value in vars(module).items() if _is_data(name, value)}
        if data:
            makers.append((vars(module), fresh_copies(data)))

    def fresh() -> None:
        for space, make in makers:
            space.update(make())

    return fresh


def order_matters(modules: list[ModuleType]) -> bool:
    """Whether tests share objects, through which an earlier one may prepare a later one."""
    values = [value for module in modules for name, value in vars(module).items() if _is_data(name, value)]
    return any(type(value) not in (list, dict, set, tuple) for value in values)


def module_at(target: Path) -> ModuleType | None:
    """The module that was loaded from a file."""
    found = (m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == str(target))
    return next(found, None)


def modules_below(folder: Path) -> list[ModuleType]:
    """Every module that was loaded from a folder."""
    return [m for m in list(sys.modules.values()) if _file(m).startswith(f"{folder}/")]


def _is_data(name: str, value: object) -> bool:
    """Whether a test module's global is a value that tests or variants could change in place."""
    fixed = ModuleType | type | int | str | bytes | float | None
    return not name.startswith(("__", "@")) and not isinstance(value, fixed) and not callable(value)


def _file(module: ModuleType) -> str:
    return str(getattr(module, "__file__", None) or "")

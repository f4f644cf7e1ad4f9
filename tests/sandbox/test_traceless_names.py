"""What has a state that programs in one process would share is on no module that they may import."""

from __future__ import annotations

import decimal
import importlib
from types import ModuleType

import pytest

from sandbox.harness.traceless import PURE, compiled_if_traceless


@pytest.mark.parametrize("module", sorted(PURE - {"unittest"}))
def test_a_name_that_leads_to_a_shared_state_is_allowed(module: str) -> None:
    found = vars(importlib.import_module(module)).items()
    shared = [name for name, value in found if isinstance(value, (list, dict, set, decimal.Context))]
    shared += [name for name, value in found if isinstance(value, ModuleType) and name not in PURE]
    for name in shared:
        if not name.startswith("_"):
            assert compiled_if_traceless(f"import {module}\n{module}.{name}\n") is None, name
            assert compiled_if_traceless(f"from {module} import {name} as it\n") is None, name


@pytest.mark.parametrize("line", ["result = [1]", "types = sys = 1", "class A:\n    _n_ = 1"])
def test_a_name_of_the_programs_own_is_refused(line: str) -> None:
    assert compiled_if_traceless(f"{line}\n") is not None

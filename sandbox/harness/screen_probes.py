"""Collected tests made callable thousands of times: plain ones directly, the others through pytest."""

from __future__ import annotations

import copy
import inspect
import marshal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

_NEEDS_PYTEST = {"skip", "skipif", "xfail", "usefixtures"}


@dataclass(frozen=True)
class Probe:
    """One test: `run` says whether it passed, or raises what the test raised."""

    id: str
    run: Callable[[], bool]


def probe_of(item: pytest.Item) -> Probe:
    """The cheapest faithful way to run this test again and again."""
    return Probe(item.nodeid, _direct(item) or _through_pytest(item))


def _direct(item: pytest.Item) -> Callable[[], bool] | None:
    """A plain call (microseconds), where the test has no fixtures and no marks that pytest must obey."""
    if type(item) is not pytest.Function or inspect.iscoroutinefunction(item.function):
        return None
    params: dict[str, object] = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    marks = {mark.name for mark in item.iter_markers()}
    indirect = any(mark.kwargs.get("indirect") for mark in item.iter_markers("parametrize"))
    if set(item.fixturenames) - set(params) or marks & _NEEDS_PYTEST or indirect:
        return None
    fresh = fresh_copies(params)
    cls, function, name = item.cls, item.function, item.originalname

    def run() -> bool:
        test = function if cls is None else getattr(cls(), name)
        test(**fresh())
        return True

    return run


def _through_pytest(item: pytest.Item) -> Callable[[], bool]:
    def run() -> bool:
        reports = runtestprotocol(item, log=False, nextitem=None)
        return len(reports) == 3 and all(report.passed for report in reports)

    return run


def fresh_copies(values: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """A maker of copies, so that no variant sees what an earlier one changed; plain data by marshal."""
    if not values:
        return dict
    try:
        frozen = marshal.dumps(values)
    except ValueError:
        return _deep(values)
    return lambda: marshal.loads(frozen)


def _deep(values: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    try:
        copy.deepcopy(values)
    except Exception:  # what cannot be copied (a lock, a generator) is shared, as pytest shares it
        return lambda: values
    return lambda: copy.deepcopy(values)

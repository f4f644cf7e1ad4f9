"""A small storm of the benchmark's kind: no verdict is wrong, nothing is lost or left."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.contract import Isolation
from tests.bench.chaos import Tally, run

pytestmark = pytest.mark.slow
EXECUTIONS = 100


def check(tally: Tally) -> None:
    """What must hold after every storm."""
    assert tally.sound, (tally.wrong, tally.given_up, tally.left)
    assert tally.executions == EXECUTIONS
    assert tally.sandboxes_killed > 0
    assert tally.memory_mb[-1] - tally.memory_mb[1] < 20


@pytest.mark.gvisor
@pytest.mark.timeout(600)
def test_a_storm_with_two_restarts_of_the_daemon(tmp_path: Path) -> None:
    tally = run(Isolation.GVISOR, EXECUTIONS, seed=7, workers=2, data=tmp_path)
    check(tally)
    assert tally.restarts == 2


@pytest.mark.bubblewrap
def test_a_storm_in_namespaces(tmp_path: Path) -> None:
    check(run(Isolation.NAMESPACE, EXECUTIONS, seed=7, workers=2, data=tmp_path))

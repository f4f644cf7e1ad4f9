"""Which processor a sandbox keeps to: no machine is asked but for how many it has."""

from __future__ import annotations

import os

from sandbox.cores import Cores


def test_sandboxes_share_the_processors_out_evenly() -> None:
    cores = Cores([3, 5])
    assert [cores.take(name) for name in "abcd"] == ["3", "5", "3", "5"]


def test_a_successor_goes_where_one_has_ended() -> None:
    cores = Cores([0, 1])
    for name in "ab":
        cores.take(name)
    cores.leave("b")
    assert cores.take("c") == "1"


def test_a_successor_started_ahead_goes_to_the_oldest_which_is_the_next_to_end() -> None:
    cores = Cores([0, 1])
    for name in "ab":
        cores.take(name)
    cores.leave("a")
    assert cores.take("c") == "0"
    assert cores.take("ahead") == "1"  # with b, the oldest by now


def test_fewer_sandboxes_than_processors_roam() -> None:
    processors = len(os.sched_getaffinity(0))
    assert Cores.enough_for(processors - 1).take("a") == ""
    assert int(Cores.enough_for(processors).take("a")) in os.sched_getaffinity(0)


def test_one_that_never_began_holds_nothing() -> None:
    cores = Cores([0])
    cores.leave("never")
    assert cores.take("a") == "0"

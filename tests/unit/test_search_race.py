"""How long patches that pass compete: long enough for a better one, and no longer."""

from __future__ import annotations

import time

from engine.providers.search.race import Race


def test_early_find_is_decided_once_the_likeliest_are_tried() -> None:
    race = Race()
    assert not race.over(0.0, 0)
    race.tried = 10
    race.found()
    race.tried = 399
    assert not race.over(0.0, 1)
    race.tried = 400
    assert race.over(5.0, 1)


def test_awkward_find_is_given_longer_than_a_natural_one() -> None:
    race = Race()
    race.tried = 2000
    race.found()
    assert not race.over(0.0, 1)
    time.sleep(0.4)
    assert race.over(0.0, 1)
    assert not race.over(4.0, 1)
    assert race.over(4.0, 24)  # so many that one more says little

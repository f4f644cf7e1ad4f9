"""The screen's state: what is selected, listed and compared."""

from __future__ import annotations

from dataclasses import replace

from engine import events as ev
from sandbox.contract import Assurance, Verdict
from tests.tui import recording as rec
from tests.tui.feed import RUN
from tui import state as st
from tui import words


def at(events: list[ev.Event]) -> st.State:
    return st.absorb(st.State(), events)


def test_a_fresh_run_is_followed() -> None:
    assert at(rec.streaming()).selected == "3"
    assert at(rec.streaming()).running == "3"


def test_the_selection_stays_once_the_user_has_moved() -> None:
    state = st.select(at(rec.failing()), "1")
    state = st.absorb(state, rec.asked("3", "1", 110.0))
    assert (state.selected, state.running) == ("1", "3")
    assert st.absorb(state, [rec.passed()[-1]]).selected == "1"


def test_a_run_that_is_over_shows_its_best_attempt() -> None:
    assert (
        at([*rec.failing(), ev.RunEnded(RUN, 112.0, Verdict.FAILED, 2, "1", "solution.py")]).selected == "1"
    )


def test_a_re_run_is_listed_below_its_parent() -> None:
    state = at([*rec.streaming(), *rec.asked("1.1", "1", 120.0, "rerun"), *rec.asked("10", "3", 130.0)])
    assert [a.id for a in st.visible(state)] == ["0", "1", "1.1", "2", "3", "10"]


def test_moving_stops_at_the_ends() -> None:
    state = at(rec.failing())
    assert st.move(state, -99).selected == "0"
    assert st.move(state, 99).selected == "2"
    assert st.move(st.State(), 1).selected == ""


def test_a_filter_lists_its_kind_and_moves_a_hidden_selection() -> None:
    state = st.next_filter(at(rec.passed()))
    assert state.filter == "failed"
    assert [a.id for a in st.visible(state)] == ["0", "1", "2"]
    assert state.selected == "2"
    state = st.next_filter(state)
    assert ([a.id for a in st.visible(state)], state.selected) == (["3"], "3")
    state = st.next_filter(state)
    assert [a.id for a in st.visible(state)] == ["0", "1", "3"]


def test_a_base_that_is_not_there_is_passed_over() -> None:
    state = at(rec.passed())
    bases = []
    for _ in range(4):
        state = st.next_base(state)
        bases.append(state.base.value)
    assert bases == ["original", "none", "parent", "original"]
    accepted = st.absorb(state, [ev.FixAccepted(RUN, 1.0, "3", ("solution.py",), "b")])
    assert st.next_base(accepted).base is st.Base.ACCEPTED


def test_the_parent_of_the_first_attempt_is_the_code_as_given() -> None:
    state = st.select(at(rec.passed()), "1")
    base = st.base_of(state)
    assert base is not None
    assert base.text("solution.py") == rec.GIVEN


def test_a_pass_counts_as_sealed_only_when_confirmed_and_sealed() -> None:
    attempt = at(rec.passed()).history.attempts["3"]
    assert words.is_sealed_pass(attempt)
    assert not words.is_sealed_pass(replace(attempt, confirmed=False))
    assert not words.is_sealed_pass(replace(attempt, execution=rec.execution(8, Assurance.IN_PROCESS)))

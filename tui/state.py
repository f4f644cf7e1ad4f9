"""The screen's own state beside the run's history: one frozen value, changed by pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from engine import events as ev
from engine.history import History, advance
from engine.model import Attempt
from engine.workspace import Workspace
from sandbox.contract import Verdict


class Base(StrEnum):
    """What a candidate is compared with."""

    PARENT = "parent"
    ORIGINAL = "original"
    ACCEPTED = "accepted"
    MARKED = "marked"
    NONE = "none"


class Filter(StrEnum):
    """Which attempts are listed."""

    ALL = "all"
    FAILED = "failed"
    PASSED = "passed"
    NOT_BLOCKED = "not blocked"


@dataclass(frozen=True)
class State:
    """Everything that is drawn.

    `running` is the attempt being made ("" for none), `since` its start; `marked` is the one that
    others are compared with.
    """

    history: History = field(default_factory=History)
    selected: str = ""
    follow: bool = True
    base: Base = Base.PARENT
    filter: Filter = Filter.ALL
    running: str = ""
    marked: str = ""
    since: float = 0.0

    @property
    def attempt(self) -> Attempt | None:
        """The selected attempt."""
        return self.history.attempts.get(self.selected)

    @property
    def begun(self) -> bool:
        """Whether the run has made anything yet."""
        return bool(self.history.attempts) or self.history.ended is not None


def absorb(state: State, events: Iterable[ev.Event]) -> State:
    """The state after more events; the selection moves only while it follows, or to the first attempt."""
    for event in events:
        state = replace(state, history=advance(state.history, event))
        match event:
            case ev.AttemptStarted():
                chosen = event.attempt if state.follow or not state.selected else state.selected
                state = replace(state, running=event.attempt, since=event.at, selected=chosen)
            case ev.AttemptEnded() if event.attempt == state.running:
                state = replace(state, running="")
            case ev.RunEnded():
                chosen = event.best if state.follow and event.best else state.selected
                state = replace(state, running="", selected=chosen)
    return state


@lru_cache(maxsize=10_000)  # asked for every attempt at every key
def order(attempt: str) -> tuple[int, ...]:
    """The place of an attempt id in the tree: "4" < "4.1" < "4.1.1" < "4.2" < "10"."""
    return tuple(int(part) if part.isdigit() else 0 for part in attempt.split("."))


def made(state: State) -> list[Attempt]:
    """The attempts without the code as given."""
    return [a for a in state.history.attempts.values() if a.origin != "given"]


def _listed(wanted: Filter, attempt: Attempt) -> bool:
    match wanted:
        case Filter.FAILED:
            return attempt.verdict not in (None, Verdict.PASSED)
        case Filter.PASSED:
            return attempt.verdict is Verdict.PASSED
        case Filter.NOT_BLOCKED:
            return attempt.verdict is not Verdict.BLOCKED
        case _:
            return True


def visible(state: State) -> list[Attempt]:
    """The attempts to list, as a tree; the selected one always is: a streaming run must not hide it."""
    chosen = (
        a for a in state.history.attempts.values() if _listed(state.filter, a) or a.id == state.selected
    )
    return sorted(chosen, key=lambda a: order(a.id))


def select(state: State, attempt: str) -> State:
    """Select by hand: following ends."""
    return replace(state, selected=attempt, follow=False)


def move(state: State, step: int) -> State:
    """Select the attempt `step` rows further, stopping at the ends."""
    ids = [a.id for a in visible(state)]
    if not ids:
        return state
    here = ids.index(state.selected) if state.selected in ids else 0
    return select(state, ids[max(0, min(len(ids) - 1, here + step))])


def next_filter(state: State) -> State:
    """The next filter; a selection that it hides moves to the nearest attempt that is listed."""
    members = list(Filter)
    state = replace(state, filter=members[(members.index(state.filter) + 1) % len(members)])
    listed = [a.id for a in state.history.attempts.values() if _listed(state.filter, a)]
    if listed and state.selected not in listed:
        here = order(state.selected)
        nearest = min(listed, key=lambda i: (order(i) < here, abs(order(i)[0] - here[0]), order(i)))
        state = select(state, nearest)
    return state


def next_base(state: State) -> State:
    """The next thing to compare with; what is not there (accepted, marked) is passed over."""
    there = {Base.ACCEPTED: state.history.accepted, Base.MARKED: state.marked}
    members = [base for base in Base if there.get(base, "there")]
    here = members.index(state.base) if state.base in members else 0
    return replace(state, base=members[(here + 1) % len(members)])


def toggle_mark(state: State) -> State:
    """Mark the selected attempt and compare with it from now on; or take its mark away."""
    if not state.selected or state.selected == state.marked:
        base = Base.PARENT if state.base is Base.MARKED else state.base
        return replace(state, marked="", base=base)
    return replace(state, marked=state.selected, base=Base.MARKED)


def toggle_follow(state: State) -> State:
    """Follow the newest attempt, or stop following."""
    if state.follow:
        return replace(state, follow=False)
    newest = next(reversed(list(state.history.attempts)), "")
    return replace(state, follow=True, selected=newest)


def base_of(state: State) -> Workspace | None:
    """The workspace that the selected candidate is compared with, None for no comparison."""
    task, attempt = state.history.task, state.attempt
    if task is None or attempt is None:
        return None
    match state.base:
        case Base.NONE:
            return None
        case Base.ACCEPTED if (accepted := state.history.attempts.get(state.history.accepted)) is not None:
            return accepted.candidate
        case Base.MARKED if (marked := state.history.attempts.get(state.marked)) is not None:
            return marked.candidate or task.workspace
        case Base.PARENT if (parent := state.history.attempts.get(attempt.parent)) is not None:
            return parent.candidate or task.workspace
        case _:
            return task.workspace

"""Pictures of the screen: what changes here is meant to change, or is broken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine import events as ev
from tests.tui import recording as rec
from tests.tui.conftest import make_app, settle
from tests.tui.feed import RUN

WIDE, NARROW, HUGE = (120, 40), (80, 24), (200, 60)
ACCEPTED = [*rec.passed(), ev.FixAccepted(RUN, 114.0, "3", ("solution.py",), "backup")]
HOSTILE = (
    "".join(map(chr, (*range(1, 0x20), *range(0x7F, 0xA0)))) + "\x1b]0;title\x07\x1b[2J\u202etxt\t漢字\n"
)
Compare = Callable[..., bool]


def hostile() -> list[ev.Event]:
    done = rec.execution(7, output=HOSTILE + "x" * 500_000)
    return [rec.started(), rec.READY, *rec.given()[:2], *rec.judged("0", 100.0, done, "0")]


CASES: dict[str, tuple[Sequence[ev.Event], bool, tuple[int, int], tuple[str, ...]]] = {
    "empty-wide": ([rec.started()], False, WIDE, ()),
    "empty-narrow": ([rec.started()], False, NARROW, ()),
    "running-wide": (rec.streaming(), True, WIDE, ()),
    "running-narrow": (rec.streaming(), True, NARROW, ("2",)),
    "failed-wide": (rec.failing(), False, WIDE, ("k", "4", "]")),
    "failed-narrow": (rec.failing(), False, NARROW, ("k", "4")),
    "blocked-wide": (rec.failing(), False, WIDE, ("5",)),
    "passed-wide": (rec.passed(), False, WIDE, ()),
    "passed-narrow": (rec.passed(), False, NARROW, ("3",)),
    "accepted-wide": (ACCEPTED, False, WIDE, ("3",)),
    "editing-wide": (rec.passed(), False, WIDE, ("e",)),
    "asking-narrow": (rec.failing(), False, NARROW, ("k", "a")),
    "help-narrow": (rec.passed(), False, NARROW, ("3", "?")),
    "hostile-log-wide": (hostile(), False, WIDE, ("4", "z", "G")),
    "compared-huge": (rec.passed(), False, HUGE, ("g", "j", "m", "G", "3")),
    "running-huge": (rec.streaming(), True, HUGE, ("2",)),
    "new-narrow": ([rec.started()], False, NARROW, ("t",)),
    "settings-wide": (rec.passed(), False, WIDE, ("S", "j", "j", "j", "enter", "x")),
    "too-small": (rec.passed(), False, (50, 12), ()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_picture_is_as_it_was(case: str, snap_compare: Compare, tmp_path: Path) -> None:
    events, running, size, keys = CASES[case]
    feed, app = make_app(events, tmp_path, running=running)

    async def before(pilot: Pilot[Any]) -> None:
        await settle(app, feed, pilot)
        await pilot.press(*keys)
        await pilot.pause()

    run_before: Callable[[Pilot[Any]], Awaitable[None]] = before
    assert snap_compare(app, terminal_size=size, run_before=run_before)

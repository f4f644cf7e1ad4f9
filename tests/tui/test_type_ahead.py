"""What is typed in one burst acts as it would one by one: nothing is lost, nothing overtakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import events as ev
from engine.journal import Journal
from tests.tui import recording as rec
from tests.tui.conftest import Open
from tests.tui.feed import RUN
from tests.tui.journalled import COMMAND, home, record
from tests.tui.pty_screen import on_pty

REASON = "too slow, jq: a, A and x are no commands here"


@pytest.mark.parametrize("when", ["before the first picture", "when it is there"])
def test_nothing_of_a_burst_is_lost_or_taken_for_another_command(when: str, tmp_path: Path) -> None:
    state = record(tmp_path, rec.passed())
    with on_pty([COMMAND, "tui", RUN], home(tmp_path)) as screen:
        if when == "when it is there":
            screen.until("Guardrails")
            screen.quiet()
        screen.press(f"x{REASON}\r1kx\r4/zzz\r")
        screen.until("'zzz' is not in this pane")
        screen.press("J2/qqq\rnKay")
        screen.until("was removed since the run started")  # the answer to the question of `a`
    journal = Journal(state / "journal.db")
    said = [(e.attempt, e.reason) for _, e in journal.read(RUN) if isinstance(e, ev.AttemptRejected)]
    journal.close()
    assert said == [("3", REASON), ("2", "")]


async def test_a_long_paste_keeps_its_place_among_the_keys(open_screen: Open) -> None:
    from textual import events

    async with open_screen(rec.passed()) as stage:
        for key in "ex":
            stage.app.post_message(events.Key(key, key))
        stage.app.post_message(events.Paste("y" * 1_000_000))
        stage.app.post_message(events.Key("z", "z"))
        stage.app.post_message(events.Key("f5", None))
        await stage.until(lambda: bool(stage.feed.calls))
        prompt = stage.feed.calls[0][2]
        said = prompt.user.replace("\n", "")  # type: ignore[attr-defined]  # so long a line is folded
        assert said.startswith("x" + "y" * 1_000_000 + "zYour function")

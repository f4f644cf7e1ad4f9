"""What the screen sends over the wire and how soon it answers, measured on a pty at 120×40."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.evaluation.speed import measure_speed
from tests.tui import recording as rec
from tests.tui.feed import RUN
from tests.tui.journalled import COMMAND, home, long_run, record
from tests.tui.pty_screen import PtyScreen, on_pty

KB = 1024
QUICK = 0.008  # seconds that the fixed piece of work takes on a machine that the budget is meant for
ROOT = Path(__file__).parents[2]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[PtyScreen, bytes]]:
    """The installed command on a run of three attempts, and what its first frame took."""
    record(tmp_path, rec.passed())
    with on_pty([COMMAND, "tui", RUN], home(tmp_path)) as screen:
        first = screen.until("Guardrails")
        yield screen, first + screen.quiet(1.5)


def test_first_paint_idle_cursor_and_tab_are_within_budget(opened: tuple[PtyScreen, bytes]) -> None:
    screen, first = opened
    assert len(first) <= 110 * KB
    assert screen.during(3.0) == b""
    for number in "2345":
        screen.press(number)
        assert len(screen.quiet()) <= 50 * KB
        screen.press("g")
        screen.quiet()
        for key in "jjk":
            screen.press(key)
            assert len(screen.quiet(0.2)) <= 1 * KB, (number, key)
    for key in ("\t", "\t", "J", "z", "z", "d", "?", "\x1b"):
        screen.press(key)
        assert len(screen.quiet()) <= 50 * KB, key


def test_a_streaming_answer_is_within_budget(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.tui.streaming_screen"]
    with on_pty(command, {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}) as screen:
        screen.until("Guardrails")
        screen.during(1.5)
        for pane in "24":  # read, and with another pane in front
            screen.press(pane)
            screen.during(0.5)
            sent = screen.during(3.0)
            assert 0 < len(sent) / 3.0 <= 150 * KB


def test_a_storm_of_sizes_ends_in_one_quiet_picture(opened: tuple[PtyScreen, bytes]) -> None:
    screen, _ = opened
    for step in range(40):
        screen.resize(60 + step * 3, 15 + step)
    screen.until("Guardrails")
    screen.quiet(1.0)
    screen.resize(120, 40)
    screen.until("Guardrails")
    screen.quiet(1.0)
    assert screen.during(1.0) == b""


def cost_of_keys(screen: PtyScreen) -> float:
    """Seconds of the processor that nearly every key stays below, as a quick machine would need them.

    Its time and not the clock's, which measures the others on a busy machine; and measured beside a fixed
    piece of work, because the same processor is three times as slow at some hours as at others.
    """
    spent, work = [], []
    for key in "kJKJKkkkJJJ" + "4jjGkkg" + "KJK" + "3jjJJ" + "2jGK" + "1kkgG":
        before = screen.cpu()
        screen.press(key)
        screen.quiet(0.25)
        spent.append(screen.cpu() - before)
        work.append(measure_speed(tries=1))
    return statistics.quantiles(spent, n=20)[-1] / max(1.0, statistics.median(work) / QUICK)


@pytest.mark.slow
def test_a_thousand_attempts_and_a_hundred_thousand_log_lines_stay_quick_and_small(tmp_path: Path) -> None:
    record(tmp_path, long_run(1000, 100_000))
    with on_pty([COMMAND, "tui", RUN], home(tmp_path)) as screen:
        screen.until("Guardrails")
        screen.quiet(2.0)
        rounds = [cost_of_keys(screen) for _ in range(3)]
        # The quietest round: neighbours cost processor time too, by what they push out of the caches.
        assert min(rounds) < 0.050, rounds
        assert screen.megabytes() < 200

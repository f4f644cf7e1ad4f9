"""Keys that ask the session to do something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine import events as ev
from engine.errors import JournalError
from sandbox.contract import Assurance, Verdict
from tests.tui import recording as rec
from tests.tui.conftest import NOW, Open
from tests.tui.feed import RUN, Feed
from tui.app import CoderTui


@pytest.mark.parametrize("key", ["enter", "r", "f5"])
async def test_one_key_runs_a_run_that_is_ready(open_screen: Open, key: str) -> None:
    async with open_screen([rec.started()]) as stage:
        assert "Enter run" in stage.bottom
        await stage.press(key)
        assert stage.feed.calls == [("begin",)]


async def test_r_re_runs_from_the_selected_attempt(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("k", "r")
        assert stage.feed.calls == [("rerun", "2", None)]
        assert "re-run from 2" in stage.bottom


async def test_f5_goes_on_with_a_run_that_was_interrupted(open_screen: Open) -> None:
    async with open_screen(rec.failing()) as stage:
        await stage.press("f5")
        assert stage.feed.calls == [("begin",)]


async def test_s_stops_what_is_going(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        await stage.press("s")
        assert stage.feed.calls == [("stop",)]
        await stage.press("s")
        assert "nothing is running" in stage.bottom


async def test_a_sealed_pass_is_accepted_at_once_and_undone(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("a")
        await stage.until(lambda: stage.app.main.state.history.accepted == "3")
        assert "accepted 3: /home/ada/solution.py is written" in stage.bottom
        assert "accepted" in stage.shown(1)
        await stage.press("u")
        await stage.until(lambda: stage.app.main.state.history.accepted == "")
        assert stage.feed.calls == [("accept", "3"), ("undo",)]


async def test_what_is_no_pass_is_accepted_only_after_a_yes(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("k", "k", "a", "n")
        assert stage.feed.calls == []
        await stage.press("a", "a", "x")  # no other key answers or acts
        assert stage.feed.calls == []
        await stage.press("y")
        assert stage.feed.calls == [("accept", "1")]


async def test_an_unsealed_pass_is_asked_about(open_screen: Open) -> None:
    done = rec.judged("3", 110.0, rec.execution(8, Assurance.IN_PROCESS), "3", confirmed=True)
    async with open_screen([*rec.streaming(), *rec.received("3", 110.0, rec.RIGHT), *done]) as stage:
        assert "not sealed" in stage.shown(1)
        await stage.press("a")
        assert stage.feed.calls == []
        assert "not sealed" in stage.app.main.query_one("#ask").question  # type: ignore[attr-defined]
        await stage.press("escape")
        assert stage.feed.calls == []
        assert not stage.app.main.query("#ask")


async def test_a_refused_accept_says_why(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        stage.feed.refuse = "solution.py changed on disk"
        await stage.press("a")
        await stage.until(lambda: "solution.py changed on disk. look at the file first" in stage.bottom)
        await stage.press("j")
        assert "changed on disk" not in stage.bottom


async def test_there_is_nothing_to_accept_while_an_attempt_is_made(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        await stage.press("a")
        assert "no code to accept" in stage.bottom
        await stage.press("u")
        assert "nothing is accepted" in stage.bottom


async def test_x_rejects_with_a_reason(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("x", *"too slow, jq", "enter")
        await stage.until(lambda: "rejected" in stage.shown(1))
        assert stage.feed.calls == [("reject", "3", "too slow, jq")]
        await stage.press("x", "escape")
        assert len(stage.feed.calls) == 1


async def test_quit_asks_only_while_a_run_is_going(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        await stage.press("q", "n")
        assert stage.app.is_running
        await stage.press("q", "y")
        await stage.until(lambda: not stage.app.is_running)
        assert stage.feed.calls == [("stop",)]
    async with open_screen(rec.passed()) as stage:
        await stage.press("q")
        await stage.until(lambda: not stage.app.is_running)


async def test_the_selection_does_not_jump_while_a_run_streams(open_screen: Open) -> None:
    async with open_screen(rec.failing(), running=True) as stage:
        await stage.press("k")
        stage.feed.add(*rec.asked("3", "1", 110.0))
        await stage.until(lambda: "3    RUN" in stage.shown(1))
        assert stage.app.main.state.selected == "1"


async def test_an_answer_streams_into_the_prompt_pane_with_thinking_apart(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        stage.feed.add(ev.CompletionStreamed(RUN, 112.0, "3", "Take the root plus one."))
        await stage.until(lambda: "Take the root plus one." in stage.shown(2))
        text = stage.shown(2)
        assert (
            text.index("thinking of ollama")
            < text.index("numbers below two?")
            < text.index("answer of ollama")
        )


async def test_a_notice_of_the_run_is_shown_and_kept(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        stage.feed.add(ev.Notice(RUN, 112.0, "error", "no server answers", "start ollama"))
        await stage.until(lambda: "no server answers. start ollama" in stage.bottom)
        await stage.press("j")
        assert "no server answers" in stage.shown(2)


async def test_the_status_line_says_where_the_prompt_goes(open_screen: Open) -> None:
    cloud = rec.started(provider="groq", model="llama", endpoint="api.groq.com")
    async with open_screen([cloud, rec.READY]) as stage:
        assert "groq llama → api.groq.com" in stage.app.main.status.line
        assert "gvisor" in stage.app.main.status.line
    async with open_screen(rec.streaming(), running=True) as stage:
        assert "qwen2.5-coder:7b (local)" in stage.app.main.status.line
        assert stage.app.main.status.line.endswith("3 RUN asking 0:07 ")


async def test_a_run_that_fails_says_so(open_screen: Open) -> None:
    end = ev.RunEnded(RUN, 113.0, Verdict.FAILED, 2, "1", "solution.py", "no attempt passed")
    async with open_screen([*rec.failing(), end]) as stage:
        assert "FAIL no attempt passed" in stage.app.main.status.line


async def test_a_run_started_by_a_command_begins_by_itself(tmp_path: Path) -> None:
    feed = Feed([rec.started()], tmp_path)
    app = CoderTui(feed, RUN, autostart=True, clock=lambda: NOW)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert feed.calls == [("begin",)]


async def test_an_unreadable_journal_is_said_and_not_a_traceback(tmp_path: Path) -> None:
    class Torn(Feed):
        async def subscribe(self, run: str) -> AsyncIterator[ev.Event]:
            yield rec.started()
            raise JournalError("the journal cannot be read", "free some space")

    app = CoderTui(Torn([], tmp_path), RUN, clock=lambda: NOW)
    async with app.run_test(size=(120, 40)) as pilot:
        async with asyncio.timeout(5):
            while "free some space" not in app.main.bottom.line:
                await pilot.pause(0.02)
        assert "task primes" in app.main.panes[1].text()

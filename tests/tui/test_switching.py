"""Other runs: the list, the search, a new task."""

from __future__ import annotations

from pathlib import Path

from textual.events import Paste
from textual.widgets import Input, Static

from engine.journal import Journal
from tests.tui import recording as rec
from tests.tui.conftest import Open
from tests.tui.feed import RUN
from tui.screens.new_task import NewTask
from tui.screens.runs import Runs


async def test_a_run_is_chosen_from_the_list_and_opened_next(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("R")
        await stage.until(lambda: isinstance(stage.app.screen, Runs))
        await stage.press("j", "enter")
        assert stage.app.return_value == "run-1"


async def test_runs_are_queued_taken_out_and_watched(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        await stage.press("R")
        await stage.until(lambda: isinstance(stage.app.screen, Runs))
        await stage.press("+", "j", "+", "+")
        runs = stage.app.screen
        assert isinstance(runs, Runs)
        assert stage.feed.queue.waiting == ("run-2", "run-1")
        assert "queued 2" in runs.list.text()
        assert "queued or going already" in str(runs.list.border_subtitle)
        await stage.press("k", "-")
        assert "queued 1" in runs.list.text()
        await stage.press("escape", "q")
        assert "a run is going, 1 queued: stop all and quit?" in stage.app.main.query_one("#ask").question  # type: ignore[attr-defined]
        await stage.press("n")
        assert "1 queued" in stage.app.main.status.line
        await stage.feed.queue.close()


async def test_runs_are_searched(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("R")
        await stage.until(lambda: isinstance(stage.app.screen, Runs))
        await stage.press("/", *"task1", "enter")
        runs = stage.app.screen
        assert isinstance(runs, Runs)
        await stage.until(lambda: len(runs.list.rows) == 1)
        assert "/a/1.py" in runs.list.text()
        await stage.press("escape")
        assert stage.app.screen is stage.app.main


async def test_a_new_task_is_made_from_the_form_and_its_faults_are_said(
    open_screen: Open, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("def add(a, b):\n    return a - b\n")
    (tmp_path / "test_broken.py").write_text(
        "from broken import add\n\n\ndef test_add():\n    assert add(1, 1) == 2\n"
    )
    async with open_screen(rec.passed()) as stage:
        await stage.press("t")
        await stage.until(lambda: isinstance(stage.app.screen, NewTask))
        await stage.press("f5")
        assert "are needed" in str(stage.app.screen.query_one("#wrong").render())
        for name, value in (("file", "broken.py"), ("tests", "test_broken.py")):
            stage.app.screen.query_one(f"#{name}").value = str(tmp_path / value)  # type: ignore[attr-defined]
        await stage.press("f5")
        await stage.until(lambda: bool(stage.feed.calls))
        assert stage.feed.calls == [("prepare", "broken", "")]
        await stage.until(lambda: stage.app.return_value == "run-9")


def test_the_journal_is_searched_for_text_as_it_was_and_not_for_patterns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.append_many(RUN, rec.passed())
    assert [run.id for run in journal.search('"""Whether n has')] == [RUN]
    assert [run.id for run in journal.search("subprocess")] == [RUN]
    assert journal.search("s%process") == []
    assert journal.search("is_prime_") == []
    journal.close()


async def test_pasted_tests_become_a_file_beside_the_code_and_never_replace_one(
    open_screen: Open, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("def add(a, b):\n    return a - b\n")
    (tmp_path / "test_broken.py").write_text("mine\n")
    tests = "from broken import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n"
    async with open_screen(rec.passed()) as stage:
        await stage.press("t")
        await stage.until(lambda: isinstance(stage.app.screen, NewTask))
        stage.app.screen.query_one("#file", Input).value = str(tmp_path / "broken.py")
        field = stage.app.screen.query_one("#tests", Input)
        field.focus()
        await stage.pilot.pause()
        stage.app.post_message(Paste(tests.replace("\n", "\r")))
        await stage.until(lambda: field.value == str(tmp_path / "test_broken_2.py"))
        field.value = str(tmp_path / "test_broken.py")
        await stage.press("f5")
        wrong = stage.app.screen.query_one("#wrong", Static)
        await stage.until(lambda: "is there already" in str(wrong.content))
        field.value = str(tmp_path / "test_broken_2.py")
        await stage.press("f5")
        await stage.until(lambda: stage.feed.calls == [("prepare", "broken", "")])
    assert (tmp_path / "test_broken.py").read_text() == "mine\n"
    assert (tmp_path / "test_broken_2.py").read_text() == tests

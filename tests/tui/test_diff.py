"""The diff pane: hunks one by one, any two attempts, side by side, colours, and the way to a line of code."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import events as ev
from engine.errors import AcceptRefused
from engine.hunks import with_hunk
from engine.model import Prompt
from tests.tui import recording as rec
from tests.tui.conftest import Open, Stage
from tui.panes.code import Code, coloured
from tui.panes.diff import Diff
from tui.panes.hunk_lines import FileDiff

TWO = rec.RIGHT.replace("range(limit)", "range(2, limit)").replace(
    "    return [n",
    "    # from\n    # the\n    # first\n    # prime\n    # on\n    # and\n    # up\n    return [n",
)


def edited(source: Path) -> list[ev.Event]:
    """A pass that changes the file in two places."""
    start, *rest = rec.passed()
    assert isinstance(start, ev.RunStarted)
    built = ev.CandidateBuilt(rec.RUN, 111.0, "3", {"solution.py": TWO})
    events = [built if isinstance(e, ev.CandidateBuilt) and e.attempt == "3" else e for e in rest]
    return [rec.started(source=str(source)), *events]


def diff_of(stage: Stage) -> Diff:
    pane = stage.app.main.panes[2]
    assert isinstance(pane, Diff)
    return pane


async def test_one_hunk_is_accepted_after_a_yes_and_the_next_on_top_of_it(
    open_screen: Open, tmp_path: Path
) -> None:
    source = tmp_path / "solution.py"
    source.write_text(rec.GIVEN)
    async with open_screen(edited(source)) as stage:
        await stage.press("d", "3", "A", "n")
        assert stage.feed.calls == []
        await stage.press("]", "]", "A")
        assert "hunk 2 of 2 of 3" in stage.app.main.query_one("#ask").question  # type: ignore[attr-defined]
        await stage.press("y")
        await stage.until(lambda: bool(stage.feed.calls))
        (_, _, edits) = stage.feed.calls[0]
        assert isinstance(edits, dict)
        assert "range(2, n)" in edits["solution.py"]
        assert "range(2, limit)" in edits["solution.py"]
        source.write_text(edits["solution.py"])
        await stage.press("[", "A", "y")
        await stage.until(lambda: len(stage.feed.calls) == 2)
        (_, _, both) = stage.feed.calls[1]
        assert both == {"solution.py": TWO}


def test_a_hunk_whose_lines_are_gone_is_refused() -> None:
    with pytest.raises(AcceptRefused, match="line 6 is not there"):
        with_hunk(rec.GIVEN.replace("for divisor", "for d"), rec.GIVEN, rec.RIGHT, 0)


@pytest.mark.parametrize(
    ("before", "after"), [("", "a\nb\n"), ("a\nb\n", ""), ("a\n", "a\nb"), ("a", "b\r\n")]
)
def test_a_hunk_at_the_ends_of_a_file(before: str, after: str) -> None:
    wanted = after.replace("\r\n", "\n").removesuffix("\n")
    assert with_hunk(before, before, after, 0).removesuffix("\n") == wanted


async def test_enter_goes_from_a_failure_to_its_line_and_back(open_screen: Open) -> None:
    async with open_screen(rec.failing()) as stage:
        await stage.press("k", "4", "]", "enter")
        pane = diff_of(stage)
        assert stage.app.main.current == 3
        assert pane.rows[pane.cursor].at == ("solution.py", 8)
        assert "solution.py line 8" in stage.bottom
        await stage.press("enter")
        assert stage.app.main.current == 4


async def test_enter_goes_from_a_finding_to_its_line_outside_every_hunk(open_screen: Open) -> None:
    async with open_screen(rec.failing()) as stage:
        await stage.press("5", "]", "enter")
        pane = diff_of(stage)
        assert pane.rows[pane.cursor].at == ("solution.py", 6)


async def test_any_two_attempts_are_compared(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("g", "j", "m", "G")
        assert "3 Diff 1 → 3" in str(diff_of(stage).border_title)
        assert "base: marked" in str(diff_of(stage).border_title)
        assert "int(n**0.5) + 1" in stage.shown(3)
        await stage.press("k", "m", "m")
        assert "base: parent" in str(diff_of(stage).border_title)


async def test_a_re_run_shows_what_its_prompt_changed(open_screen: Open) -> None:
    child = rec.asked("3.1", "3", 120.0, "edit")
    built = child[1]
    assert isinstance(built, ev.PromptBuilt)
    prompt = Prompt(built.prompt.system, f"Mind 49.\n{built.prompt.user}", built.prompt.form, edited=True)
    child[1] = ev.PromptBuilt(rec.RUN, 120.1, "3.1", prompt, 0.2)
    async with open_screen([*rec.passed(), *child]) as stage:
        await stage.press("G")
        shown = stage.shown(2)
        assert "that of 3" in shown
        assert "+Mind 49." in shown


async def test_a_huge_terminal_has_old_and_new_side_by_side(open_screen: Open) -> None:
    async with open_screen(rec.passed(), size=(200, 60)) as stage:
        await stage.press("3")
        assert " │ " in stage.shown(3)
        await stage.press("]", "/", *"isq", "enter")
        await stage.pilot.resize_terminal(120, 40)
        await stage.until(lambda: " │ " not in stage.shown(3))


def test_quotes_that_span_lines_are_known_where_each_line_begins() -> None:
    text = ['"""a', "b", 'c"""', 'x = \'#\' # """', "y = 1"]
    assert list(Code.of(text).quotes) == ["", '"""', '"""', "", ""]
    assert coloured('b"""  + f(1)', '"""')[0] == ('b"""', "string")
    assert ("1", "number") in coloured("y = 1", "")


def test_a_large_file_is_compared_at_once() -> None:
    before = "\n".join(f"value_{n} = {n}" for n in range(5000))
    diff = FileDiff("a.py", before, before.replace("value_77 ", "other "))
    assert len(list(diff.unified())) == 8
    assert len(list(diff.split())) == 7

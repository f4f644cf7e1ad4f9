"""Keys that change what is seen."""

from __future__ import annotations

import pytest

from tests.tui import recording as rec
from tests.tui.conftest import Open


async def test_j_and_k_walk_the_attempts_and_every_pane_follows(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("k")
        assert stage.app.main.state.selected == "2"
        assert "G1 line 1 (subprocess)" in stage.shown(5)
        assert "no tests were run: BLOCK" in stage.shown(4)
        assert ">2" in stage.shown(1)
        await stage.press("j")
        assert stage.app.main.state.selected == "3"


async def test_capital_j_and_k_change_the_attempt_from_another_pane(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("3", "K", "K")
        assert (stage.app.main.state.selected, stage.app.main.current) == ("1", 3)
        await stage.press("J")
        assert stage.app.main.state.selected == "2"


async def test_g_goes_to_the_first_attempt_and_capital_g_to_the_last(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("g")
        assert stage.app.main.state.selected == "0"
        await stage.press("G")
        assert stage.app.main.state.selected == "3"


async def test_digits_and_tab_go_to_panes(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        for number in "51234":
            await stage.press(number)
            assert stage.app.main.focused is stage.app.main.panes[int(number) - 1]
        await stage.press("tab", "tab")
        assert stage.app.main.current == 1
        await stage.press("shift+tab")
        assert stage.app.main.current == 5


async def test_lines_pages_and_ends_move_the_cursor_of_a_pane(open_screen: Open) -> None:
    async with open_screen(rec.passed(), size=(80, 24)) as stage:
        await stage.press("2")
        pane = stage.app.main.panes[1]
        await stage.press("g", "j", "down", "k")
        assert pane.cursor == 1
        await stage.press("G")
        assert pane.cursor == len(pane.rows) - 1
        assert pane.scroll_offset.y > 0
        await stage.press("pageup")
        assert pane.cursor < len(pane.rows) - 10
        await stage.press("home")
        assert (pane.cursor, pane.scroll_offset.y) == (0, 0)
        await stage.press("space")
        assert pane.cursor > 5


async def test_brackets_go_from_part_to_part(open_screen: Open) -> None:
    async with open_screen([rec.started(), rec.READY, *rec.given()]) as stage:
        await stage.press("4", "]")
        pane = stage.app.main.panes[3]
        first = pane.cursor
        assert pane.rows[first].text.startswith("FAILED")
        await stage.press("]")
        assert pane.cursor > first
        await stage.press("[")
        assert pane.cursor == first
        assert "part 1/3" in str(pane.border_title)


async def test_find_goes_to_the_next_and_the_former_place(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("4", "slash", *"PRIME[4", "enter")
        pane = stage.app.main.panes[3]
        assert "is_prime[4]" in pane.rows[pane.cursor].text
        await stage.press("n")
        assert "is_prime[49]" in pane.rows[pane.cursor].text
        await stage.press("N")
        assert "is_prime[4]" in pane.rows[pane.cursor].text


async def test_what_is_not_there_is_said_and_escape_leaves_the_search(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("4", "slash", *"xyzzy", "enter")
        assert "'xyzzy' is not in this pane" in stage.bottom
        await stage.press("slash", "escape")
        assert stage.app.main.focused is stage.app.main.panes[3]
        await stage.press("j")
        assert stage.app.main.panes[3].cursor == 1


async def test_d_cycles_what_the_diff_is_against(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        assert "base: parent" in str(stage.app.main.panes[2].border_title)
        assert "+    if n < 2:" not in stage.shown(3)
        await stage.press("d")
        assert "+    if n < 2:" in stage.shown(3)
        await stage.press("d")
        assert stage.shown(3).startswith('   1 | """Prime numbers."""')


async def test_f_filters_and_capital_f_follows(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        await stage.press("k")
        assert not stage.app.main.state.follow
        await stage.press("F")
        assert stage.app.main.state.selected == "3"
        await stage.press("f")
        assert "failed" in stage.bottom


async def test_z_shows_one_pane_alone_and_all_again(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("3", "z")
        assert [p.display for p in stage.app.main.panes] == [False, False, True, False, False]
        assert stage.app.main.panes[2].size.width > 110
        await stage.press("4")
        assert [p.display for p in stage.app.main.panes] == [False, False, False, True, False]
        await stage.press("z")
        assert all(p.display for p in stage.app.main.panes)


async def test_y_sends_what_the_pane_shows(open_screen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with open_screen(rec.passed()) as stage:
        await stage.press("4", "y")
        await stage.until(lambda: "sent Test log" in stage.bottom)
        assert stage.app.clipboard.startswith("PASS  8 of 8 passed")
        await stage.press("Y")
        await stage.until(lambda: "sent the code" in stage.bottom)
        assert stage.app.clipboard == rec.RIGHT


async def test_help_tells_about_this_pane_and_closes(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("3", "?")
        help_pane = stage.app.screen.query_one("#help")
        assert "3 Diff" in help_pane.text()  # type: ignore[attr-defined]
        await stage.press("pagedown", "escape")
        assert stage.app.screen is stage.app.main


async def test_the_palette_runs_a_command_of_the_table(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("colon", *"pane alone")
        await stage.until(lambda: bool(stage.app.screen.query("CommandList")))
        await stage.pilot.pause(0.5)
        await stage.press("enter")
        await stage.until(lambda: stage.app.main.zoomed)


async def test_enter_on_an_attempt_goes_to_its_diff(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("enter")
        assert stage.app.main.current == 3


async def test_a_click_selects_an_attempt_and_a_pane(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.pilot.click("#pane-1", offset=(4, 3))
        await stage.pilot.pause()
        assert stage.app.main.state.selected == "1"
        await stage.pilot.click("#pane-4", offset=(4, 3))
        await stage.pilot.pause()
        assert stage.app.main.current == 4


async def test_every_size_shows_what_there_is_room_for(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        panes = stage.app.main.panes
        await stage.press("4")
        for width, height, shown in (
            (80, 24, [4]),
            (100, 24, [1, 2, 3, 4, 5]),
            (60, 15, [4]),
            (200, 60, [1, 2, 3, 4, 5]),
        ):
            await stage.pilot.resize_terminal(width, height)
            await stage.pilot.pause()
            assert [p.number for p in panes if p.region.area] == shown, (width, height)
            assert stage.app.main.focused is panes[3]
        await stage.pilot.resize_terminal(59, 15)
        await stage.pilot.pause()
        assert not any(p.region.area for p in panes)
        assert "--plain" in str(stage.app.main.query_one("#too-small").render())


async def test_long_lines_are_marked_and_scroll_sideways(open_screen: Open) -> None:
    long = rec.started(files={"solution.py": f"x = '{'a' * 300}END'\n"})
    async with open_screen([long], size=(80, 24)) as stage:
        await stage.press("3")
        pane = stage.app.main.panes[2]
        assert pane.render_row(0).text.endswith("›")
        await stage.press(*["l"] * 40)
        assert "END'" in pane.render_row(0).text
        await stage.press(*["h"] * 40)
        assert pane.scroll_offset.x == 0


async def test_wide_characters_do_not_break_the_lines(open_screen: Open) -> None:
    text = "漢字かな" * 40
    async with open_screen(
        [rec.started(description=text, files={"solution.py": text})], size=(80, 24)
    ) as stage:
        for number in "23":
            await stage.press(number)
            pane = stage.app.main.panes[int(number) - 1]
            for y in range(6):
                assert pane.render_line(y).cell_length == pane.size.width

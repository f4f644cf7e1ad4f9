"""Settings: changed on the screen or on the disk, held when they are good, refused with the reason."""

from __future__ import annotations

from pathlib import Path

from rich.color import Color
from textual.widgets import Input, Static

from tests.tui import recording as rec
from tests.tui.conftest import Open, Stage
from tui.screens.settings import Settings

WRITTEN = "# mine\n[loop]\nattempts = 3   # enough\n"


def told(stage: Stage) -> str:
    return str(stage.app.screen.query_one("#about", Static).render())


async def opened_at(stage: Stage, *keys: str) -> Settings:
    await stage.press("S")
    await stage.until(lambda: isinstance(stage.app.screen, Settings))
    await stage.press("/", *keys, "enter")
    screen = stage.app.screen
    assert isinstance(screen, Settings)
    return screen


async def test_a_value_is_checked_as_it_is_typed_and_written_beside_the_comments(
    open_screen: Open, tmp_path: Path
) -> None:
    own = tmp_path / "config.toml"
    own.write_text(WRITTEN)
    async with open_screen(rec.passed()) as stage:
        screen = await opened_at(stage, *"attempts")
        assert screen.key == "loop.attempts"
        assert "1 to 10000" in told(stage)
        await stage.press("enter", "backspace", "0")
        assert "greater than or equal to 1" in told(stage)
        await stage.press("enter")  # refused: the line stays open
        assert screen.query_one(Input).display
        await stage.press("backspace", "7", "enter")
        await stage.until(lambda: stage.feed.config.loop.attempts == 7)
        assert own.read_text() == WRITTEN.replace("= 3", "= 7")
        await stage.press("escape")
        assert "loop.attempts = 7; for new runs" in stage.bottom


async def test_a_key_acts_at_once_and_what_is_taken_is_refused(open_screen: Open, tmp_path: Path) -> None:
    async with open_screen(rec.passed()) as stage:
        await opened_at(stage, *"accept")
        await stage.press("enter", "backspace", "u")
        assert "'u' is bound to accept and undo" in told(stage)
        await stage.press("backspace", "w", "enter")
        await stage.until(lambda: 'accept = "w"' in (tmp_path / "config.toml").read_text())
        await stage.press("escape", "w")
        await stage.until(lambda: stage.feed.calls[-1] == ("accept", "3"))


async def test_a_file_that_changes_on_the_disk_is_read_and_a_bad_one_refused(
    open_screen: Open, tmp_path: Path
) -> None:
    own = tmp_path / "config.toml"
    async with open_screen(rec.passed()) as stage:
        await stage.pilot.pause(0.5)  # the watch stands
        own.write_text(WRITTEN + '[screen]\ntheme = "high-contrast"\n')
        await stage.until(lambda: stage.app.theme == "high-contrast")
        assert stage.feed.config.loop.attempts == 3
        for bad, reason in (
            ("[loop]\nattempts = 0\n", "greater than or equal to 1"),
            ("[loop\n", "not valid TOML"),
            ('[screen]\ntheme = "hihg-contrast"\n', "did you mean 'high-contrast'?"),
            ('[keys]\naccept = "u"\n', "'u' is bound to"),
        ):
            own.write_text(bad)
            await stage.until(lambda reason=reason: reason in stage.bottom)  # type: ignore[misc]
            assert "the settings stay as they were" in stage.bottom
            assert stage.feed.config.loop.attempts == 3
            assert stage.app.theme == "high-contrast"


def luminance(colour: Color) -> float:
    parts = [c / 255 for c in colour.get_truecolor()]
    red, green, blue = (c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_high_contrast_is_seven_to_one_for_every_word(open_screen: Open, tmp_path: Path) -> None:
    """The ratio is WCAG 2.1's, its level AAA for text; frames have 3:1."""
    async with open_screen(rec.passed()) as stage:
        for theme in ("high-contrast", "high-contrast-light"):
            stage.app.theme = theme
            for keys in (("3",), ("4", "k"), ("?",), ("escape", "x"), ("escape", "e"), ("escape",)):
                await stage.press(*keys)
                for segment in (s for strip in stage.app.screen._compositor.render_strips() for s in strip):
                    style = segment.style
                    if not segment.text.strip() or style is None or not style.color or not style.bgcolor:
                        continue
                    dark, light = sorted((luminance(style.color), luminance(style.bgcolor)))
                    frame = set(segment.text) <= set("╭─╮│╰╯┃━┏┓┗┛ ▐")
                    ratio = (light + 0.05) / (dark + 0.05)
                    assert ratio >= (3 if frame else 7), (theme, keys, segment)

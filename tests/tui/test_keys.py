"""The table of keys, and its remapping by the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ConfigError
from tests.tui import recording as rec
from tests.tui.conftest import Open, make_app
from tui.keys import TABLE, keymap, split

TAKEN_BY_OTHERS = {f"ctrl+{key}" for key in ("a", "b", "h", "j", "k", "l", "s", "enter")}


def test_no_default_is_a_key_that_ssh_tmux_or_a_shell_takes() -> None:
    assert not {single for key in TABLE for single in split(key.keys)} & TAKEN_BY_OTHERS


def test_an_unknown_binding_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="did you mean 'accept'"):
        keymap({"acept": "A"})


@pytest.mark.parametrize("keys", ["", "a,,b", " "])
def test_an_empty_key_is_refused(keys: str) -> None:
    with pytest.raises(ConfigError, match="is not a list of keys"):
        keymap({"accept": keys})


def test_one_key_for_two_commands_is_refused() -> None:
    with pytest.raises(ConfigError, match="'u' is bound to"):
        keymap({"accept": "u"})


def test_keys_may_be_swapped() -> None:
    merged = keymap({"accept": "u", "undo": "a"})
    assert (merged["accept"], merged["undo"]) == ("u", "a")


def test_a_wrong_key_in_the_configuration_ends_before_the_screen_opens(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        make_app([rec.started()], tmp_path, nothing="a")


async def test_a_remapped_key_acts_and_the_default_no_longer_does(open_screen: Open) -> None:
    async with open_screen(rec.passed(), keys={"accept": "ctrl+y"}) as stage:
        await stage.press("a")
        assert stage.feed.calls == []
        assert "^Y accept" in stage.bottom
        await stage.press("ctrl+y")
        assert stage.feed.calls == [("accept", "3")]

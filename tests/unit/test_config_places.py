"""What coder-tui keeps is in folders that nobody else can look into."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.config import load
from engine.errors import ConfigError
from engine.places import Places, private_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


def test_the_platforms_folders_are_made_private(home: Path) -> None:
    places = Places.of(load(cwd=home, environ={}))
    assert places.state == home / "state" / "coder-tui"
    assert places.cache == home / "cache" / "coder-tui"
    assert places.journal.parent == places.state
    for folder in (places.config, places.state, places.cache):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_settings_and_variables_name_others(home: Path) -> None:
    environ = {"CODER_TUI_PATHS__STATE": str(home / "a" / "b"), "CODER_TUI_PATHS__CACHE": str(home / "c")}
    places = Places.of(load(cwd=home, environ=environ))
    assert (places.state, places.cache) == (home / "a" / "b", home / "c")


def test_an_open_folder_is_closed_when_empty_and_refused_when_not(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    assert private_folder(folder, "paths.state").stat().st_mode & 0o777 == 0o700
    folder.chmod(0o750)
    (folder / "file").touch()
    with pytest.raises(ConfigError, match=r"open to other users.*chmod 700"):
        private_folder(folder, "paths.state")


def test_the_platforms_own_folders_are_closed_whatever_they_hold(home: Path) -> None:
    for folder in (home / "config" / "coder-tui", home / "state" / "coder-tui"):
        folder.mkdir(parents=True, mode=0o755)
        (folder / "file").touch()
    places = Places.of(load(cwd=home, environ={}))
    assert places.config.stat().st_mode & 0o777 == 0o700
    assert places.state.stat().st_mode & 0o777 == 0o700


def test_a_configuration_folder_that_cannot_be_made_stops_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/nowhere")
    assert not Places.of(load(cwd=home, environ={})).config.exists()


def test_what_is_no_folder_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/coder-tui")):
        with pytest.raises(ConfigError, match=r"Name another folder in paths\.cache"):
            private_folder(path, "paths.cache")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_someone_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)
    with pytest.raises(ConfigError, match="belongs to user 12345"):
        private_folder(folder, "paths.state")

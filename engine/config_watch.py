"""Settings that change while the program runs: read again when one of their files does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path

from engine.config_load import PROJECT_FILE, project_file, user_file
from engine.config_model import Config
from engine.errors import ConfigError

QUIET_MS = 200
"""An editor writes a file in several steps: it is read when there has been this much silence."""


def files_of(config_file: Path | None = None, cwd: Path | None = None) -> tuple[Path, ...]:
    """The user's file and the project's, also those that are not there yet."""
    here = (cwd or Path.cwd()).absolute()
    own = (config_file or user_file()).absolute()
    return own, project_file(here) or here / PROJECT_FILE


async def watch_config(
    files: Iterable[Path], load: Callable[[], Config]
) -> AsyncIterator[Config | ConfigError]:
    """What `load` gives after each change of a file: the settings, or why they cannot be; never ends."""
    from watchfiles import awatch

    wanted = {str(path) for path in files} | {str(path.resolve()) for path in files}
    # The folders are watched: editors put a new file in the place of the old one, and some write
    # through a link. A folder that is not there is waited for in the one above it.
    folders = {_existing(Path(path).parent) for path in wanted}
    async for changes in awatch(
        *folders, recursive=False, step=QUIET_MS, watch_filter=None, rust_timeout=60_000
    ):
        if wanted.isdisjoint(path for _, path in changes) and folders == {
            _existing(Path(path).parent) for path in wanted
        }:
            continue
        try:
            yield await asyncio.to_thread(load)
        except ConfigError as error:
            yield error


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def differences(before: Config, after: Config) -> dict[str, object]:
    """The settings that changed, with their new values (None: no longer there), by dotted key."""
    old, new = flat(before), flat(after)
    known = (*new, *(key for key in old if key not in new))
    return {key: new.get(key) for key in known if old.get(key) != new.get(key)}


def flat(config: Config) -> dict[str, object]:
    """Every setting by its dotted key."""

    def walk(tree: Mapping[str, object], prefix: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in tree.items():
            found |= walk(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
        return found

    return walk(config.model_dump(mode="json"), "")

"""Where coder-tui keeps things: private folders, the platform's own unless the user names others."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from platformdirs import user_cache_path, user_config_path, user_state_path

from engine.config_model import Config
from engine.errors import ConfigError

APPLICATION = "coder-tui"


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute folders, each private to the user: configuration, state (journal, backups), cache."""

    config: Path
    state: Path
    cache: Path

    @classmethod
    def of(cls, config: Config) -> Self:
        """The places that the settings name, made if missing; raises ConfigError when one cannot be used."""
        return cls(
            config=private_folder(user_config_path(APPLICATION), "XDG_CONFIG_HOME"),
            state=_chosen(config.paths.state, user_state_path(APPLICATION), "paths.state"),
            cache=_chosen(config.paths.cache, user_cache_path(APPLICATION), "paths.cache"),
        )

    @property
    def journal(self) -> Path:
        """The journal's database file."""
        return self.state / "journal.db"

    @property
    def prompts(self) -> Path:
        """The folder for the user's own prompt templates; it need not exist."""
        return self.config / "prompts"

    @property
    def log(self) -> Path:
        """The log file; screens own the terminal, so logs go there."""
        return self.state / "coder-tui.log"


def private_folder(path: Path, setting: str) -> Path:
    """Make `path` a folder of mode 0700, or check that it is one; `setting` is named in the remedy.

    Raises ConfigError when it cannot be made, is no folder, belongs to someone else, or is open to others
    and already holds files.
    """
    path = path.expanduser().absolute()
    elsewhere = f"Name another folder in {setting}"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        if found.st_uid != os.geteuid():
            raise ConfigError(f"{path} belongs to user {found.st_uid}, not to you", elsewhere)
        if stat.S_IMODE(found.st_mode) & 0o077:
            if any(path.iterdir()):
                raise ConfigError(
                    f"{path} is open to other users", f"Run `chmod 700 {path}`, or name another"
                )
            path.chmod(0o700)
        if not os.access(path, os.W_OK | os.X_OK):
            raise ConfigError(f"{path} cannot be written to", elsewhere)
    except FileExistsError:
        raise ConfigError(f"{path} is not a folder", elsewhere) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be used: {error.strerror}", elsewhere) from None
    return path


def _chosen(named: str, platform: Path, setting: str) -> Path:
    return private_folder(Path(named) if named else platform, setting)

"""Where coder-tui keeps things: private folders, the platform's own unless the user names others."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
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
            config=_configuration(user_config_path(APPLICATION)),
            state=_chosen(config.paths.state, user_state_path(APPLICATION), "paths.state"),
            cache=_chosen(config.paths.cache, user_cache_path(APPLICATION), "paths.cache"),
        )

    @property
    def journal(self) -> Path:
        """The journal's database file."""
        return self.state / "journal.db"

    @property
    def layers(self) -> Path:
        """The folder for requirements of the code under test; it need not exist."""
        return self.cache / "requirements"

    @property
    def prompts(self) -> Path:
        """The folder for the user's own prompt templates; it need not exist."""
        return self.config / "prompts"

    def project_prompts(self, cwd: Path) -> Path:
        """The folder for the user's own templates for the project around `cwd`; it need not exist.

        It is not in the project's tree: a prompt is not taken from code that comes from others.
        """
        marks = (".coder-tui.toml", ".git", "pyproject.toml")
        around = (folder for folder in (cwd, *cwd.parents) if any((folder / mark).exists() for mark in marks))
        root = next(around, cwd)
        key = sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        name = "".join(char if char.isalnum() or char in "-_." else "-" for char in root.name)[:40]
        return self.prompts / "projects" / f"{name}-{key}"

    @property
    def log(self) -> Path:
        """The log file; screens own the terminal, so logs go there."""
        return self.state / "coder-tui.log"


def private_folder(path: Path, setting: str, *, named: bool = True) -> Path:
    """Make `path` a folder of mode 0700, or check that it is one; `setting` is named in the remedy.

    A folder of ours that is open to others is closed. One that the user named (`named`) is refused when it
    holds files already: it may be a home or a shared folder. Raises ConfigError for that, and when the
    folder cannot be made or written to, is no folder, or belongs to someone else.
    """
    path = path.expanduser().absolute()
    elsewhere = f"Name another folder in {setting}"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        _check_owner(path, found, elsewhere)
        if stat.S_IMODE(found.st_mode) & 0o077:
            if named and any(path.iterdir()):
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
    return private_folder(Path(named) if named else platform, setting, named=bool(named))


def _configuration(path: Path) -> Path:
    # Only read from as a rule: a home that cannot be written to is no reason to stop.
    with suppress(OSError):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        _check_owner(path, found, "Name another folder in XDG_CONFIG_HOME")
        path.chmod(stat.S_IMODE(found.st_mode) & 0o700)
    return path


def _check_owner(path: Path, found: os.stat_result, remedy: str) -> None:
    if found.st_uid != os.geteuid():
        raise ConfigError(f"{path} belongs to user {found.st_uid}, not to you", remedy)

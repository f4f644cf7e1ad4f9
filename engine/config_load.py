"""Read the layers of configuration, strongest last, into one checked `Config`."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path
from pydantic import ValidationError

from engine.config_keys import TABLES, flatten, from_text, is_known, table_of, unknown, wrong
from engine.config_model import Config
from engine.errors import ConfigError, WorkspaceError
from engine.workspace import read_source

ENVIRONMENT_PREFIX = "CODER_TUI_"
PROJECT_FILE = ".coder-tui.toml"
# A project's file comes with other people's code: it may tune the search for a fix and nothing that
# decides where a prompt goes, what is allowed to run, or where it runs.
PROJECT_SECTIONS = ("search.", "loop.", "limits.")

Values = dict[str, object]


def default_file() -> Path:
    """The shipped defaults: inside the package when installed, at the root in a clone."""
    installed = Path(__file__).with_name("default_config.toml")
    return installed if installed.is_file() else Path(__file__).parent.parent / "config.toml"


def user_file(environ: Mapping[str, str] | None = None) -> Path:
    """Where the user's own settings are (or would be); `CODER_TUI_CONFIG` names another place."""
    named = (os.environ if environ is None else environ).get("CODER_TUI_CONFIG", "")
    return Path(named).expanduser() if named else user_config_path("coder-tui") / "config.toml"


def project_file(cwd: Path) -> Path | None:
    """The nearest `.coder-tui.toml` at or above `cwd`."""
    return next((f for d in (cwd, *cwd.parents) if (f := d / PROJECT_FILE).is_file()), None)


def load(
    config_file: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """The settings that hold here; raises ConfigError with one line for anything that is wrong."""
    return load_with_origins(config_file, overrides, cwd, environ)[0]


def load_with_origins(
    config_file: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[Config, Mapping[str, str]]:
    """The settings, and for each dotted key what set it: "default", a file, a variable, "command line"."""
    environ = os.environ if environ is None else environ
    values = _file(default_file())
    origins = dict.fromkeys(values, "default")
    own = config_file or user_file(environ)
    if config_file is not None or own.exists():
        _lay(values, origins, _file(own), str(own))
    project = project_file((cwd or Path.cwd()).absolute())
    if project is not None and project.absolute() != own.absolute():
        found = _file(project)
        _check_project(found, values, project)
        _lay(values, origins, found, str(project))
    for name, key, text in _variables(environ):
        _lay(values, origins, {key: from_text(key, text, name)}, name)
    for key, value in (overrides or {}).items():
        if value is not None:
            _lay(values, origins, {key: _override(key, value)}, "command line")
    return _build(values, origins), origins


def default_values() -> Mapping[str, object]:
    """The shipped value of every setting that has one."""
    return _file(default_file())


def checked_value(key: str, value: object, where: str) -> object:
    """The value, when it is one that `key` may have; raises ConfigError."""
    _build({**_file(default_file()), key: value}, {key: where})
    return value


def parse_toml(text: str, where: str) -> dict[str, object]:
    """TOML as a mapping; raises ConfigError naming file and line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        line = re.search(r"at line (\d+)", message)
        place = f"{where}:{line[1]}" if line else where
        raise ConfigError(f"{place}: not valid TOML: {message}", "Correct that line") from None
    except RecursionError:
        raise ConfigError(f"{where}: not valid TOML: nested too deep", "Correct the file") from None


def _file(path: Path) -> Values:
    try:
        text = read_source(path).decode()
    except WorkspaceError as error:
        raise ConfigError(error.message, error.remedy) from None
    return dict(flatten(parse_toml(text, str(path)), str(path)))


def _lay(values: Values, origins: dict[str, str], layer: Values, origin: str) -> None:
    values.update(layer)
    origins.update(dict.fromkeys(layer, origin))


def _check_project(found: Values, below: Values, path: Path) -> None:
    for key, value in found.items():
        if not key.startswith(PROJECT_SECTIONS):
            raise ConfigError(
                f"{path}: a project may not set {key}, only [search], [loop] and [limits]",
                "Set it in your own file: `coder-tui config path` names it",
            )
        held = below[key]
        if (
            key.startswith("limits.")
            and isinstance(value, int | float)
            and isinstance(held, int | float)
            and not value <= held
        ):
            raise ConfigError(
                f"{path}: a project may only lower limits, and {key} = {value} is over your {held}",
                f"To allow it: `coder-tui config set {key} {value}`",
            )


def _variables(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for name in sorted(environ):
        setting = name.removeprefix(ENVIRONMENT_PREFIX)
        if setting == name or "__" not in setting:
            continue
        key = setting.replace("__", ".")
        # Names inside a free-form table (rule ids) keep their case.
        table = next((t for t in TABLES if key.lower().startswith(f"{t}.")), "")
        key = table + key[len(table) :] if table else key.lower()
        if not is_known(key):
            raise unknown(key, name)
        found.append((name, key, environ[name]))
    return found


def _override(key: str, value: object) -> object:
    if not is_known(key):
        raise unknown(key, "command line")
    return from_text(key, str(value), "command line") if isinstance(value, str) else value


def _build(values: Values, origins: Mapping[str, str]) -> Config:
    tree: dict[str, object] = {}
    for key in (*TABLES, *values):
        table = table_of(key)
        *path, leaf = [*table.split("."), key[len(table) + 1 :]] if table else key.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})  # type: ignore[assignment]
        node[leaf] = values.get(key, {})
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        loc = ".".join(str(part) for part in first["loc"])
        key = next((k for k in sorted(values, key=len, reverse=True) if f"{loc}.".startswith(f"{k}.")), loc)
        raise wrong(key, values.get(key), first["msg"], origins.get(key, "defaults")) from None

"""Change one value of the user's file and nothing else in it: comments, order and spacing stay."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w

from engine.atomic_file import replace_file
from engine.config_keys import flatten, from_text, is_known, table_of, unknown
from engine.config_load import checked_value, parse_toml
from engine.errors import ConfigError, WorkspaceError
from engine.workspace import read_source

_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_LINE = re.compile(rf"^(?P<head>\s*(?P<name>{_KEY}(?:\s*\.\s*{_KEY})*)\s*=\s*)(?P<rest>.*?)(?P<end>\r?\n?)$")
_HEADER = re.compile(r"^\s*\[\s*(?P<name>[^\[\]]+?)\s*\]\s*(?:#.*)?$")


def set_value(path: Path, key: str, value: str) -> None:
    """Set `key` to `value` in the file at `path`, made if missing, mode 0600.

    Raises ConfigError when the key or value is wrong, the file is broken, or cannot be written.
    """
    if not is_known(key):
        raise unknown(key, "config set")
    typed = checked_value(key, from_text(key, value, "config set"), "config set")
    try:
        text = read_source(path).decode() if path.exists() else ""
    except WorkspaceError as error:
        raise ConfigError(error.message, error.remedy) from None
    data = parse_toml(text, str(path))
    list(flatten(data, str(path)))
    section, leaf = _split(key)
    wanted = _changed(data, section, leaf, typed)
    new = next((t for t in _candidates(text, section, leaf, typed) if _means(t, wanted)), None)
    if new is None:
        raise ConfigError(f"{path}: {key} is written in a form that cannot be changed here", "Edit the file")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, new.encode(), 0o600)
        path.chmod(0o600)
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}", "Check the folder, or use --config"
        ) from None


def _split(key: str) -> tuple[str, str]:
    table = table_of(key)
    if table:
        return table, key[len(table) + 1 :]
    section, _, leaf = key.rpartition(".")
    return section, leaf


def _changed(data: dict[str, Any], section: str, leaf: str, value: object) -> dict[str, Any]:
    wanted = copy.deepcopy(data)
    node = wanted
    for part in section.split("."):
        node = node.setdefault(part, {})
    node[leaf] = value
    return wanted


def _means(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _candidates(text: str, section: str, leaf: str, value: object) -> Iterator[str]:
    """Texts that may be the file with the value changed, likeliest first; each is to be checked."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    written = tomli_w.dumps({leaf: value}).rstrip("\n")
    plain = tomli_w.dumps({"x": value}).rstrip("\n").removeprefix("x = ")
    for number, line in enumerate(lines):
        if (found := _LINE.match(line)) and leaf in found["name"]:
            changed = found["head"] + plain + _comment(found["rest"]) + found["end"]
            yield "".join([*lines[:number], changed, *lines[number + 1 :]])
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    for place in _places_in(lines, section):
        yield "".join([*lines[:place], written + end, *lines[place:]])
    gap = [end] if lines and lines[-1].strip() else []
    yield "".join([*lines, *gap, f"[{section}]{end}", written + end])
    yield "".join([f"{section}.{written}{end}", *lines])


def _places_in(lines: list[str], section: str) -> Iterator[int]:
    """Line numbers at which a line can join `section`: after its last setting, then any before that."""
    headers = [(n, found["name"]) for n, line in enumerate(lines) if (found := _HEADER.match(line))]
    for index, (start, name) in enumerate(headers):
        if re.sub(r"""[\s"']""", "", name) != section:
            continue
        stop = headers[index + 1][0] if index + 1 < len(headers) else len(lines)
        settings = [n for n in range(start, stop) if n == start or _LINE.match(lines[n])]
        yield from (n + 1 for n in reversed(settings))


def _comment(rest: str) -> str:
    """The comment at the end of a line's value, with the space before it; "" when there is none."""
    for found in re.finditer(r"\s*#", rest):
        try:
            tomllib.loads(f"x = {rest[: found.start()]}")
        except tomllib.TOMLDecodeError:
            continue
        return rest[found.start() :]
    return ""

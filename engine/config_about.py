"""What a setting is for and what it may be: from the shipped defaults and the models, written down once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args, get_origin

from engine.config_keys import FIELDS, table_of
from engine.config_load import default_file

_HEADER = re.compile(r"^\[(?P<name>[\w.]+)\]\s*(?:#\s*(?P<note>.*))?$")
_SETTING = re.compile(r"^(?P<name>\w+)\s*=\s*(?:\"[^\"]*\"|[^#]*?)\s*(?:#\s*(?P<note>.*))?$")


@cache
def notes() -> Mapping[str, str]:
    """The comment beside each setting and section in the shipped defaults, by dotted key."""
    found: dict[str, str] = {}
    section = ""
    for line in default_file().read_text(encoding="utf-8").splitlines():
        if header := _HEADER.match(line):
            section = header["name"]
            found[section] = header["note"] or ""
        elif setting := _SETTING.match(line):
            found[f"{section}.{setting['name']}"] = setting["note"] or ""
    return found


def choices(key: str) -> tuple[str, ...]:
    """The words that a setting may be, () where they cannot be counted."""
    kind = FIELDS[table_of(key) or key].annotation
    if table_of(key):
        kind = get_args(kind)[-1]
    if kind is bool:
        return ("true", "false")
    return get_args(kind) if get_origin(kind) is Literal else ()


def allowed(key: str) -> str:
    """What a setting may be, in words; "" where the type says nothing more."""
    if counted := choices(key):
        return ", ".join(counted)
    info = FIELDS[table_of(key) or key]
    words = {"gt": "over {:.15g}", "ge": "{:.15g}", "le": "to {:.15g}"}
    bounds = [
        pattern.format(getattr(limit, name))
        for limit in info.metadata
        for name, pattern in words.items()
        if isinstance(getattr(limit, name, None), int | float)
    ]
    return " ".join(bounds)


def as_text(value: object) -> str:
    """A value as it is typed: `true`, `4`, `a, b`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

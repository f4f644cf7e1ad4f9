"""The settings as lines, a heading for each section, and what there is to say of one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.config_about import allowed, as_text, notes
from engine.config_keys import FIELDS, table_of
from engine.config_model import Config
from engine.config_watch import flat
from tui.keys import TABLE
from tui.neutral import neutral_line
from tui.panes.line import Kind, Line

DEFAULT = "default"
WHO = {DEFAULT: ""}


def values_of(config: Config) -> dict[str, object]:
    """Every setting with its value, every binding's keys too, in the order of the shipped file."""
    found = flat(config)
    bound = {f"keys.{key.id}": found.get(f"keys.{key.id}", key.keys) for key in TABLE}
    values: dict[str, object] = {}
    for key in FIELDS:
        inside = {k: v for k, v in {**bound, **found}.items() if table_of(k) == key}
        values |= inside if inside or key not in found else {key: found[key]}
    return {key: value for key, value in values.items() if value != {}}


def setting_lines(values: Mapping[str, object], origins: Mapping[str, str], own: str) -> dict[str, Line]:
    """A line a setting by its key, and one a section by `[section]`; what `own` set is told as yours."""
    lines: dict[str, Line] = {}
    for key, value in values.items():
        section = table_of(key) or key.rpartition(".")[0]
        if f"[{section}]" not in lines:
            lines[f"[{section}]"] = Line(f"[{section}]", Kind.HEAD, part=True)
        name = key[len(section) + 1 :]
        origin = origins.get(key, DEFAULT)
        origin = "your file" if origin == own else origin
        text = f"  {name:<22} {as_text(value):<34} {WHO.get(origin, origin)}"
        lines[key] = Line(neutral_line(text.rstrip()), Kind.TEXT if origin == DEFAULT else Kind.ADD)
    return lines


def about(key: str, origins: Mapping[str, str], default: object) -> str:
    """What a setting is for, what it may be, its default, and who set it."""
    note = notes().get(table_of(key) or key, "")
    title = next((k.title for k in TABLE if key == f"keys.{k.id}"), note)
    may = allowed(key)
    words = [
        f"{key}{': ' if title else ''}{title}",
        f"may be {may}" if may and may not in title else "",
        f"default {as_text(default) or 'empty'}" if default is not None else "",
        f"set by {origins.get(key, DEFAULT)}" if origins.get(key, DEFAULT) != DEFAULT else "",
    ]
    return neutral_line(" · ".join(filter(None, words)))

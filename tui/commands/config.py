"""`coder-tui config`: show settings with their origin, name the file, change one value."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from engine.config import load_with_origins, user_file
from engine.config_write import set_value
from engine.errors import UsageError
from tui.headless import say
from tui.neutral import neutral


def run(options: argparse.Namespace) -> int:
    """Do what `options.action` says. Raises ConfigError, UsageError."""
    path = Path(options.config) if options.config else user_file()
    if options.action == "path":
        say(str(path))
        return 0
    if options.action == "set":
        if not options.key or options.value is None:
            raise UsageError(
                "config set needs a key and a value", "as in: coder-tui config set loop.attempts 4"
            )
        set_value(path, options.key, options.value)
        return 0
    config, origins = load_with_origins(config_file=Path(options.config) if options.config else None)
    flat = _flatten(config.model_dump(mode="json"))
    if options.key:
        flat = {k: v for k, v in flat.items() if k == options.key or k.startswith(f"{options.key}.")}
        if not flat:
            raise UsageError(f"there is no setting {options.key}", "coder-tui config show")
    for key, value in flat.items():
        origin = origins.get(key, "default")
        if options.json:
            say(json.dumps({"key": key, "value": value, "origin": origin}))
        else:
            say(neutral(f"{key} = {json.dumps(value)}  # {origin}"))
    return 0


def _flatten(tree: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat

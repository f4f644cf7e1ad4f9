"""What keys there are, read from the models, so that layers can be checked key by key."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from engine.config_model import Config, Section
from engine.errors import ConfigError

SECRETIVE = (
    "provider.",
)  # values under these are never repeated in a message: an address can hold a password


def _walk(model: type[Section], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            yield from _walk(info.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, info


FIELDS: Mapping[str, FieldInfo] = dict(_walk(Config, ""))
TABLES = tuple(
    key for key in FIELDS if key in ("guardrails.severity", "prices", "keys")
)  # the user names what is inside
SECTIONS = frozenset(key[:i] for key in FIELDS for i, letter in enumerate(key) if letter == ".")


def table_of(key: str) -> str:
    """The free-form table that `key` lies in, "" for an ordinary setting."""
    return next((table for table in TABLES if key.startswith(f"{table}.") and key != f"{table}."), "")


def is_known(key: str) -> bool:
    """Whether `key` names one value."""
    return (key in FIELDS and key not in TABLES) or bool(table_of(key))


def flatten(data: Mapping[str, object], where: str, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys and values of one layer; raises ConfigError for a key that is not known."""
    for name, value in data.items():
        key = prefix + name
        if key in SECTIONS or key in TABLES:
            if not isinstance(value, Mapping):
                raise ConfigError(
                    f"{where}: {key} is a section, not a value", f"Write [{key}] and its keys below"
                )
            yield from flatten(value, where, f"{key}.")
        elif is_known(key):
            yield key, value
        else:
            raise unknown(key, where)


def unknown(key: str, where: str) -> ConfigError:
    """The error for a key that does not exist, with the nearest one that does."""
    known = [*(k for k in FIELDS if k not in TABLES), *SECTIONS, *TABLES]
    leaves = {k.rpartition(".")[2]: k for k in known}
    near = difflib.get_close_matches(key, known, 1, 0.75) or [
        leaves[leaf] for leaf in difflib.get_close_matches(key.rpartition(".")[2], leaves, 1, 0.75)
    ]
    remedy = f"Did you mean {near[0]}?" if near else "`coder-tui config show` lists what there is"
    return ConfigError(f"{where}: there is no setting {key!r}", remedy)


def from_text(key: str, text: str, where: str) -> object:
    """A value as written in the environment or on the command line, in the type that `key` has."""
    info = FIELDS[table_of(key) or key]
    if table_of(key) == "prices" or get_origin(info.annotation) is list:
        parts = [part.strip().strip("\"'") for part in text.strip().strip("[]").split(",")]
        numbers = table_of(key) == "prices"
        return [_number(part) if numbers else part for part in parts if part]
    if table_of(key) or info.annotation is str:
        return text
    adapter: TypeAdapter[Any] = TypeAdapter(Any if info.annotation is None else info.rebuild_annotation())
    try:
        return adapter.validate_strings(text.strip(), strict=False)
    except ValidationError as error:
        raise wrong(key, text, error.errors()[0]["msg"], where) from None


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def wrong(key: str, value: object, why: str, where: str) -> ConfigError:
    """The error for a value of the wrong type or out of range."""
    why = why.removeprefix("Value error, ")
    shown = "" if key.startswith(SECRETIVE) else f" = {value!r:.60}"
    return ConfigError(f"{where}: {key}{shown}: {why[:1].lower()}{why[1:]}", "Correct or remove it")

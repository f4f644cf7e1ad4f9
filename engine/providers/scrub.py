"""A server's words made fit to show: one line, short, and with nothing in them that looks like a key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

_MOST = 300
_KEYS = re.compile(
    r"(?i)\bbearer\s+\S+|\b(?:gsk|sk|pk|rk|hf|xai|api|key)[-_][\w*.\-]{6,}|\b(?=\w*\d)(?=\w*[a-z])[a-z0-9]{32,}\b"
)


_hidden: set[str] = set()
_SHORTEST = 6  # a shorter "key" is a placeholder like "none", and would blot out ordinary words


def hide(secret: str) -> None:
    """From now on `scrub` replaces this text wherever it stands, also where it looks like no key."""
    if len(secret) >= _SHORTEST:
        _hidden.update((secret, quote(secret, safe=""), quote_plus(secret)))


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text, however long, with `secrets` and whatever looks like a key replaced."""
    return _KEYS.sub("[key]", _without(text, secrets))


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """One printable line of at most 300 characters, `secrets` and whatever looks like a key replaced."""
    line = " ".join(_without(text, secrets)[: 20 * _MOST].split())
    line = _KEYS.sub("[key]", "".join(char if char.isprintable() else "?" for char in line))
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"


def _without(text: str, secrets: Iterable[str]) -> str:
    for secret in (*sorted(_hidden, key=len, reverse=True), *secrets):
        if secret:
            text = text.replace(secret, "[key]")
    return text

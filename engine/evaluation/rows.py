"""Benchmark files: JSON lines or one JSON array, packed or not, and the digest of what is in them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.errors import UsageError

MAX_BYTES = 1 << 30
Row = Mapping[str, object]


@dataclass(frozen=True)
class Rows:
    """The objects of a file with their line numbers, and the SHA-256 of its unpacked bytes."""

    path: Path
    digest: str
    rows: tuple[tuple[int, Row], ...]


def read_bytes(path: Path, what: str) -> bytes:
    """The unpacked contents of a file; raises UsageError."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            data = (gzip.GzipFile(fileobj=raw) if packed else raw).read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot read {what} {path}: {reason}", "check the path") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{what} {path} is over {MAX_BYTES >> 20} MB", "split it")
    return data


def read_rows(path: Path, what: str = "the benchmark") -> Rows:
    """Every object of a `.jsonl` or `.json` file, `.gz` or not; raises UsageError with the line at fault."""
    data = read_bytes(path, what)
    if data.lstrip()[:1] == b"[":
        array = _parse(data, f"{what} {path}")
        items = list(enumerate(array if isinstance(array, list) else [], 1))
    else:
        lines = enumerate(data.split(b"\n"), 1)
        items = [(n, _parse(line, f"line {n} of {what} {path}")) for n, line in lines if line.strip()]
    found: list[tuple[int, Row]] = []
    for number, row in items:
        if not isinstance(row, dict):
            raise UsageError(f"line {number} of {what} {path} is no JSON object", "correct that line")
        found.append((number, row))
    if not found:
        raise UsageError(f"{what} {path} is empty", "name a file with one JSON object a line")
    return Rows(path, sha256(data).hexdigest(), tuple(found))


def _parse(text: bytes, where: str) -> object:
    try:
        parsed: object = json.loads(text)
        return parsed
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or str(error)
        raise UsageError(f"{where} is not JSON: {reason}", "correct it") from None


def text_of(row: Row, key: str, default: str | None = None) -> str:
    """A text (or number as text) under `key`; raises UsageError when it is missing or of another kind."""
    value = row.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise UsageError(f"{key!r} is {'missing' if value is None else 'no text'}")
    return value


def texts_of(row: Row, key: str) -> tuple[str, ...]:
    """A list of texts under `key`, empty where there is none; raises UsageError."""
    value = row.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{key!r} is no list of texts")
    return tuple(value)


def files_of(row: Row, key: str) -> dict[str, str]:
    """Texts by path under `key`, empty where there are none; raises UsageError."""
    value = row.get(key) or {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise UsageError(f"{key!r} is no object of texts by path")
    return {str(path): text for path, text in value.items()}

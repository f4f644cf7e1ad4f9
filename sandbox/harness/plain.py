"""Immutable plain values of the standard library and how each is written on the wire.

The classes are imported by name: in their modules tests may have put others in their place.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from pathlib import PosixPath, PurePosixPath
from re import UNICODE, Pattern
from re import compile as compile_pattern
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

SAFE_INT = 2**53


class CodecError(ValueError):
    """A value that cannot be put on the wire, or bytes from the wire that mean nothing."""


def need(condition: object, what: str) -> None:
    """Refuse malformed wire data. Raises CodecError."""
    if not condition:
        raise CodecError(what)


def _text(value: object) -> str:
    need(type(value) is str, "text expected")
    return str(value)


def _int(value: object) -> int:
    need(type(value) is int, "number expected")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _ints(values: list[Any]) -> list[int]:
    return [_int(value) for value in values]


def _offset(zone: tzinfo | None) -> list[Any] | None:
    if zone is None:
        return None
    if type(zone) is ZoneInfo and zone.key:
        return [zone.key]
    if type(zone) is timezone:
        delta = timezone.utcoffset(zone, None)
        named = timezone(delta) != zone or repr(zone).count(",") > 2
        name = timezone.tzname(zone, None) if named else None
        return [delta.days, delta.seconds, delta.microseconds, name]
    raise CodecError(f"a {type(zone).__name__} time zone cannot leave its process")


def _zone(data: Any) -> tzinfo | None:
    if data is None:
        return None
    need(type(data) is list, "time zone expected")
    if len(data) == 1:
        return ZoneInfo(_text(data[0]))
    days, seconds, micros, name = data
    delta = timedelta(*_ints([days, seconds, micros]))
    if name is not None:
        return timezone(delta, _text(name))
    return timezone(delta) if delta else UTC


def _write_datetime(v: datetime) -> list[Any]:
    return [v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond, v.fold, _offset(v.tzinfo)]


def _read_datetime(data: list[Any]) -> datetime:
    *parts, fold, zone = data
    return datetime(*_ints(parts), tzinfo=_zone(zone), fold=_int(fold))  # type: ignore[misc,arg-type]


def _write_time(v: time) -> list[Any]:
    return [v.hour, v.minute, v.second, v.microsecond, v.fold, _offset(v.tzinfo)]


def _read_time(data: list[Any]) -> time:
    *parts, fold, zone = data
    return time(*_ints(parts), tzinfo=_zone(zone), fold=_int(fold))  # type: ignore[misc,arg-type]


def _write_pattern(v: Pattern[Any]) -> list[Any]:
    need(type(v.pattern) is str, "a pattern of bytes cannot leave its process")
    return [v.pattern, v.flags & ~UNICODE.value]


Writer = Callable[[Any], list[Any]]
Reader = Callable[[list[Any]], Any]

# Written with the base type's own slots: what a subclass overrides has no say.
TABLE: dict[type, tuple[str, Writer, Reader]] = {
    int: ("i", lambda v: [hex(int.__int__(v))], lambda d: int(_text(d[0]), 16)),
    float: ("f", lambda v: [float.hex(v)], lambda d: float.fromhex(_text(d[0]))),
    complex: (
        "c",
        lambda v: [float.hex(complex.real.__get__(v)), float.hex(complex.imag.__get__(v))],
        lambda d: complex(float.fromhex(_text(d[0])), float.fromhex(_text(d[1]))),
    ),
    str: ("u", lambda v: [str.__str__(v)], lambda d: _text(d[0])),
    bytes: (
        "b",
        lambda v: [base64.b64encode(v).decode()],
        lambda d: base64.b64decode(_text(d[0]), validate=True),
    ),
    range: (
        "r",
        lambda v: [hex(v.start), hex(v.stop), hex(v.step)],
        lambda d: range(*(int(_text(x), 16) for x in d)),
    ),
    type(...): ("...", lambda v: [], lambda d: ...),
    type(NotImplemented): ("ni", lambda v: [], lambda d: NotImplemented),
    date: ("date", lambda v: [v.year, v.month, v.day], lambda d: date(*_ints(d))),
    datetime: ("datetime", _write_datetime, _read_datetime),
    time: ("time", _write_time, _read_time),
    timedelta: (
        "delta",
        lambda v: [v.days, v.seconds, v.microseconds],
        lambda d: timedelta(*_ints(d)),
    ),
    timezone: ("zone", lambda v: [_offset(v)], lambda d: _zone(d[0])),
    ZoneInfo: ("zone", lambda v: [_offset(v)], lambda d: _zone(d[0])),
    Decimal: ("D", lambda v: [Decimal.__str__(v)], lambda d: Decimal(_text(d[0]))),
    Fraction: (
        "F",
        lambda v: [hex(v.numerator), hex(v.denominator)],
        lambda d: Fraction(int(_text(d[0]), 16), int(_text(d[1]), 16)),
    ),
    UUID: ("uuid", lambda v: [v.hex], lambda d: UUID(hex=_text(d[0]))),
    PurePosixPath: ("ppath", lambda v: [str(v)], lambda d: PurePosixPath(_text(d[0]))),
    PosixPath: ("path", lambda v: [str(v)], lambda d: PosixPath(_text(d[0]))),
    Pattern: ("re", _write_pattern, lambda d: compile_pattern(_text(d[0]), _int(d[1]))),
}
READERS: dict[str, Reader] = {tag: reader for tag, _, reader in TABLE.values()}

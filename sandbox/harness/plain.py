"""Immutable plain values of the standard library and how each is written on the wire."""

from __future__ import annotations

import base64
import datetime
import decimal
import fractions
import pathlib
import re
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

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


def _offset(zone: datetime.tzinfo | None) -> list[Any] | None:
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return [zone.key]
    if type(zone) is datetime.timezone:
        delta = datetime.timezone.utcoffset(zone, None)
        named = datetime.timezone(delta) != zone or repr(zone).count(",") > 2
        name = datetime.timezone.tzname(zone, None) if named else None
        return [delta.days, delta.seconds, delta.microseconds, name]
    raise CodecError(f"a {type(zone).__name__} time zone cannot leave its process")


def _zone(data: Any) -> datetime.tzinfo | None:
    if data is None:
        return None
    need(type(data) is list, "time zone expected")
    if len(data) == 1:
        return zoneinfo.ZoneInfo(_text(data[0]))
    days, seconds, micros, name = data
    delta = datetime.timedelta(*_ints([days, seconds, micros]))
    if name is not None:
        return datetime.timezone(delta, _text(name))
    return datetime.timezone(delta) if delta else datetime.UTC


def _write_datetime(v: datetime.datetime) -> list[Any]:
    return [v.year, v.month, v.day, v.hour, v.minute, v.second, v.microsecond, v.fold, _offset(v.tzinfo)]


def _read_datetime(data: list[Any]) -> datetime.datetime:
    *parts, fold, zone = data
    return datetime.datetime(*_ints(parts), tzinfo=_zone(zone), fold=_int(fold))  # type: ignore[misc,arg-type]


def _write_time(v: datetime.time) -> list[Any]:
    return [v.hour, v.minute, v.second, v.microsecond, v.fold, _offset(v.tzinfo)]


def _read_time(data: list[Any]) -> datetime.time:
    *parts, fold, zone = data
    return datetime.time(*_ints(parts), tzinfo=_zone(zone), fold=_int(fold))  # type: ignore[misc,arg-type]


def _write_pattern(v: re.Pattern[Any]) -> list[Any]:
    need(type(v.pattern) is str, "a pattern of bytes cannot leave its process")
    return [v.pattern, v.flags & ~re.UNICODE.value]


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
    datetime.date: ("date", lambda v: [v.year, v.month, v.day], lambda d: datetime.date(*_ints(d))),
    datetime.datetime: ("datetime", _write_datetime, _read_datetime),
    datetime.time: ("time", _write_time, _read_time),
    datetime.timedelta: (
        "delta",
        lambda v: [v.days, v.seconds, v.microseconds],
        lambda d: datetime.timedelta(*_ints(d)),
    ),
    datetime.timezone: ("zone", lambda v: [_offset(v)], lambda d: _zone(d[0])),
    zoneinfo.ZoneInfo: ("zone", lambda v: [_offset(v)], lambda d: _zone(d[0])),
    decimal.Decimal: ("D", lambda v: [decimal.Decimal.__str__(v)], lambda d: decimal.Decimal(_text(d[0]))),
    fractions.Fraction: (
        "F",
        lambda v: [hex(v.numerator), hex(v.denominator)],
        lambda d: fractions.Fraction(int(_text(d[0]), 16), int(_text(d[1]), 16)),
    ),
    uuid.UUID: ("uuid", lambda v: [v.hex], lambda d: uuid.UUID(hex=_text(d[0]))),
    pathlib.PurePosixPath: ("ppath", lambda v: [str(v)], lambda d: pathlib.PurePosixPath(_text(d[0]))),
    pathlib.PosixPath: ("path", lambda v: [str(v)], lambda d: pathlib.PosixPath(_text(d[0]))),
    re.Pattern: ("re", _write_pattern, lambda d: re.compile(_text(d[0]), _int(d[1]))),
}
READERS: dict[str, Reader] = {tag: reader for tag, _, reader in TABLE.values()}

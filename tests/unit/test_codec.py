"""Values survive the wire exactly; malformed wire data is refused, never believed, never a crash."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.harness.cells import Cells
from sandbox.harness.codec import Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.encoder import Encoder
from sandbox.harness.plain import CodecError


class Nothing:
    """A process that knows nothing but plain data."""

    def write(self, value: Any, encoder: Encoder) -> Entry:
        raise CodecError("not plain")

    def read(self, entry: Entry, decoder: Decoder) -> Any:
        raise CodecError("not plain")


def travel(value: Any) -> Any:
    encoder = Encoder(Nothing(), Cells(0))
    wire = encoder.value(value)
    pool, wire = json.loads(json.dumps([encoder.pool, wire]))
    return Decoder(pool, Nothing(), Cells(1)).value(wire)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
    | st.complex_numbers(allow_nan=False) | st.dates() | st.datetimes() | st.timedeltas()
    | st.decimals(allow_nan=False) | st.fractions() | st.uuids()
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
        | st.sets(st.integers()) | st.frozensets(st.text())
    ),
)  # fmt: skip


@given(values)
def test_a_plain_value_changes_on_the_way(value: Any) -> None:
    back = travel(value)
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        2**9000, -(2**64), math.inf, "\ud800", bytearray(b"x"), deque([1], maxlen=3), Counter("aab"),
        range(3, 9, 2),
        OrderedDict(b=1, a=2), defaultdict(None, {1: 2}), slice(1, None), ...,
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), Decimal("1E+5"),
        Fraction(-1, 3), {(1, (2,)): {frozenset({1})}}, 10**17,
    ],
    ids=repr,
)  # fmt: skip
def test_an_unusual_value_changes_on_the_way(value: Any) -> None:
    back = travel(value)
    assert back == value and type(back) is type(value) and repr(back) == repr(value)


def test_identity_inside_a_message_is_lost() -> None:
    row = [0]
    back = travel([row, row, [0]])
    assert back[0] is back[1] and back[0] is not back[2]


def test_a_cycle_is_sent() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CodecError, match="contains itself"):
        travel(loop)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.floats()
    | st.sampled_from(["", "l", "d", "0x1", "zz"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=12,
)
tags = st.sampled_from(
    [
        "i",
        "f",
        "c",
        "u",
        "b",
        "r",
        "...",
        "ni",
        "date",
        "datetime",
        "time",
        "delta",
        "zone",
        "D",
        "F",
        "uuid",
        "ppath",
        "path",
        "re",
        "=",
        "t",
        "z",
        "sl",
        "l",
        "s",
        "q",
        "d",
        "dd",
        "cn",
        "od",
        "B",
        "h",
        "k",
        "x",
    ]
)
entries = st.lists(
    st.tuples(tags, st.lists(json_values, max_size=4)).map(lambda e: [e[0], *e[1]]) | json_values, max_size=5
)


@given(entries | json_values, json_values)
def test_malformed_wire_data_is_more_than_an_error(pool: Any, wire: Any) -> None:
    with contextlib.suppress(CodecError):
        Decoder(pool, Nothing(), Cells(1)).value(wire)


def test_a_reference_to_what_comes_later_is_followed() -> None:
    with pytest.raises(CodecError):
        Decoder([["l", [[1]], None], ["l", [[0]], None]], Nothing(), Cells(1))

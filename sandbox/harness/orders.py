"""What the supervisor and its own processes tell each other before a candidate is there.

`marshal`, because it is in every interpreter from its start: a module less in memory that every child copies.
It is safe for what we wrote ourselves alone: never for a byte that a candidate could have had a hand in.
"""

from __future__ import annotations

import marshal
import os
from typing import Any

_LENGTH = 4  # bytes, big-endian
_PIECE = 1 << 20

Order = dict[str, Any]

write = marshal.dumps
read = marshal.loads


def pack(order: Order) -> bytes:
    """One order for a pipe, with its length before it."""
    body = write(order)
    return len(body).to_bytes(_LENGTH, "big") + body


def take(descriptor: int) -> Any:
    """The next order from a pipe, None at its end. Blocks."""
    header = _exactly(descriptor, _LENGTH)
    if len(header) < _LENGTH:
        return None
    return read(_exactly(descriptor, int.from_bytes(header, "big")))


def _exactly(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = os.read(descriptor, min(size - len(data), _PIECE))
        if not piece:
            break
        data = data + piece if data else piece
    return data

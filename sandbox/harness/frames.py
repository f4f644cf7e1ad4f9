"""Length-prefixed JSON frames, size-capped: how every process of the sandbox talks to the next."""

from __future__ import annotations

import json
import struct
from typing import Any

Frame = dict[str, Any]

_written = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
HEADER = struct.Struct(">I")
MAX_FRAME = 64 * 1024 * 1024


class FrameError(ValueError):
    """The bytes are not a frame: too large, cut off, not JSON, or not an object."""


def encode(frame: Frame, cap: int = MAX_FRAME) -> bytes:
    """One frame as bytes: four bytes of big-endian length, then UTF-8 JSON."""
    # Lone surrogates from hostile text survive as \udXXX escapes because JSON stays ASCII.
    body = _written(frame).encode("ascii")
    if len(body) > cap:
        raise FrameError(f"a frame of {len(body)} bytes is over the cap of {cap}")
    return framed(body)


def framed(body: bytes) -> bytes:
    """A frame around a body that is JSON already."""
    return len(body).to_bytes(HEADER.size, "big") + body


def decode(body: bytes) -> Frame:
    """The object in a frame's body."""
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"not JSON: {error}") from error
    if not isinstance(frame, dict):
        raise FrameError("a frame holds an object")
    return frame


class Decoder:
    """Frames out of a byte stream that arrives in pieces."""

    def __init__(self, cap: int = MAX_FRAME) -> None:
        self._cap = cap
        self._buffer = bytearray()

    def feed(self, data: bytes | memoryview) -> list[Frame]:
        """Every frame that `data` completes. Raises FrameError."""
        self._buffer += data
        frames: list[Frame] = []
        while len(self._buffer) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer)
            if length > self._cap:
                raise FrameError(f"a frame of {length} bytes is over the cap of {self._cap}")
            end = HEADER.size + length
            if len(self._buffer) < end:
                break
            frames.append(decode(bytes(self._buffer[HEADER.size : end])))
            del self._buffer[:end]
        return frames

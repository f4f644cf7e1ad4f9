"""Docker's attach stream, however the network cuts it."""

from __future__ import annotations

import asyncio
import socket

import pytest

from sandbox.docker_stream import STDERR_KEPT, STREAM_HEADER, open_streams


def framed(stream: int, data: bytes) -> bytes:
    """A piece of stdout (1) or stderr (2) as Docker sends it."""
    return STREAM_HEADER.pack(stream, len(data)) + data


@pytest.mark.parametrize("step", [1, 3, 7, 8, 9, 100_000])
async def test_stdout_and_stderr_are_told_apart_wherever_they_are_cut(step: int) -> None:
    wire = framed(1, b"one") + framed(2, b"warning") + framed(1, b"") + framed(1, b"two" * 1000)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    reader, writer, protocol = await open_streams(ours)
    for at in range(0, len(wire), step):
        theirs.sendall(wire[at : at + step])
        if step < 100:
            await asyncio.sleep(0)
    theirs.close()
    assert await reader.read() == b"one" + b"two" * 1000
    assert bytes(protocol.stderr) == b"warning"
    writer.close()


async def test_only_the_end_of_stderr_is_kept() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    reader, writer, protocol = await open_streams(ours)
    theirs.sendall(framed(2, b"x" * 50_000) + framed(2, b"the reason"))
    theirs.close()
    assert await reader.read() == b""
    assert len(protocol.stderr) == STDERR_KEPT
    assert protocol.stderr.endswith(b"the reason")
    writer.close()


async def test_a_reader_that_is_slow_holds_the_sender_back() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    reader, writer, _ = await open_streams(ours)
    piece = framed(1, b"x" * 100_000)
    sent = 0
    for _ in range(1000):
        try:
            sent += theirs.send(piece[sent % len(piece) :])
        except BlockingIOError:
            await asyncio.sleep(0.001)
    assert sent < 20_000_000
    theirs.close()
    while await reader.read(1 << 20):
        continue
    writer.close()

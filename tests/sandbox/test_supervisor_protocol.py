"""Frames between host and supervisor: capped, whole, and answered whatever is asked."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from typing import IO

import pytest

from sandbox.bubblewrap_command import command
from sandbox.harness.frames import HEADER, Decoder, Frame, FrameError, decode, encode
from sandbox.harness.output import HeadAndTail
from sandbox.harness.seccomp import REFUSED, program


def test_frames_survive_any_cut_and_any_text() -> None:
    sent = [{"text": "\ud800 \0 ü"}, {"n": list(range(100))}]
    stream, decoder = b"".join(map(encode, sent)), Decoder()
    assert [frame for byte in stream for frame in decoder.feed(bytes([byte]))] == sent


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_an_object_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        decode(body)


def test_a_frame_over_the_cap_is_refused_before_it_is_read() -> None:
    with pytest.raises(FrameError):
        Decoder(cap=10).feed(HEADER.pack(11))
    with pytest.raises(FrameError):
        encode({"text": "x" * 100}, cap=10)


def test_output_keeps_both_ends_and_counts_the_rest() -> None:
    output = HeadAndTail(20)
    for piece in (b"0123456789", b"x" * 1000, b"abcdefghij"):
        output.add(piece)
    assert output.text() == "0123456789\n[... 1000 bytes cut ...]\nabcdefghij"
    assert output.total == 1020


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_jump_of_the_filter_lands_inside_it(machine: str) -> None:
    steps = program(machine)
    assert len(steps) > len(REFUSED)
    for place, (code, true, false, _) in enumerate(steps):
        if code & 7 == 5:  # a jump
            assert place + 1 + max(true, false) < len(steps)
    assert steps[-1][0] == 6  # a return


@pytest.fixture
def supervisor() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command("bwrap", False), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def read(stream: IO[bytes] | None) -> Frame:
    assert stream
    (length,) = HEADER.unpack(stream.read(HEADER.size))
    return decode(stream.read(length))


def ask(process: subprocess.Popen[bytes], frame: Frame) -> Frame:
    assert process.stdin
    process.stdin.write(encode(frame))
    process.stdin.flush()
    return read(process.stdout)


@pytest.mark.bubblewrap
async def test_the_supervisor_answers_nonsense_and_lives(supervisor: subprocess.Popen[bytes]) -> None:
    hello = await asyncio.to_thread(read, supervisor.stdout)
    assert hello["ready"]
    assert len(hello["harness"]) == 12
    assert "fault" in ask(supervisor, {"id": 1, "op": "dance"})
    assert "fault" in ask(supervisor, {"id": 2, "op": "execute"})
    assert "fault" in ask(supervisor, {"id": 3, "op": "execute", "limits": 7, "assurance": "sealed"})
    assert ask(supervisor, {"id": 4, "op": "cancel", "target": 99})["cancelled"] == 99
    assert ask(supervisor, {"id": 5, "op": "ping"}) == {"id": 5, "pong": True}


@pytest.mark.bubblewrap
async def test_the_end_of_stdin_is_the_end_of_the_supervisor(supervisor: subprocess.Popen[bytes]) -> None:
    await asyncio.to_thread(read, supervisor.stdout)
    assert supervisor.stdin
    supervisor.stdin.close()
    supervisor.stdin = None
    assert await asyncio.to_thread(supervisor.wait, 5) == 0

"""Attacks of our own on the sandbox, one a file: none achieves anything, in either isolation."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.contract import Assurance, Job, Limits, Sandbox, Verdict

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of system calls are x86_64's"),
]
ATTACKS = sorted((Path(__file__).parent / "attacks").glob("*.txt"))
# What an attack finds ready. An exception carries its word out, where printing might be lost.
READY = """\
import ctypes, os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def call(number, *arguments):
    longs = [ctypes.c_long(given) if isinstance(given, int) else given for given in arguments]
    return _libc.syscall(ctypes.c_long(number), *longs)


def end(got):
    raise RuntimeError(f"GOT {got!r}" if got else "HELD")


"""
IMPORTS_IT = b"import solution\n\ndef test_it():\n    assert solution\n"
ENDED = {Verdict.TIMEOUT, Verdict.KILLED, Verdict.OUT_OF_MEMORY}


@pytest.mark.parametrize("assurance", list(Assurance), ids=str)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda path: path.stem)
async def test_an_attack_achieves_something(sandbox: Sandbox, attack: Path, assurance: Assurance) -> None:
    source = (READY + attack.read_text()).encode()
    job = Job(attack.stem, {"solution.py": source}, {"test_it.py": IMPORTS_IT}, Limits(seconds=8))
    execution = await sandbox.execute(job, assurance)
    said = f"{execution.error and execution.error.message} {execution.output}"
    assert "GOT" not in said, said[:2000]
    assert "HELD" in said or execution.verdict in ENDED, execution

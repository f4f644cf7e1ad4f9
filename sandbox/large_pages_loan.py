"""Large pages on loan: the first to need them turns them on, the last to go puts the old value back."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from sandbox.large_pages import KNOB, OFF, WANTED, current, turn
from sandbox.locks import try_lock

RECORD = Path("/run/coder-tui/large-pages")  # the old value; a restart ends both it and the new one


@contextlib.contextmanager
def borrowed(knob: Path = KNOB, record: Path = RECORD) -> Iterator[None]:
    """Have large pages on, where that is possible, until this and every other borrower has ended.

    Each borrower holds the record locked, which ends with it however it ends. A value that somebody
    else has put in force meanwhile is left alone. What a borrower that was killed last of all could
    not put back is put back by the next one.
    """
    try:
        record.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = record.open("a+")
    except OSError:
        yield
        return
    with file:
        with gate(record):
            come(knob, file)
        try:
            yield
        finally:
            with gate(record):
                go(knob, file)


def forget(record: Path = RECORD) -> None:
    """Have no value put back: large pages are to stay."""
    if record.exists():
        with gate(record), record.open("a+") as file:
            rewrite(file, "")


@contextlib.contextmanager
def gate(record: Path) -> Iterator[None]:
    """Let one at a time come or go; the record's folder serves as the lock."""
    folder = os.open(record.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def come(knob: Path, file: TextIO) -> None:
    """Turn large pages on if nobody has yet, after writing down what was in force."""
    if try_lock(file.fileno(), fcntl.LOCK_EX):
        before = current(knob)
        if not (before == WANTED and read(file)):  # else one that was killed turned them on
            rewrite(file, before if before in OFF else "")
            if before in OFF and not turn(WANTED, knob):
                rewrite(file, "")
    fcntl.flock(file, fcntl.LOCK_SH)


def go(knob: Path, file: TextIO) -> None:
    """Put back what was in force before, if nobody else is left and nobody changed it."""
    if try_lock(file.fileno(), fcntl.LOCK_EX):
        before = read(file)
        if before and current(knob) == WANTED:
            turn(before, knob)
        rewrite(file, "")


def read(file: TextIO) -> str:
    """The value to be put back; "" for none."""
    file.seek(0)
    return file.read()


def rewrite(file: TextIO, value: str) -> None:
    """Replace the value to be put back."""
    file.seek(0)
    file.truncate()
    file.write(value)
    file.flush()

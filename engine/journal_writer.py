"""One writer a run: who holds it, and whether that process still lives."""

from __future__ import annotations

import os
import secrets
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import UsageError
from engine.journal_store import transaction


def _start_of(pid: int) -> int:
    """When a process began, in clock ticks since boot; 0 when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    state, *rest = stat.rpartition(") ")[2].split()  # the name before it may hold spaces and brackets
    return 0 if state in "ZX" else int(rest[18])


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Writer:
    """This process as the holder of runs; a process id alone may be given to another process later."""

    pid: int = field(default_factory=os.getpid)
    started: int = field(default_factory=lambda: _start_of(os.getpid()))
    boot: str = field(default_factory=_boot)
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    def claim(self, connection: sqlite3.Connection, run: str) -> None:
        """Hold `run`, taking it over from a dead holder; raises UsageError when a living one has it."""
        with transaction(connection):
            row = connection.execute(
                "SELECT pid, started, boot, token FROM writers WHERE run = ?", (run,)
            ).fetchone()
            if row is not None and row[3] != self.token and self._lives(*row[:3]):
                raise UsageError(f"run {run} is open in process {row[0]}", "Go on there, or end it first")
            connection.execute(
                "INSERT OR REPLACE INTO writers VALUES (?, ?, ?, ?, ?)",
                (run, self.pid, self.started, self.boot, self.token),
            )

    def release(self, connection: sqlite3.Connection, run: str = "") -> None:
        """Let go of `run`, or of every run that this holder has."""
        connection.execute(
            "DELETE FROM writers WHERE token = ? AND (? = '' OR run = ?)", (self.token, run, run)
        )

    def _lives(self, pid: int, started: int, boot: str) -> bool:
        return boot == self.boot and started != 0 and _start_of(pid) == started

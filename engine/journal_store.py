"""The journal's SQLite file: opened so that a commit is on the disk, and its faults put in words."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import JournalError

SCHEMA_VERSION = 1
BUSY_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE events (
    run TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL,
    UNIQUE (run, seq)
);
CREATE INDEX events_by_kind ON events (kind, run, seq);
CREATE TABLE writers (
    run TEXT PRIMARY KEY, pid INTEGER NOT NULL, started INTEGER NOT NULL,
    boot TEXT NOT NULL, token TEXT NOT NULL
);
"""


def open_store(path: Path) -> sqlite3.Connection:
    """Open or make the database; raises JournalError. Autocommit: each statement is durable by itself."""
    with put_in_words(path):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _become_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            _make_schema(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside is committed together or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back already
            connection.execute("ROLLBACK")
        raise


@contextmanager
def put_in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into a JournalError with the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise JournalError(f"the journal {path} failed: {error}", _remedy(str(error), path)) from error
    except OSError as error:
        remedy = f"Make {path.parent} writable, or set paths.state"
        raise JournalError(f"the journal {path} cannot be opened: {error.strerror}", remedy) from error


def _become_wal(connection: sqlite3.Connection) -> None:
    # Only this change of mode ignores the busy timeout, and only while the file is new.
    until = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _make_schema(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
        return
    with transaction(connection):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            for statement in filter(str.strip, _SCHEMA.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise JournalError(
                f"the journal {path} has format {version}, and this version reads {SCHEMA_VERSION}",
                "Upgrade coder-tui, or name another folder in paths.state",
            )


def _remedy(message: str, path: Path) -> str:
    if "full" in message:
        return f"Free space on the disk of {path.parent}, then `coder-tui resume`"
    if "readonly" in message or "unable to open" in message:
        return f"Make {path.parent} writable, or set paths.state"
    if "not a database" in message or "malformed" in message:
        return f"Move {path} away: a new one is begun"
    return "Try again; if it stays, set paths.state to a folder on a local disk"

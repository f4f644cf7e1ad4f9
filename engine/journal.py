"""Every event of every run, on the disk before anyone is shown it."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter

from engine.errors import UsageError
from engine.events import Event, Notice, from_json, to_json
from engine.journal_store import open_store, put_in_words, transaction
from engine.journal_summary import RunSummary, summarise
from engine.journal_writer import Writer

PAGE = 500
_INSERT = """
INSERT INTO events (run, seq, at, kind, json)
SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM events WHERE run = ?1
RETURNING seq
"""


class Journal:
    """The journal in one SQLite file; safe for several threads and several processes at once.

    Every method that touches the file blocks and raises JournalError when it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection = open_store(path)
        self._writer = Writer()
        self._closed = False

    def append(self, run: str, event: Event) -> int:
        """Add one event and return its number, from 1; it is on the disk when this returns."""
        return self.append_many(run, (event,))[0]

    def append_many(self, run: str, events: Iterable[Event]) -> list[int]:
        """Add events together, at the price of one; all of them are there afterwards, or none."""
        rows = [(run, event.at, event.event, _text(event)) for event in events]
        numbers: list[int] = []
        with self._lock, put_in_words(self.path), transaction(self._connection):
            for row in rows:
                numbers += (found[0] for found in self._connection.execute(_INSERT, row).fetchall())
        return numbers

    def read(self, run: str, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The run's events with their numbers, those after `after`, as far as they are written now.

        Rows that this version cannot read are passed over, a Notice standing in for each stretch of them.
        """
        unread = 0
        while rows := self._page(run, after):
            for after, text in rows:
                try:
                    event = from_json(text)
                except ValueError:
                    unread += 1
                    continue
                if unread:
                    yield after - 1, _notice(run, unread)
                    unread = 0
                yield after, event
        if unread:
            yield after, _notice(run, unread)

    def runs(self, limit: int = 20) -> list[RunSummary]:
        """The newest runs, newest first."""
        with self._lock, put_in_words(self.path):
            names = self._connection.execute(
                "SELECT run FROM events WHERE kind = 'run_started' ORDER BY at DESC, rowid DESC LIMIT ?",
                (limit,),
            ).fetchall()
            found = [summarise(self._connection, name) for (name,) in names]
        return [summary for summary in found if summary is not None]

    def search(self, text: str, limit: int = 20) -> list[RunSummary]:
        """The newest runs in which `text` occurs anywhere (any case of ASCII letters), newest first."""
        inside = json.dumps(text, ensure_ascii=False)[1:-1]  # as it stands in the JSON
        pattern = "".join(f"\\{c}" if c in "\\%_" else c for c in inside)
        with self._lock, put_in_words(self.path):
            names = self._connection.execute(
                "SELECT run FROM events WHERE json LIKE ? ESCAPE '\\'"
                " GROUP BY run ORDER BY min(at) DESC LIMIT ?",
                (f"%{pattern}%", limit),
            ).fetchall()
            found = [summarise(self._connection, name) for (name,) in names]
        return [summary for summary in found if summary is not None]

    def last_run(self) -> str:
        """The id of the newest run, "" when there is none."""
        return next((summary.id for summary in self.runs(1)), "")

    def resolve(self, prefix: str) -> str:
        """The one run whose id begins (or ends) with `prefix`; raises UsageError for none or several."""
        with self._lock, put_in_words(self.path):
            rows = self._connection.execute(
                "SELECT DISTINCT run FROM events WHERE seq = 1 AND"
                " (substr(run, 1, ?2) = ?1 OR substr(run, -?2) = ?1) ORDER BY run",
                (prefix, len(prefix)),
            ).fetchall()
        names = [name for (name,) in rows] if prefix else []
        if prefix in names or len(names) == 1:
            return prefix if prefix in names else names[0]
        if not names:
            raise UsageError(f"there is no run {prefix!r}", "`coder-tui runs` lists what there is")
        shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        raise UsageError(f"{prefix!r} fits {len(names)} runs: {shown}", "Give more of the id")

    def claim(self, run: str) -> None:
        """Be the one process that continues `run`; raises UsageError when another living one is."""
        with self._lock, put_in_words(self.path):
            self._writer.claim(self._connection, run)

    def release(self, run: str) -> None:
        """Let another process continue `run`."""
        with self._lock, put_in_words(self.path):
            self._writer.release(self._connection, run)

    def close(self) -> None:
        """Let go of every run and of the file; may be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                # Where the disk is full this cannot be written; the end of this process frees the runs too.
                with suppress(sqlite3.Error):
                    self._writer.release(self._connection)
            finally:
                self._connection.close()

    def _page(self, run: str, after: int) -> list[tuple[int, str]]:
        with self._lock, put_in_words(self.path):
            return self._connection.execute(
                "SELECT seq, json FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?",
                (run, after, PAGE),
            ).fetchall()


def _text(event: Event) -> str:
    try:
        return to_json(event)
    except ValueError:  # half a surrogate pair, as a server's JSON can hold: no file can hold it
        plain = TypeAdapter(type(event)).dump_python(event, mode="json")
        return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace").decode()


def _notice(run: str, unread: int) -> Notice:
    message = f"{unread} events of this run cannot be read by this version and are left out"
    return Notice(run, time.time(), "warning", message, "Open it with the version that wrote it")

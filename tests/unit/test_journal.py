"""The journal: what was shown is on the disk, whole, in order, for every process."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import events as ev
from engine.errors import JournalError, UsageError
from engine.history import rebuild
from engine.journal import Journal
from sandbox.contract import Isolation, Limits, Verdict

ROOT = Path(__file__).parents[2]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def _started(run: str, at: float = 1.0) -> ev.RunStarted:
    return ev.RunStarted(
        run=run,
        at=at,
        task="double",
        description="",
        files={"maths.py": "x = 1\n"},
        editable=("maths.py",),
        file="maths.py",
        function="",
        tests={"test_maths.py": ""},
        limits=Limits(),
        source="/home/me/maths.py",
        test_source="/home/me/test_maths.py",
        provider="search",
        model="",
        endpoint="this machine",
        isolation=Isolation.GVISOR,
        settings={"loop.attempts": 8},
    )


def _notice(run: str, text: str) -> ev.Notice:
    return ev.Notice(run, 2.0, "info", text)


def test_events_come_back_as_they_went_in(journal: Journal) -> None:
    events: list[ev.Event] = [
        _started("r1"),
        ev.CompletionStreamed("r1", 2.0, "1", "é\0\n"),
        _notice("r1", ""),
    ]
    assert journal.append("r1", events[0]) == 1
    assert journal.append_many("r1", events[1:]) == [2, 3]
    journal.append("r2", _started("r2"))
    assert list(journal.read("r1")) == list(enumerate(events, 1))
    assert list(journal.read("r1", after=2)) == [(3, events[2])]
    assert list(journal.read("nothing")) == []
    task = rebuild(event for _, event in journal.read("r1")).task
    assert task is not None
    assert task.source == "/home/me/maths.py"


def test_a_long_run_is_read_whole(journal: Journal) -> None:
    journal.append_many("r", (_notice("r", str(n)) for n in range(1234)))
    assert [seq for seq, _ in journal.read("r")] == list(range(1, 1235))


def test_half_a_character_from_a_server_does_not_end_a_run(journal: Journal) -> None:
    journal.append("r", ev.CompletionStreamed("r", 1.0, "1", "a\ud800b"))
    assert [event for _, event in journal.read("r")] == [ev.CompletionStreamed("r", 1.0, "1", "a?b")]


def test_rows_of_another_version_are_passed_over_with_a_notice(journal: Journal, tmp_path: Path) -> None:
    journal.append_many("r", [_notice("r", str(n)) for n in range(1, 7)])
    with sqlite3.connect(tmp_path / "journal.db") as database:
        database.execute("UPDATE events SET json = 'broken' WHERE seq IN (2, 3)")
        database.execute("""UPDATE events SET json = '{"event": "from_the_future"}' WHERE seq = 6""")
    found = [
        (seq, event.message, event.level) for seq, event in journal.read("r") if isinstance(event, ev.Notice)
    ]
    assert [(seq, level) for seq, _, level in found] == [
        (1, "info"),
        (3, "warning"),
        (4, "info"),
        (5, "info"),
        (6, "warning"),
    ]
    assert found[1][1].startswith("2 events")


def test_runs_are_listed_newest_first(journal: Journal) -> None:
    assert journal.runs() == []
    assert journal.last_run() == ""
    for number, name in enumerate(("old", "new")):
        journal.append(name, _started(name, at=float(number)))
        journal.append(name, ev.AttemptStarted(name, 1.0, "0", "", "given", "", ""))
        journal.append(name, ev.AttemptStarted(name, 1.0, "1", "0", "search", "search", ""))
        journal.append(name, ev.AttemptEnded(name, 1.0, "1", Verdict.FAILED, False, 0.1, "0"))
    journal.append("old", ev.RunEnded("old", 9.0, Verdict.PASSED, 1, "1", "maths.py"))
    new, old = journal.runs()
    assert journal.last_run() == "new"
    assert (new.id, new.verdict, new.attempts, new.best) == ("new", None, 1, "0")
    assert (old.id, old.verdict, old.best, old.provider) == ("old", "passed", "1", "search")
    assert (old.task, old.file, old.started) == ("double", "/home/me/maths.py", 0.0)
    journal.append("old", ev.RunResumed("old", 10.0))
    assert journal.runs()[1].verdict is None
    assert [run.id for run in journal.runs(limit=1)] == ["new"]


def test_a_run_is_found_by_as_much_of_its_id_as_is_unique(journal: Journal) -> None:
    for name in ("20261120-2204-3f9a1c", "20261120-2204-77aa00", "2026"):
        journal.append(name, _started(name))
    assert journal.resolve("20261120-2204-3") == "20261120-2204-3f9a1c"
    assert journal.resolve("77aa00") == "20261120-2204-77aa00"
    assert journal.resolve("2026") == "2026"
    with pytest.raises(UsageError, match="fits 2 runs"):
        journal.resolve("20261120")
    for nothing in ("x", "", "%", "_"):
        with pytest.raises(UsageError, match="there is no run"):
            journal.resolve(nothing)


def test_one_run_has_one_writer(journal: Journal, tmp_path: Path) -> None:
    other = Journal(tmp_path / "journal.db")
    journal.claim("r")
    journal.claim("r")
    with pytest.raises(UsageError, match=f"open in process {os.getpid()}"):
        other.claim("r")
    other.claim("r2")
    journal.release("r")
    other.claim("r")
    other.close()
    journal.claim("r")
    journal.claim("r2")


CLAIM = "import sys, time; from pathlib import Path; from engine.journal import Journal\n"
CLAIM += "j = Journal(Path(sys.argv[1])); j.claim('r'); print('claimed', flush=True); time.sleep(60)"


def test_the_run_of_a_killed_process_can_be_taken_over(journal: Journal) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(journal.path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "claimed\n"
        with pytest.raises(UsageError, match=f"process {child.pid}"):
            journal.claim("r")
        child.kill()
        while child.poll() is None:  # taken over even from a process that nobody has waited for
            time.sleep(0.01)
        journal.claim("r")
    finally:
        child.kill()
        child.wait()


def test_a_process_that_got_a_dead_ones_number_does_not_hold_its_runs(
    journal: Journal, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "journal.db") as database:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        database.execute("INSERT INTO writers VALUES ('r', ?, 5, ?, 'x')", (os.getpid(), boot))
        database.execute("INSERT INTO writers VALUES ('s', 1, 0, 'another boot', 'x')")
    journal.claim("r")
    journal.claim("s")


def _write(path: Path, run: str) -> None:
    journal = Journal(path)
    for number in range(50):
        journal.append(run, _notice(run, str(number)))
        journal.append("shared", _notice("shared", run))
    journal.close()


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(path, f"r{n}")) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    journal = Journal(path)
    for number in range(4):
        messages = [event.message for _, event in journal.read(f"r{number}") if isinstance(event, ev.Notice)]
        assert messages == [str(n) for n in range(50)]
    assert [seq for seq, _ in journal.read("shared")] == list(range(1, 201))
    journal.close()


APPEND = """
import sys
from pathlib import Path
from engine.events import CompletionStreamed
from engine.journal import Journal
journal = Journal(Path(sys.argv[1]))
number = 0
while True:
    if number % 7 == 3:
        numbers = journal.append_many("r", [CompletionStreamed("r", 1.0, "1", "x" * 300)] * 3)
    else:
        numbers = [journal.append("r", CompletionStreamed("r", 1.0, "1", "x" * 3000))]
    number += 1
    print(numbers[-1], flush=True)
"""


def test_killed_at_any_moment_nothing_that_was_shown_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    moments = random.Random(7)
    shown = 0
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", APPEND, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(moments.random() * 0.15)
        child.send_signal(signal.SIGKILL)
        rest = [line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        child.wait()
        child.stdout.close()
        shown = int(([first, *rest])[-1])
        journal = Journal(path)
        numbers = [seq for seq, _ in journal.read("r")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= shown
        journal.close()
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert shown > 6


def test_every_commit_waits_for_the_disk(journal: Journal) -> None:
    connection = journal._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_full_journal_is_one_line_with_a_remedy_and_takes_events_again_later(journal: Journal) -> None:
    journal.append("r", _notice("r", "kept"))
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError, match=r"full.*Free space"):
        journal.append_many("r", [_notice("r", "x" * 5000)] * 3)
    journal._connection.execute("PRAGMA max_page_count = 100000")
    assert journal.append("r", _notice("r", "again")) == 2


@pytest.mark.parametrize(
    "how, said", [("not a database", "Move .* away"), ("newer", "Upgrade coder-tui"), ("folder", "writable")]
)
def test_a_journal_that_cannot_be_used_says_what_mends_it(tmp_path: Path, how: str, said: str) -> None:
    path = tmp_path / "journal.db"
    if how == "newer":
        Journal(path).close()
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 99")
    elif how == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(JournalError, match=said) as caught:
        Journal(path)
    assert "\n" not in str(caught.value)


def test_others_cannot_read_it(journal: Journal, tmp_path: Path) -> None:
    journal.append("r", _notice("r", "mine"))
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_closing_twice_is_no_mistake(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.close()
    journal.close()

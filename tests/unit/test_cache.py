"""The execution cache: right or silent, and never a way to run code."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from engine.cache import ExecutionCache, execution_key
from engine.json_disk import JsonDisk, RowRefused
from sandbox.contract import (
    Assurance,
    Execution,
    Failure,
    Isolation,
    Job,
    Limits,
    Outcome,
    TestResult,
    Verdict,
)

JOB = Job("a", {"a.py": b"x = 1\n"}, {"test_a.py": b"def test_x(): pass\n"})
FAILED = Execution(
    Verdict.FAILED,
    Assurance.SEALED,
    Isolation.GVISOR,
    (
        TestResult("test_a.py::test_x", Outcome.FAILED, 0.1, "E", Failure("E", local_values={"n": "1"})),
        TestResult("test_a.py::test_y", Outcome.PASSED),
    ),
    seconds=0.25,
    output="é\x00\n",
    warnings=("not-sealed",),
)


def _key(job: Job = JOB, fingerprint: str = "image-1") -> str:
    return execution_key(job, Assurance.SEALED, Isolation.GVISOR, fingerprint)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ExecutionCache]:
    opened = ExecutionCache(tmp_path / "cache", size_mb=1)
    yield opened
    opened.close()


def test_what_was_put_is_got_by_another_reader(cache: ExecutionCache, tmp_path: Path) -> None:
    assert cache.get(_key()) is None
    cache.put(_key(), FAILED)
    other = ExecutionCache(tmp_path / "cache", size_mb=1)
    assert other.get(_key()) == FAILED
    other.close()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_what_would_end_the_same_again_is_kept(cache: ExecutionCache, verdict: Verdict) -> None:
    cache.put(_key(), replace(FAILED, verdict=verdict))
    passing = {Verdict.TIMEOUT, Verdict.KILLED, Verdict.OUT_OF_MEMORY, Verdict.INFRASTRUCTURE}
    assert (cache.get(_key()) is None) == (verdict in passing)


def test_every_part_that_can_change_a_result_changes_the_key() -> None:
    jobs = [
        JOB,
        replace(JOB, files={"a.py": b"x = 2\n"}),
        replace(JOB, files={"b.py": b"x = 1\n"}),
        replace(JOB, files={**JOB.files, "b.py": b""}),
        replace(JOB, files={}, tests={**JOB.files, **JOB.tests}),
        replace(JOB, tests={"test_a.py": b"def test_x(): pass"}),
        replace(JOB, selection=("test_a.py::test_x",)),
        replace(JOB, requirements=("attrs",)),
        *(
            replace(JOB, limits=replace(Limits(), **{f.name: getattr(Limits(), f.name) + 1}))
            for f in fields(Limits)
        ),
    ]
    keys = [_key(job) for job in jobs]
    keys += [
        _key(fingerprint="image-2"),
        execution_key(JOB, Assurance.IN_PROCESS, Isolation.GVISOR, "image-1"),
        execution_key(JOB, Assurance.SEALED, Isolation.NAMESPACE, "image-1"),
    ]
    assert len(set(keys)) == len(keys)


def test_the_name_and_the_order_of_files_do_not_change_the_key() -> None:
    files = {"b.py": b"2", "a.py": b"1"}
    turned = dict(reversed(files.items()))
    assert _key(replace(JOB, files=files)) == _key(replace(JOB, id="z", files=turned))


class Planted:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


def _database(tmp_path: Path) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "cache" / "executions" / "cache.db", isolation_level=None)


@pytest.mark.parametrize("how", ["value", "file", "key"])
def test_a_planted_pickle_does_not_run(cache: ExecutionCache, tmp_path: Path, how: str) -> None:
    cache.put(_key(), FAILED)
    executed = tmp_path / "executed"
    data = pickle.dumps(Planted(executed))
    (tmp_path / "cache" / "executions" / "planted.val").write_bytes(data)
    with _database(tmp_path) as database:
        if how == "value":
            database.execute("UPDATE Cache SET mode = 4, value = ?", (data,))
        elif how == "file":
            database.execute("UPDATE Cache SET mode = 4, value = NULL, filename = 'planted.val'")
        else:
            database.execute("UPDATE Cache SET raw = 0, key = ?", (data,))
    assert cache.get(_key()) is None
    assert cache.info().entries == 1
    cache.put(_key(), FAILED)
    assert cache.get(_key()) == FAILED
    cache.clear()
    assert not executed.exists()
    assert (tmp_path / "cache" / "executions" / "planted.val").exists()


@pytest.mark.parametrize("mode", [0, 1, 2, 3, 4, 5, None])
def test_the_disk_refuses_every_row_that_is_not_text(tmp_path: Path, mode: int | None) -> None:
    disk = JsonDisk(str(tmp_path))
    for filename, value in ((None, b"bytes"), ("a", None), ("../../etc/passwd", "x"), (None, 5)):
        with pytest.raises(RowRefused):
            disk.fetch(mode, filename, value, False)
    for bad in (b"bytes", 5, None, {"a": 1}):
        with pytest.raises(RowRefused):
            disk.store(bad, False)
        with pytest.raises(RowRefused):
            disk.put(bad)
    with pytest.raises(RowRefused):
        disk.get("key", 0)


def test_a_row_of_another_shape_is_a_miss(cache: ExecutionCache, tmp_path: Path) -> None:
    cache.put(_key(), FAILED)
    for text in ("{}", "not json", '{"verdict": "passed"}', "[" * 10_000):
        with _database(tmp_path) as database:
            database.execute("UPDATE Cache SET value = ?", (text,))
        assert cache.get(_key()) is None


def test_a_corrupt_database_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "cache" / "executions"
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    (folder / "cache.db").write_bytes(b"no database at all" * 1000)
    cache = ExecutionCache(tmp_path / "cache")
    with caplog.at_level(logging.WARNING):
        assert cache.get(_key()) is None
    assert "begun anew" in caplog.text
    cache.put(_key(), FAILED)
    assert cache.get(_key()) == FAILED
    cache.close()


def test_a_database_that_breaks_meanwhile_is_a_miss_and_clear_mends_it(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path / "cache")
    cache.put(_key(), FAILED)
    cache.close()
    path = tmp_path / "cache" / "executions" / "cache.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert cache.get(_key()) is None
    cache.put(_key(), FAILED)
    cache.clear()
    cache.put(_key(), FAILED)
    assert cache.get(_key()) == FAILED
    cache.close()


def test_a_folder_that_cannot_be_used_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ExecutionCache(tmp_path / "file")
    cache.put(_key(), FAILED)
    assert cache.get(_key()) is None
    assert cache.info().entries == 0
    assert cache.clear() == 0


def test_a_full_disk_does_not_break_a_run(small_disk: Path) -> None:
    cache = ExecutionCache(small_disk)
    for number in range(20):
        cache.put(_key(fingerprint=str(number)), replace(FAILED, output="x" * 50_000))
    assert cache.get(_key(fingerprint="19")) is None
    cache.close()


def test_the_size_limit_holds_and_the_oldest_go_first(cache: ExecutionCache) -> None:
    for number in range(120):
        cache.put(_key(fingerprint=str(number)), replace(FAILED, output="x" * 20_000))
    info = cache.info()
    assert info.size <= 1.1 * info.limit
    assert cache.get(_key(fingerprint="119")) is not None
    assert cache.get(_key(fingerprint="0")) is None
    assert cache.clear() == info.entries
    assert cache.info().entries == 0


def _fill(folder: Path, start: int) -> None:
    cache = ExecutionCache(folder, size_mb=50)
    for number in range(start, start + 40):
        cache.put(_key(fingerprint=str(number)), FAILED)
        cache.get(_key(fingerprint=str(number // 2)))
    cache.close()


def test_several_processes_share_it(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_fill, args=(tmp_path / "cache", 40 * n)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    cache = ExecutionCache(tmp_path / "cache")
    assert all(cache.get(_key(fingerprint=str(number))) == FAILED for number in range(120))
    cache.close()


def test_a_hit_takes_less_than_two_milliseconds(cache: ExecutionCache) -> None:
    many = tuple(TestResult(f"test_a.py::test_{n}", Outcome.PASSED, 0.001, "m" * 80) for n in range(50))
    cache.put(_key(), replace(FAILED, tests=many, output="x" * 20_000))
    times = []
    for _ in range(51):
        began = time.perf_counter()
        assert cache.get(_key()) is not None
        times.append(time.perf_counter() - began)
    assert sorted(times)[25] < 0.002

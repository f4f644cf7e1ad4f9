"""The same evaluation on a cluster: every result there, none twice, whoever dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster.parts import (
    Cluster,
    below,
    benchmark,
    count,
    end,
    finished,
    left,
    rows,
    until,
    working_process,
)  # fmt: skip

pytestmark = [pytest.mark.cluster, pytest.mark.bubblewrap]
POISON = """\
import os, pickle, signal
from pathlib import Path
from distributed import Client
from distributed.diagnostics.plugin import WorkerPlugin


class Poison(WorkerPlugin):
    name = "poison"

    def setup(self, worker):
        self.worker = worker

    def transition(self, key, start, finish, **more):
        if finish == "executing":
            sent = pickle.dumps(self.worker.state.tasks[key].run_spec)
            if b'"id":"{poisoned}"' in sent:
                with Path({seen!r}).open("a") as out:
                    print(sent.count(b'"judge":'), file=out)
                os.kill(os.getpid(), signal.SIGKILL)


with Client({address!r}) as client:
    client.register_plugin(Poison())
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    made: list[Cluster] = []

    def start(*tls: str) -> Cluster:
        made.append(Cluster(tmp_path, *tls))
        return made[-1]

    yield start
    for cluster in made:
        cluster.running.close()


def test_a_killed_worker_or_command_loses_results(make: Callable[..., Cluster], tmp_path: Path) -> None:
    """The command is killed and resumed, a worker is killed at random; it ends as on one machine."""
    cluster = make()
    problems = benchmark(tmp_path / "problems.jsonl", 24, 0.15)
    workers = [cluster.worker() for _ in range(2)]
    out = tmp_path / "out"
    first = cluster.eval(problems, out)
    until(lambda: count(out) >= 4)
    first.kill()
    first.wait()
    before = rows(out)
    second = cluster.eval(problems, out, "--resume")
    until(lambda: count(out) >= len(before) + 3)
    os.kill(working_process(random.choice(workers)), signal.SIGKILL)
    said = finished(second)
    assert "24 of 24" in said
    found = rows(out)
    assert [row["task_id"] for row in found] == [f"D/{number}" for number in range(24)]
    alone = cluster.start(
        "-m", "tui.cli", "eval", str(problems), "--provider", "reference", "--out", str(tmp_path / "alone")
    )
    finished(alone)
    assert found == rows(tmp_path / "alone")


@pytest.mark.parametrize(("problems", "poisoned"), [(8, "D/2"), (60, "D/45")], ids=["alone", "in a batch"])
def test_a_unit_that_kills_its_workers_takes_others_along(
    make: Callable[..., Cluster], tmp_path: Path, problems: int, poisoned: str
) -> None:
    """It ends as `infrastructure` and says why; its neighbours, in the same task too, have their results."""
    cluster = make()
    workers = [cluster.worker() for _ in range(2)]
    assert all(worker.poll() is None for worker in workers)
    seen, out = tmp_path / "seen", tmp_path / "out"
    finished(cluster.start("-c", POISON.format(address=cluster.address, poisoned=poisoned, seen=str(seen))))
    said = finished(cluster.eval(benchmark(tmp_path / "problems.jsonl", problems), out), 3)
    assert "2 workers died" in said and "Traceback" not in said
    found = {str(row["task_id"]): row for row in rows(out)}
    assert sorted(found) == sorted(f"D/{number}" for number in range(problems))
    assert [name for name, row in found.items() if row["verdict"] != "passed"] == [poisoned]
    assert found[poisoned]["verdict"] == "infrastructure" and "died" in str(found[poisoned]["message"])
    together = list(map(int, seen.read_text().split()))
    assert together[-2:] == [1, 1], "it is found guilty alone"
    assert (max(together) > 1) is (problems > 8), "short units go several to a task"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_leaves_something_running(
    make: Callable[..., Cluster], tmp_path: Path, number: signal.Signals
) -> None:
    cluster = make()
    worker = cluster.worker()
    evaluation = cluster.eval(benchmark(tmp_path / "problems.jsonl", 50, 0.5), tmp_path / "out")
    until(lambda: count(tmp_path / "out") >= 1)
    started = below(worker.pid)
    assert len(started) > 3, "its process and a sandbox"
    worker.send_signal(number)
    assert worker.wait(20) in (130, -signal.SIGKILL)
    assert worker.stdout and "Traceback" not in worker.stdout.read()
    until(lambda: not left(started), 10)
    evaluation.send_signal(signal.SIGINT)
    assert "--resume goes on" in finished(evaluation, 130)


def certificates(folder: Path, *names: str) -> None:
    """An authority and what it signs, as docs/cluster.md has it."""
    run = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name in names:
        subject = [
            *run,
            "-days",
            "2",
            "-subj",
            f"/CN={name}",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
        ]
        signed = [] if name.startswith("ca") else ["-CA", "ca.pem", "-CAkey", "ca.key"]
        subprocess.run([*subject, *signed], cwd=folder, check=True, capture_output=True)


def test_a_stranger_is_let_in(make: Callable[..., Cluster], tmp_path: Path) -> None:
    """Peers without a certificate of the authority are refused, by one line; those with one work."""
    certificates(tmp_path, "ca", "peer", "ca-of-others")
    ca, cert, key = (str(tmp_path / name) for name in ("ca.pem", "peer.pem", "peer.key"))
    cluster = make("--tls-ca", ca, "--tls-cert", cert, "--tls-key", key)
    assert cluster.address.startswith("tls://127.0.0.1")
    cluster.worker()
    problems = benchmark(tmp_path / "problems.jsonl", 3)
    assert "3 of 3" in finished(cluster.eval(problems, tmp_path / "out"))
    others = [str(tmp_path / f"ca-of-others.{kind}") for kind in ("pem", "pem", "key")]
    cluster.tls = tuple(
        x for pair in zip(("--tls-ca", "--tls-cert", "--tls-key"), others, strict=True) for x in pair
    )
    refused = finished(cluster.eval(problems, tmp_path / "refused"), 3)
    assert "no scheduler answers at tls://" in refused and "Traceback" not in refused
    cluster.tls = ()
    nothing = finished(cluster.eval(problems, tmp_path / "nothing"), 2)
    assert "--tls-ca" in nothing.splitlines()[-1]


def test_a_cluster_without_workers_is_waited_for_in_vain(
    make: Callable[..., Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = make()
    problems = benchmark(tmp_path / "problems.jsonl", 1)
    code = (
        "import sys, engine.evaluation.cluster.connecting as c; c.FIRST_WORKER = 0.5;"
        "from tui.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    line = ("eval", str(problems), "--provider", "reference", "--cluster", cluster.address)
    said = finished(cluster.start("-c", code, *line, "--out", str(tmp_path / "out")), 3)
    assert "start one: coder-tui worker" in said.splitlines()[-1]
    worker = cluster.worker()
    end(worker)


def test_a_scheduler_that_goes_away_is_a_traceback(make: Callable[..., Cluster], tmp_path: Path) -> None:
    """The worker and the command end with one line each."""
    cluster = make()
    worker = cluster.worker()
    evaluation = cluster.eval(benchmark(tmp_path / "problems.jsonl", 50, 0.5), tmp_path / "out")
    until(lambda: count(tmp_path / "out") >= 1)
    cluster.scheduler.kill()
    for process in (worker, evaluation):
        said = finished(process, 3)
        assert "went away" in said.splitlines()[-1] and "Traceback" not in said

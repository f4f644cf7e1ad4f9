"""The exported log is what inspect_ai publishes as its format, by its fields and by its own reader."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine.evaluation.inspect_log import inspect_name, write_inspect_log
from engine.evaluation.metrics import measure
from engine.evaluation.plan import Plan
from engine.evaluation.unit import Brief, Measured, Shot, UnitResult
from tests.conftest import inspect_python

# What the format's version 2 asks of a log, and what the reader of its head does: fields and their kinds.
HEAD = {"version": int, "status": str, "eval": dict, "plan": dict, "results": dict, "stats": dict}
EVAL = {
    "eval_id": str, "run_id": str, "task_id": str, "created": str, "task": str, "dataset": dict,
    "model": str, "config": dict,
}  # fmt: skip
RESULTS = {"total_samples": int, "completed_samples": int, "scores": list}
SAMPLE = {
    "id": str, "epoch": int, "input": str, "target": str, "messages": list, "output": dict,
    "scores": dict, "total_time": float,
}  # fmt: skip
STATUSES = {"started", "success", "cancelled", "error"}
STOPS = {"stop", "max_tokens", "model_length", "tool_calls", "content_filter", "unknown"}

READER = """
import json, sys
from inspect_ai.log import list_eval_logs, read_eval_log, read_eval_log_sample, write_eval_log


def plain(log):
    return sorted(sample.model_dump_json() for sample in log.samples)


path, folder, again = sys.argv[1:]
head, log = read_eval_log(path, header_only=True), read_eval_log(path)
one = read_eval_log_sample(path, id="T/1", epoch=2)
write_eval_log(log, again)
second = read_eval_log(again)
print(json.dumps({
    "listed": [info.name for info in list_eval_logs(folder)],
    "status": head.status, "task": head.eval.task, "model": head.eval.model,
    "metrics": {name: m.value for name, m in head.results.scores[0].metrics.items()},
    "values": [s.scores["judge"].value for s in log.samples],
    "answer": one.scores["judge"].answer, "said": [m.role for m in one.messages],
    "usage": log.stats.model_usage[head.eval.model].total_tokens,
    "again": plain(second) == plain(log),
}))
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two problems, two samples each, a repair, a fault of ours, and text that no terminal should see."""

    def row(task: str, sample: int, *verdicts: str) -> UnitResult:
        shots = tuple(
            Shot(
                str(n), "loop", "ollama", "seed", verdict, verdict, "1", judged_error="TypeError \x1b[2J",
                prompt_tokens=7, completion_tokens=5, code=f"x = {n}  # é\ud800\n",
            )
            for n, verdict in enumerate(verdicts, 1)
        )  # fmt: skip
        good = verdicts[-1] == "passed"
        return UnitResult(
            task, sample, good, verdicts[-1], verdicts[0] == "passed", good, "docstring", str(len(verdicts)),
            "gvisor", shots=shots, measured=Measured(seconds=1.5),
        )  # fmt: skip

    plan = Plan("toy set", "d", ("T/0", "T/1"), Brief("ollama", "tiny:1b"), samples=2, ks=(1, 2))
    plan = replace(plan, made="2026-11-26T10:00:00+00:00")
    rows = [
        row("T/0", 0, "passed"),
        row("T/0", 1, "failed"),
        row("T/1", 0, "failed", "passed"),
        row("T/1", 1, "passed"),
    ]
    path = tmp_path / inspect_name(plan)
    with path.open("w", encoding="utf-8", errors="replace") as out:
        write_inspect_log(plan, measure(plan, rows), rows, out)
    return path


def lacking(found: Mapping[str, object], wanted: Mapping[str, type]) -> list[str]:
    return [name for name, kind in wanted.items() if not isinstance(found.get(name), kind)]


def test_a_field_of_the_published_format_is_missing(log: Path) -> None:
    read = json.loads(log.read_text())
    assert lacking(read, HEAD) == lacking(read["eval"], EVAL) == lacking(read["results"], RESULTS) == []
    assert (read["version"], read["status"]) == (2, "success") and read["status"] in STATUSES
    assert list(read)[-1] == "samples", "a reader of the head stops there"
    (score,) = read["results"]["scores"]
    assert all(lacking(m, {"name": str, "value": float}) == [] for m in score["metrics"].values())
    assert {(s["id"], s["epoch"]) for s in read["samples"]} == {
        (t, e) for t in ("T/0", "T/1") for e in (1, 2)
    }
    for sample in read["samples"]:
        assert lacking(sample, SAMPLE) == []
        assert {message["role"] for message in sample["messages"]} == {"user", "assistant"}
        assert all(choice["stop_reason"] in STOPS for choice in sample["output"]["choices"])
        assert sample["scores"]["judge"]["value"] in ("C", "I")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d.*_toy-set_\w{22}\.json$", log.name)


@pytest.mark.inspect
def test_inspects_own_reader_reads_something_else(log: Path, tmp_path: Path) -> None:
    line = [inspect_python(), "-c", READER, str(log), str(tmp_path), str(tmp_path / "again.eval")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    read = json.loads(done.stdout.splitlines()[-1])
    assert any(name.endswith(log.name) for name in read["listed"])
    assert (read["status"], read["task"], read["model"]) == ("success", "toy set", "ollama/tiny:1b")
    assert read["metrics"] == {"accuracy": 0.75, "pass_at_1": 0.5, "pass_at_2": 1.0}
    assert read["values"] == ["C", "I", "C", "C"]
    assert read["answer"].startswith("x = 1") and read["said"] == ["user", "assistant", "user"]
    assert read["usage"] == 5 * 12 and read["again"]

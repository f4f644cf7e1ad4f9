"""In-process a candidate can write reports itself: odd ones break nobody, and are never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox import wire
from sandbox.contract import Assurance, Isolation, Job, Limits, Sandbox, Verdict
from sandbox.harness.reports import flaw

WRITES = """\
import os, stat

def report(text):
    data = text.encode()
    data = len(data).to_bytes(4, "big") + data
    for descriptor in range(512, 530):
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                rest = data
                while rest:
                    rest = rest[os.write(descriptor, rest):]
        except OSError:
            continue

def f():
    return 1

"""
TESTS = {"test_it.py": b"from solution import f\n\ndef test_it():\n    assert f() == 1\n"}
TEST = {"kind": "test", "id": "test_it.py::test_it", "outcome": "passed", "seconds": 0, "message": ""}
LONG = "1" + "0" * 400  # a number that no float holds
ODD = {
    "seconds-too-long": json.dumps(TEST).replace('"seconds": 0', f'"seconds": {LONG}'),
    "seconds-no-number": json.dumps(TEST).replace('"seconds": 0', '"seconds": NaN'),
    "seconds-below-zero": json.dumps(TEST).replace('"seconds": 0', '"seconds": -Infinity'),
    "ids-none": '{"kind": "collected", "ids": null}',
    "ids-numbers": '{"kind": "collected", "ids": [1]}',
    "kind-list": '{"kind": []}',
    "id-nested": f'{{"kind": "test", "id": {"[" * 900}{"]" * 900}}}',
    "failure-text": '{"kind": "error", "failure": "x"}',
    "failure-line": f'{{"kind": "error", "failure": {{"line": {LONG}}}}}',
    "failure-values": '{"kind": "error", "failure": {"local_values": {"x": []}}}',
    "cannot-be-sealed": '{"kind": "unsealable", "why": "x"}',
}


async def judged(sandbox: Sandbox, extra: str) -> Verdict:
    source = (WRITES + extra).encode()
    job = Job("it", {"solution.py": source}, TESTS, Limits(seconds=8))
    return (await sandbox.execute(job, Assurance.IN_PROCESS)).verdict


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_an_odd_report_breaks_the_supervisor(sandbox: Sandbox, text: str) -> None:
    assert await judged(sandbox, f"report({text!r})\n") is Verdict.TAMPERED
    assert await judged(sandbox, "") is Verdict.PASSED


@pytest.mark.asyncio(loop_scope="module")
async def test_more_reports_than_tests_fill_the_memory(sandbox: Sandbox) -> None:
    text = json.dumps({"kind": "warning", "text": "w"})
    assert await judged(sandbox, f"for _ in range(150_000):\n    report({text!r})\n") in (
        Verdict.KILLED,
        Verdict.TIMEOUT,
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_a_result_too_large_to_send_is_a_fault_of_ours(sandbox: Sandbox) -> None:
    # Six bytes a letter when it is sent on, two here.
    told = TEST | {"outcome": "failed", "message": "MESSAGE", "id": "ID"}
    text = f"{json.dumps(told)!r}.replace('ID', str(at)).replace('MESSAGE', 'é' * 3_000_000)"
    assert await judged(sandbox, f"for at in range(4):\n    report({text})\n") is Verdict.KILLED


def test_what_our_own_processes_report_has_a_flaw() -> None:
    failure = {"error_type": "E", "line": 3, "test_line": 0, "local_values": {"x": "1"}, "file": ""}
    reports: list[dict[str, Any]] = [
        {"kind": "collected", "ids": ["t.py::test_a"]},
        TEST | {"failure": failure},
        {"kind": "error", "failure": failure},
        {"kind": "script", "index": 0, "seconds": 0.1, "failure": None, "traced": False},
        {"kind": "surface", "unchanged": True},
        {"kind": "done", "stays": True},
        {"kind": "done"},
    ]
    assert [flaw(report) for report in reports] == [""] * len(reports)


def test_a_host_believes_numbers_that_cannot_be() -> None:
    huge = 10**400
    assert wire.execution({"verdict": "failed", "seconds": huge}, Isolation.NAMESPACE).seconds == 0.0
    rows = {"results": [{"index": -1}, {"index": 1}, {"index": 2}, {"index": -2}, {"index": huge}]}
    assert [result.index for result in wire.screened(rows, variants=2)] == [-1, 1, -1]

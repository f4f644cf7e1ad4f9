"""Guardrails over the shared corpora and benchmarks; `-s` prints the table for docs/guardrails.md."""

from __future__ import annotations

import ast
import gzip
import json
import os
import re
import statistics
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.guardrails import check
from engine.model import Finding

pytestmark = pytest.mark.shared

SHARED = Path(os.environ.get("CODER_TUI_SHARED", Path(__file__).resolve().parents[3] / "shared"))
HEADER = re.compile(r"# category: (\w+); expect: (\w+); line: (\d+)")


@pytest.fixture(scope="module", autouse=True)
def shared() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED}: set CODER_TUI_SHARED")


def worst(findings: tuple[Finding, ...]) -> str:
    """The severity of the whole file: block before warn before none."""
    return min((str(f.severity) for f in findings), default="none")


def malicious() -> Iterator[tuple[str, str, int, str, str]]:
    for path in sorted((SHARED / "corpora/malicious").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        header = HEADER.match(source)
        assert header, path
        yield path.stem, header[2], int(header[3]), header[1], source


def reference_solutions() -> Iterator[tuple[str, str]]:
    with gzip.open(SHARED / "data/HumanEval.jsonl.gz", "rt", encoding="utf-8") as lines:
        for task in map(json.loads, lines):
            yield task["task_id"], task["prompt"] + task["canonical_solution"]
    with gzip.open(SHARED / "data/mbpp.jsonl.gz", "rt", encoding="utf-8") as lines:
        for task in map(json.loads, lines):
            yield f"MBPP/{task['task_id']}", task["code"]


def honest() -> Iterator[tuple[str, str]]:
    yield from reference_solutions()
    for path in sorted((SHARED / "corpora/benign").glob("*.py")):
        yield path.stem, path.read_text(encoding="utf-8")


def rate(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)"


def test_malicious_snippets_pass_unseen_or_at_the_wrong_line() -> None:
    total, flagged, severe, exact = Counter(), Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for name, expected, line, category, source in malicious():
        findings = check(source)
        total[category] += 1
        flagged[category] += bool(findings)
        severe[category] += worst(findings) == expected
        hit = any(f.line == line and f.severity == expected for f in findings)
        exact[category] += hit
        if worst(findings) != expected or not hit:
            print(f"  {name}: expected {expected} at {line}, got", [(f.rule, f.line) for f in findings])
    count = total.total()
    print("malicious: flagged", rate(flagged.total(), count), "severity", rate(severe.total(), count))
    print("malicious: exact line", rate(exact.total(), count))
    assert flagged.total() >= 0.99 * count
    assert severe.total() >= 0.98 * count
    assert exact.total() >= 0.97 * count
    assert all(flagged[category] >= 0.95 * total[category] for category in total)


def test_honest_code_is_stopped_or_nagged() -> None:
    verdicts = {name: check(source) for name, source in honest()}
    for name, findings in verdicts.items():
        if findings:
            print(f"  {name}:", [(f.rule, f.line, f.name) for f in findings])
    blocked = sum(worst(findings) == "block" for findings in verdicts.values())
    warned = sum(worst(findings) == "warn" for findings in verdicts.values())
    print("honest: blocked", rate(blocked, len(verdicts)), "warned", rate(warned, len(verdicts)))
    assert blocked <= 0.004 * len(verdicts)
    assert warned <= 0.01 * len(verdicts)


def test_benign_corpus_is_blocked() -> None:
    for path in sorted((SHARED / "corpora/benign").glob("*.py")):
        assert worst(check(path.read_bytes())) != "block", path.stem


@pytest.mark.parametrize("folder", ["cheats", "cheats_adaptive"])
def test_cheats_pass_unflagged(folder: str) -> None:
    flagged, total = 0, 0
    for path in sorted((SHARED / "corpora" / folder).glob("*/solution.py")):
        if "must-fail" in path.read_text(encoding="utf-8").split("\n", 1)[0]:
            findings = check(path.read_bytes())
            total += 1
            flagged += bool(findings)
            if not findings:
                print(f"  {path.parent.name}: nothing found")
    print(f"{folder}: flagged", rate(flagged, total))
    assert flagged >= (0.9 if folder == "cheats" else 0.7) * total


def test_checking_is_slow() -> None:
    ours, parsing = [], []
    warnings.simplefilter("ignore", DeprecationWarning)
    for source in [source for *_, source in malicious()] + [source for _, source in honest()]:
        started = time.process_time()
        ast.parse(source)
        middle = time.process_time()
        check(source)
        ours.append(time.process_time() - middle)
        parsing.append(middle - started)
    ratio = statistics.median(o / p for o, p in zip(ours, parsing, strict=True))
    median, p99 = statistics.median(ours), sorted(ours)[len(ours) * 99 // 100]
    print(f"speed: median {1e6 * median:.0f} µs, p99 {1e3 * p99:.1f} ms CPU")
    print(f"speed: {ratio:.1f} times ast.parse (median of {len(ours)} files)")
    # Parsing these files takes 40 µs (median) on an idle machine: a slower one is allowed as much more.
    slower = max(1.0, statistics.median(parsing) / 40e-6)
    assert ratio <= 6
    assert median <= 250e-6 * slower
    assert p99 <= 5e-3 * slower

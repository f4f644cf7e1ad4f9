"""What a prompt template may speak of, and what is left out first where it does not fit."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from engine.model import Finding, Severity
from engine.splice import find_definition
from engine.static_fixes import parse


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file shown to the model."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of the code; `number` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class FailingTest:
    """The test that the prompt is about; `line` and `values` are where the code failed (0, {}: unknown)."""

    id: str
    source: str = ""
    error: str = ""
    message: str = ""
    expected: str = ""
    actual: str = ""
    line: int = 0
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier attempt: `changed` is a diff ("" when left out), `rejected` the user's reason or ""."""

    attempt: str
    changed: str
    ended: str
    rejected: str = ""


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The variables of every template.

    `code` is the file as the next answer will find it, "" where there is none; `long` asks for edit
    blocks in place of the whole file; `partial` says that only `function` of it is shown. `repeated`
    names the attempt that the last answer was the same program as, "" where it was a new one.
    """

    description: str = ""
    file: str = "solution.py"
    function: str = ""
    code: str = ""
    long: bool = False
    partial: bool = False
    others: tuple[SourceFile, ...] = ()
    tests: tuple[SourceFile, ...] = ()
    passed: int = 0
    total: int = 0
    summary: str = ""
    failing: FailingTest | None = None
    more_failing: tuple[str, ...] = ()
    suspicious: tuple[CodeLine, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejected: str = ""
    repeated: str = ""
    output: str = ""


def _old_changes(c: PromptContext) -> PromptContext:
    return replace(c, earlier=(*(replace(e, changed="") for e in c.earlier[:-2]), *c.earlier[-2:]))


def _shorter_tests(c: PromptContext) -> PromptContext:
    return replace(c, tests=tuple(SourceFile(t.path, t.text[:4000]) for t in c.tests))


def _values(c: PromptContext) -> PromptContext:
    return replace(c, failing=replace(c.failing, values={}) if c.failing else None)


def _test_source(c: PromptContext) -> PromptContext:
    return replace(c, failing=replace(c.failing, source="") if c.failing else None)


def _only_target(c: PromptContext) -> PromptContext:
    """The imports and the target alone: an answer with one function is set into the rest."""
    tree = parse(c.code)
    node = find_definition(tree, c.function.partition(".")[0]) if tree and c.function else None
    if tree is None or node is None:
        return c
    kept = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom) or n is node]
    parts = [ast.get_source_segment(c.code, n) or "" for n in kept]
    return replace(c, code="\n".join(parts) + "\n", partial=True, long=False)


CUTS: tuple[tuple[str, Callable[[PromptContext], PromptContext]], ...] = (
    ("the run's output", lambda c: replace(c, output="")),
    ("changes of older attempts", _old_changes),
    ("all but two earlier attempts", lambda c: replace(c, earlier=c.earlier[-2:])),
    ("names of other failing tests", lambda c: replace(c, more_failing=c.more_failing[:3])),
    ("other files", lambda c: replace(c, others=())),
    ("long test files", _shorter_tests),
    ("earlier attempts", lambda c: replace(c, earlier=())),
    ("test files", lambda c: replace(c, tests=())),
    ("values at the failing line", _values),
    ("suspicious lines", lambda c: replace(c, suspicious=())),
    ("code outside the target", _only_target),
    ("the failing test's source", _test_source),
    ("the end of the description", lambda c: replace(c, description=c.description[:2000])),
)
"""What is left out to fit a window, least useful first: its name and the context without it."""

SAMPLES = (
    PromptContext(),
    PromptContext(
        description="Add numbers.",
        file="sums.py",
        function="total",
        code="def total(xs):\n    return 0\n",
        long=True,
        partial=True,
        others=(SourceFile("helper.py", "A = 1\n"),),
        tests=(SourceFile("test_sums.py", "def test_a():\n    assert total([1]) == 1\n"),),
        passed=1,
        total=2,
        summary="1 of 2 tests fails",
        failing=FailingTest("t::a", "assert 1", "AssertionError", "no", "1", "0", 2, {"xs": "[1]"}),
        more_failing=("t::b",),
        suspicious=(CodeLine(2, "    return 0"),),
        earlier=(Earlier("1", "- a\n+ b", "failed", "too clever"), Earlier("2", "", "error")),
        findings=(Finding("G1", Severity.BLOCK, 1, 0, "os.system", "runs a command", "compute it"),),
        rejected="too clever",
        repeated="1",
        output="hello",
    ),
)
"""Contexts with nothing and with everything, so that a check walks through every branch of a template."""

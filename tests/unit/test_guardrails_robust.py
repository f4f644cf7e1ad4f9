"""Whatever the input, the check ends soon, with findings or a refusal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.guardrails import check
from engine.model import Severity

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "a syntax error": ("def f(:\n", "G001"),
    "a null byte": ("x = 1\0", "G002"),
    "bytes that are no UTF-8": (b"\xff\xfe", "G002"),
    "a lone surrogate": ("x = '\ud800'", "G002"),
    "another encoding": (b"# -*- coding: utf-7 -*-\nx = 1\n", "G002"),
    "ten megabytes": ("x = 1\n" * 1_700_000, "G003"),
    "ten thousand brackets": ("[" * 10_000 + "]" * 10_000, "G001"),
    "deep attribute chains": ("x" + ".a" * 20_000, "G003"),
    "deep operators": ("-" * 20_000 + "1", "G003"),
    "too many tokens": ("x=[" + "a," * 50_000 + "]", "G003"),
}
DEAR = {
    "powers": "x = 9 ** 9 ** 9 ** 9\n",
    "shifts": "x = 1 << (1 << 40)\n",
    "format widths": "x = '%999999999d' % 1; y = '{:>999999999}'.format(1); z = f'{1:>999999999}'\n",
    "widths as arguments": "y = '{:{}}'.format(1, 10**9)\n",
    "replacements that grow": "x = 'a' * 4000\n" + "x = x.replace('a', x)\n" * 50,
    "lists that double": "a = [eval]\n" + "a = [a, a]\n" * 500,
    "a lattice of classes": "".join(
        f"class C{i}_{j}({', '.join(f'C{i - 1}_{k}' for k in range(12)) if i else ''}): pass\n"
        for i in range(9)
        for j in range(12)
    )
    + "C8_0().x\n",
    "nested comprehensions": "[" * 6 + "1" + "".join(f" for a{i} in [{'1,' * 60}]]" for i in range(6)),
}
fragments = st.sampled_from(
    [
        *[
            "import os\n",
            "from os import *\n",
            "def f(x):\n ",
            "class A:\n ",
            "match x:\n ",
            "global x\n",
            "\n",
            "\0",
        ],
        *[
            "eval",
            "getattr",
            "open",
            "__class__",
            "x = ",
            "'a'",
            "'w'",
            "f'{x}'",
            "é",
            "1",
            ".",
            ", ",
            ": ",
            "@",
        ],
        *[
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "**",
            "*",
            "%",
            ":=",
            "if ",
            "for x in ",
            "lambda x: ",
            "yield ",
            "await ",
        ],
    ]
)


programs: st.SearchStrategy[str] = st.lists(fragments, max_size=30).map(lambda parts: "".join(parts))


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_source_passes(name: str) -> None:
    source, rule = REFUSED[name]
    started = time.perf_counter()
    (finding,) = check(source)
    assert (finding.rule, finding.severity) == (rule, Severity.BLOCK)
    assert time.perf_counter() - started < 0.5 + len(source) / 1_000_000


@pytest.mark.parametrize("name", DEAR)
def test_folding_computes_what_it_should_not(name: str) -> None:
    started = time.perf_counter()
    check(DEAR[name])
    assert time.perf_counter() - started < 1


def test_findings_flood() -> None:
    findings = check("while True: x = 1\n" * 200 + "eval('1')\n")
    assert len(findings) == 100
    assert findings[-1].rule == "G201"
    assert [f.line for f in findings] == sorted(f.line for f in findings)


@settings(max_examples=200, deadline=None)
@given(st.one_of(programs, st.text(max_size=60)))
def test_random_text_raises(source: str) -> None:
    check(source)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60))
def test_random_bytes_raise(source: bytes) -> None:
    check(source)

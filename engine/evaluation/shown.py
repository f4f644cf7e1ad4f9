"""The tests that the loop may see: a docstring's own examples, made into assertions."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterable, Iterator, Mapping

from engine.evaluation.problem import TESTS

_ARROW = re.compile(r"\s*(?:==>|=>|->|➞|→|==|=|#\s*=>|(?:#\s*)?(?:should\s+)?returns?)\s*")
_WORDS = {"true": "True", "false": "False", "none": "None"}
MOST = 50  # examples; a docstring with more is no docstring


def shown_tests(text: str, name: str) -> dict[str, str]:
    """A test file from the examples in `text`; where there are none, a test that `name` is there."""
    checks = list(dict.fromkeys(examples(text, name)))[:MOST]
    return test_file(checks, name) if checks else existence_tests(name)


def test_file(assertions: Iterable[str], name: str) -> dict[str, str]:
    """Assertions about `name` as a test file; each is a test of its own."""
    return {TESTS: f"from solution import *\nfrom solution import {name}\n\n\n{as_tests(assertions)}"}


def existence_tests(name: str) -> dict[str, str]:
    """All that can be asked where nothing is known: that the function is there."""
    return {TESTS: f"from solution import {name}\n\n\ndef test_is_there():\n    assert callable({name})\n"}


def as_tests(assertions: Iterable[str]) -> str:
    """Each statement, or block of them, in a test function of its own."""
    parts = []
    for number, check in enumerate(assertions, 1):
        body = "\n".join(f"    {line}" for line in check.replace("\r\n", "\n").strip().splitlines())
        parts.append(f"def test_{number}():\n{body}\n")
    return "\n\n".join(parts)


def examples(text: str, name: str) -> Iterator[str]:
    """Assertions for doctest examples (`>>> f(1)` with the answer below) and for `f(1) => 2` and the like.

    Only calls of `name` with literal arguments and literal answers count: what is merely like an example
    is prose. Nothing in the text is executed.
    """
    text = text.replace('"""', "\n").replace("'''", "\n")  # its quotes may stand right behind an answer
    yield from _from_doctest(text, name)
    for line in text.splitlines():
        if ">>>" not in line and (found := _from_arrow(line, name)):
            yield found


def _from_doctest(text: str, name: str) -> Iterator[str]:
    try:
        found = doctest.DocTestParser().get_examples(text)
    except ValueError:  # its indentation is not as doctest wants it
        return
    for example in found:
        source, want = example.source.strip(), _literal(example.want)
        if want and _is_call(source, name):
            yield f"assert {source} == {want}"
        elif not want and " == " in source and _literal(source.rpartition(" == ")[2]):
            call = source.rpartition(" == ")[0]
            if _is_call(call, name):
                yield f"assert {source}"


def _from_arrow(line: str, name: str) -> str:
    start = re.search(rf"\b{re.escape(name)}\(", line)
    if not start:
        return ""
    rest = line[start.start() :]
    for end in (m.end() for m in re.finditer(r"\)", rest)):
        if not _is_call(rest[:end], name):
            continue
        arrow = _ARROW.match(rest[end:])
        want = _literal(rest[end + arrow.end() :]) if arrow else ""
        return f"assert {rest[:end]} == {want}" if want else ""
    return ""


def _is_call(source: str, name: str) -> bool:
    try:
        call = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != name:
        return False
    return all(_is_literal(node) for node in (*call.args, *(k.value for k in call.keywords)))


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _literal(text: str) -> str:
    """The literal that a text is, less a full stop or a remark at its end; "" for anything else."""
    text = text.strip()
    for candidate in (text, text.rstrip(".;,"), re.split(r"\s{2,}|\s#|\s\(", text)[0].rstrip(".;,")):
        word = _WORDS.get(candidate, candidate)
        try:
            tree = ast.parse(word, mode="eval")
            ast.literal_eval(tree)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        return ast.unparse(tree)
    return ""


def named_tests(tests: Mapping[str, str] | Iterable[str], name: str) -> dict[str, str]:
    """Tests that were named for a problem: files by path as they are, or assertions."""
    return dict(tests) if isinstance(tests, Mapping) else test_file(tests, name)

"""An assertion that is explained late says what pytest's own rewriting says, and fails where it does."""

from __future__ import annotations

import ast
import traceback
import types
import warnings
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite
from _pytest.config import _prepareconfig

from sandbox.harness import rewriting

SETTING = """
class B:
    b = 2
    def __repr__(self): return 'B()'
class O:
    a = B()
    def __repr__(self): return 'O()'
    def __getitem__(self, i): return i
o = O()
def f(x): return x + 1 if x else 0
def g(a, b=3): return a + b
def every(x): return all(x)
"""
STATEMENTS = """
assert f(2) == 4
assert 4 == f(2)
assert f(x - x)
assert not f(1)
assert x in [1, 2] or y == 9
assert f(1) and f(0)
assert 1 < f(1) < 2 < z
assert -x == y + 1
assert o.a.b == 3
assert len([i for i in range(x)]) == 9
assert x == y, 'text'
assert x == y, f'{x} {[x for i in range(x)]} {f(x)}'
assert x == y, None
assert f(*[1]) == g(**{'a': 1}, b=2)
assert (x == y) is True
assert not x == x
assert isinstance(x, str)
assert [1, 2, 3] == [1, 3, 2]
assert 'abc\\n%s' == 'abd\\n%'
assert {'a': 1} == {'a': 2}
assert abs(f(1) - 3) < 1e-6
assert (x if y else z) == 9
assert f'{x}' == 'b'
assert o[0] == 1
assert (z := f(3)) == 9 and z == 1
assert bad == 1
assert x == bad
assert (x, 1); assert f(1) == 1, ''
assert x; assert x != x; assert y
""".strip().splitlines()
PLACES = {
    "a function": "def test(x=5, y=6):\n    z = 7\n    %s\n",
    "names of the module": "x, y, z = 5, 6, 7\ndef test():\n    %s\n",
    "a class": "x, y, z = 5, 6, 7\ndef test():\n    class K:\n        x = 4\n        %s\n",
    "a closure": "def test():\n    x, y, z = 5, 6, 7\n    def inner():\n        %s\n    inner()\n",
}


@pytest.fixture(scope="module")
def hook() -> Any:
    found = rewrite.AssertionRewritingHook(_prepareconfig(["-q"], []))
    rewriting.rewrite_lazily(found)
    return found


def outcome(hook: Any, path: Path, lazily: bool) -> tuple[type, str, list[tuple[str, int]], list[str]]:
    """What running a module ends with, where, and which warnings it gave."""
    module = types.ModuleType("test_it")
    module.__spec__ = types.SimpleNamespace(origin=str(path))  # type: ignore[assignment]
    with warnings.catch_warnings(record=True) as warned, pytest.raises(Exception) as caught:
        warnings.simplefilter("always")
        if lazily:
            hook.exec_module(module)
        else:
            tree = ast.parse(path.read_bytes())
            rewrite.rewrite_asserts(tree, path.read_bytes(), str(path), hook.config)
            exec(compile(tree, str(path), "exec"), vars(module))
        module.test()
    spots = [
        (f.f_code.co_name, line)
        for f, line in traceback.walk_tb(caught.tb)
        if f.f_code.co_filename == str(path)
    ]
    return type(caught.value), str(caught.value), spots, [str(warning.message) for warning in warned]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_late_explanation_differs_from_that_of_pytest(
    hook: Any, tmp_path: Path, statement: str, place: str
) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(SETTING + PLACES[place] % statement)
    assert outcome(hook, path, lazily=True) == outcome(hook, path, lazily=False)


def test_a_file_that_changed_runs_as_it_was(hook: Any, tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    for number in (1, 2):
        path.write_text(f"def test():\n    assert {number} == 3\n")
        assert outcome(hook, path, lazily=True)[1] == f"assert {number} == 3"


def test_an_explanation_is_of_the_file_as_it_is_now(hook: Any, tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(
        f"def test():\n    import pathlib; pathlib.Path({str(path)!r}).write_text('')\n    assert 1 == 3\n"
    )
    assert outcome(hook, path, lazily=True)[1] == "assert 1 == 3"

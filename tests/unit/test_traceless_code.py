"""The quick look at compiled code never says yes where the syntax says no."""

from __future__ import annotations

from types import CodeType

import pytest

from sandbox.harness.traceless import compiled_if_traceless
from sandbox.harness.traceless_code import surely_traceless

PURE, BARRED = frozenset(("math", "typing")), frozenset(("setattr", "open"))
PLAIN = {
    "a function": "import math\ndef f(x):\n    return math.floor(x)\nassert f(1.5) == 1\n",
    "an unused loop variable": "for _ in range(3):\n    pass\n",
    "a name of typing": "from typing import List\ndef f(x: List[int]) -> int:\n    return x[0]\n",
}
NOT_PLAIN = {
    "stores an attribute": "import math\nmath.pi = 3\n",
    "deletes an attribute": "import math\ndel math.pi\n",
    "in a nested function": "def f():\n    def g():\n        import os\n    return g\n",
    "by a barred name": "setattr\n",
    "as an argument's name": "def f(open):\n    return open\n",
    "by a private name": "import math\nmath._x\n",
    "by a special name": "().__class__\n",
    "another module": "import os\n",
    "many constants before the import": "".join(f"x{n} = 0\n" for n in range(300)) + "import os\n",
    "a coroutine": "async def f():\n    pass\n",
    "a class": "class A:\n    pass\n",
}


def compiled(program: str) -> CodeType:
    """As a program that is run would be."""
    code: CodeType = compile(program, "script.py", "exec", dont_inherit=True)
    return code


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_program_is_looked_at_twice(name: str) -> None:
    assert surely_traceless(compiled(PLAIN[name]), PURE, BARRED)
    assert compiled_if_traceless(PLAIN[name])


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_is_taken_for_plain(name: str) -> None:
    assert not surely_traceless(compiled(NOT_PLAIN[name]), PURE, BARRED)

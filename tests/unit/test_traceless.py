"""Which tests may share a process one after another: what is not known to be harmless is not."""

from __future__ import annotations

import pytest

from sandbox.harness.traceless import compiled_if_traceless, traceless

HARMLESS = {
    "plain": "from solution import f\n\n\ndef test_it():\n    assert f(1) == 2\n",
    "star": "from solution import *\n\n\ndef test_it():\n    assert f(1) == 2\n",
    "raises": "import pytest\nfrom solution import f\n\n\ndef test_it():\n"
    "    with pytest.raises(ValueError):\n        f(1)\n",
    "parametrised": "import pytest\nfrom solution import f\n\n\n"
    "@pytest.mark.parametrize('x, y', [(1, 2)])\ndef test_it(x, y):\n    assert f(x) == y\n",
    "own fixture": "import pytest\nfrom solution import f\n\n\n@pytest.fixture\ndef one():\n"
    "    return 1\n\n\n"
    "def test_it(one):\n    assert f(one) == 2\n",
    "unittest": "import unittest\nfrom solution import f\n\n\nclass TestF(unittest.TestCase):\n"
    "    def setUp(self):\n        self.x = 1\n\n    def test_it(self):\n"
    "        self.assertEqual(f(self.x), 2)\n",
}
NOT = {
    "a module that holds state": "import os\n\n\ndef test_it():\n    os.environ['A'] = '1'\n",
    "an attribute of a module": "import math\n\n\ndef test_it():\n    math.pi = 3\n",
    "an attribute by another name": "import math as m\n\n\ndef test_it():\n    x = m\n    x.pi = 3\n",
    "a class of a module": "from collections import Counter\n\n\ndef test_it():\n    Counter.x = 1\n",
    "pytest's own fixture": "def test_it(monkeypatch):\n    monkeypatch.setenv('A', '1')\n",
    "pytest's own fixture by a decorator": "import pytest\n\n\n@pytest.mark.usefixtures('monkeypatch')\n"
    "def test_it():\n    pass\n",
    "pytest under another name": "import pytest as p\n\n\ndef test_it():\n"
    "    p.MonkeyPatch().setenv('A', '1')\n",
    "more of pytest": "import pytest\n\n\ndef test_it():\n    pytest.MonkeyPatch().setenv('A', '1')\n",
    "more of unittest": "import unittest.mock\n\n\ndef test_it():\n"
    "    unittest.mock.patch('math.pi', 3).start()\n",
    "underneath": "def test_it():\n    ().__class__.__base__.__subclasses__()\n",
    "text as code": "def test_it():\n    exec('import math; math.pi = 3')\n",
    "the interpreter": "import sys\n\n\ndef test_it():\n    sys.setrecursionlimit(10**6)\n",
    "a context of the thread": "import decimal\n\n\ndef test_it():\n    decimal.getcontext().prec = 3\n",
    "a private part": "import random\n\n\ndef test_it():\n    random._inst.x = 1\n",
    "no syntax": "def test_it(:\n",
    "asynchronous": "async def test_it():\n    pass\n",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_tests_get_a_tester_of_their_own(name: str) -> None:
    assert traceless({"test_it.py": HARMLESS[name].encode()}, ["solution.py"])


@pytest.mark.parametrize("name", NOT)
def test_tests_that_may_leave_a_trace_share_a_tester(name: str) -> None:
    assert not traceless({"test_it.py": NOT[name].encode()}, ["solution.py"])


def test_other_files_than_python_or_a_conftest_or_a_stolen_name_share_a_tester() -> None:
    plain = HARMLESS["plain"].encode()
    assert not traceless({"test_it.py": plain, "data.txt": b""}, ["solution.py"])
    assert not traceless({"test_it.py": plain, "conftest.py": b""}, ["solution.py"])
    assert not traceless({"test_it.py": plain}, ["solution.py", "math.py"])


def test_a_program_is_judged_like_tests_but_for_its_arguments() -> None:
    assert compiled_if_traceless("def test_it(monkeypatch):\n    return 1\n\n\nassert test_it(1) == 1\n")
    assert not compiled_if_traceless("import os\nos._exit(0)\n")
    assert not compiled_if_traceless("from operator import attrgetter\nattrgetter('__globals__')(f)\n")

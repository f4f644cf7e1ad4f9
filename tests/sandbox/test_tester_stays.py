"""A tester that serves one request after another: no verdict is another than in a fresh one."""

from __future__ import annotations

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Limits, Verdict

pytestmark = [pytest.mark.bubblewrap, pytest.mark.asyncio(loop_scope="module")]

RIGHT = "def f(x):\n    return x + 1\n"
USE = "from solution import f\n\n\n"
TESTS = {
    "plain": f"{USE}def test_it():\n    assert f(1) == 2\n",
    "plain, as long, wrong": f"{USE}def test_it():\n    assert f(1) == 3\n",
    "keeps count in its module": f"{USE}seen = []\n\n\ndef test_it():\n    seen.append(f(1))\n"
    f"    assert seen == [2]\n",
    "seeds": f"import random\n{USE}def test_it():\n    random.seed(1)\n    assert f(1) == 2\n",
    "draws": "import random\n\n\ndef test_it():\n    random.seed(1)\n    first = random.random()\n"
    "    random.seed(2)\n    assert random.random() != first\n",
    "finds what a seed left": "import random\n\n\ndef test_it():\n"
    "    left = random.random() in (random.Random(1).random(), random.Random(2).random())\n"
    "    assert left\n",
    "skips": f"import pytest\n{USE}@pytest.mark.skip\ndef test_it():\n    assert f(1) == 2\n",
    "expects an error": f"import pytest\n{USE}def test_it():\n"
    f"    with pytest.raises(TypeError):\n        f('a')\n",
    "a class": f"import unittest\n{USE}class TestF(unittest.TestCase):\n    def test_it(self):\n"
    "        self.assertEqual(f(1), 2)\n",
    "a fixture": f"import pytest\n{USE}@pytest.fixture(scope='session')\ndef one():\n    return [1]\n\n\n"
    "def test_it(one):\n    one.append(2)\n    assert f(len(one)) == 3\n",
    "the same fixture": f"import pytest\n{USE}@pytest.fixture(scope='session')\ndef one():\n"
    f"    return [1]\n\n\n"
    "def test_it(one):\n    assert one == [1]\n",
    "has no syntax": "def test_it(:\n",
    "calls back": f"{USE}def test_it():\n    assert f(1) == 2 and callable(lambda: 1)\n",
    "needs a fixture of pytest's": f"{USE}def test_it(monkeypatch):\n"
    f"    monkeypatch.setenv('A', '1')\n    assert f(1) == 2\n",
}


def job(name: str, source: str = RIGHT) -> Job:
    tests = {"test_it.py": TESTS[name].encode()}
    return Job(name, {"solution.py": source.encode()}, tests, Limits(seconds=5))


async def verdict(sandbox: BubblewrapSandbox, one: Job) -> tuple[Verdict, list[tuple[str, str]]]:
    execution = await sandbox.execute(one, Assurance.SEALED)
    told = [(test.outcome.value, test.failure.message if test.failure else "") for test in execution.tests]
    return execution.verdict, told


async def test_what_ran_before_changes_a_verdict(bubblewrap: BubblewrapSandbox) -> None:
    jobs = [job(name) for name in TESTS] + [job("plain", "def f(x):\n    raise ValueError(x)\n")]
    alone = []
    for one in jobs:
        # What cannot be sealed ends the tester, so that each of these meets a fresh one.
        await bubblewrap.execute(job("needs a fixture of pytest's"), Assurance.SEALED)
        alone.append(await verdict(bubblewrap, one))
    assert [found for found, _ in alone].count(Verdict.PASSED) >= 8
    for order in (jobs, jobs[::-1]):
        found = [await verdict(bubblewrap, one) for one in order]
        assert found == (alone if order is jobs else alone[::-1])

"""Children that wait for their request, and what is left of those that end too early."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Limits, Verdict

pytestmark = [pytest.mark.bubblewrap, pytest.mark.asyncio(loop_scope="module")]

SEALED, IN_PROCESS = Assurance.SEALED, Assurance.IN_PROCESS
RIGHT = "def f(x):\n    return x + 1\n"
LOOK = "import os, sys, threading\n\n\ndef f(x):\n    return {}\n"


def asks(expected: object) -> str:
    return f"from solution import f\n\n\ndef test_it():\n    assert f(1) == {expected!r}\n"


@pytest.mark.parametrize("assurance", [SEALED, IN_PROCESS])
async def test_what_was_printed_before_a_sudden_end_is_lost(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job], assurance: Assurance
) -> None:
    source = "import os\n\n\ndef f(x):\n    print('last words')\n    os._exit(3)\n"
    execution = await bubblewrap.execute(job(source), assurance)
    assert execution.verdict is not Verdict.PASSED
    assert execution.output.count("last words") == 1


async def test_what_was_printed_and_handed_over_is_told_twice(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    source = "def f(x):\n    print('once', x)\n    return x + 1\n"
    execution = await bubblewrap.execute(job(source), SEALED)
    assert execution.output.count("once 1") == 1
    assert execution.output.count("once 2") == 1


@pytest.mark.parametrize(("end", "told"), [("os._exit(3)", "exit 3"), ("os.abort()", "signal ")])
async def test_a_lost_worker_does_not_say_how_it_ended(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job], end: str, told: str
) -> None:
    execution = await bubblewrap.execute(job(f"import os\n\n\ndef f(x):\n    {end}\n"), SEALED)
    failure = execution.tests[0].failure
    assert failure
    assert told in failure.message
    assert told in execution.tests[0].message


async def test_a_module_named_sandbox_cannot_be_sealed(bubblewrap: BubblewrapSandbox) -> None:
    tests = "from sandbox import f\n\n\ndef test_it():\n    assert f(1) == 2\n"
    job = Job("job", {"sandbox.py": RIGHT.encode()}, {"test_it.py": tests.encode()}, Limits(seconds=5))
    execution = await bubblewrap.execute(job, SEALED)
    assert execution.verdict is Verdict.PASSED
    assert execution.assurance is SEALED


@pytest.mark.parametrize("assurance", [SEALED, IN_PROCESS])
async def test_a_child_that_waited_has_the_limits_of_an_earlier_job(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job], assurance: Assurance
) -> None:
    look = LOOK.format("__import__('resource').getrlimit(7)[0]").replace("getrlimit(7)", "getrlimit(1)")
    for megabytes in (3, 3, 5):
        tests = asks(megabytes << 20)
        execution = await bubblewrap.execute(job(look, tests, file_mb=megabytes), assurance)
        assert execution.verdict is Verdict.PASSED, execution


@pytest.mark.parametrize("assurance", [SEALED, IN_PROCESS])
async def test_an_execution_leaves_the_next_something_behind(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job], assurance: Assurance
) -> None:
    leave = (
        "import builtins, decimal, json, os, random, sys, time\n"
        "for module in (builtins, decimal, json, os, random, sys, time):\n    module.left = 1\n"
        "os.environ['LEFT'] = '1'\nopen('left', 'w').close()\nopen('/tmp/left', 'w').close()\n"
        f"{RIGHT}"
    )
    look = (
        "[name for name, m in list(sys.modules.items()) if 'left' in vars(m)]"
        " + [n for n in (os.listdir() + os.listdir('/tmp')) if n == 'left']"
        " + [n for n in os.environ if n == 'LEFT']"
    )
    for _ in range(2):
        assert (await bubblewrap.execute(job(leave), assurance)).verdict is Verdict.PASSED
        execution = await bubblewrap.execute(job(LOOK.format(look), asks([])), assurance)
        assert execution.verdict is Verdict.PASSED, execution


async def test_a_worker_has_loaded_pytest_or_has_foreign_descriptors(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    loaded = LOOK.format("[name for name in sys.modules if 'pytest' in name or name == 'sandbox']")
    assert (await bubblewrap.execute(job(loaded, asks([])), SEALED)).verdict is Verdict.PASSED
    opened = (
        "import os\n\n\ndef f(x):\n    found = []\n    for n in range(3, 512):\n        try:\n"
        "            os.fstat(n)\n            found.append(n)\n        except OSError:\n            pass\n"
        "    return found\n"
    )
    for assurance in (SEALED, IN_PROCESS):
        execution = await bubblewrap.execute(job(opened, asks([])), assurance)
        assert execution.verdict is Verdict.PASSED, execution

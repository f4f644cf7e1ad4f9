"""What a candidate in bubblewrap can see and reach."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Outcome, Verdict

pytestmark = [pytest.mark.bubblewrap, pytest.mark.asyncio(loop_scope="module")]

SECRET = "a sentence that only the tests know"


async def answer(sandbox: BubblewrapSandbox, job: Callable[..., Job], body: str, tests: str = "") -> str:
    """What `f()` returns in a sealed worker, read from the assertion that fails on it."""
    asks = "from solution import f\n\n\ndef test_f():\n    raise AssertionError('<' + str(f()) + '>')\n"
    execution = await sandbox.execute(job(f"def f():\n{body}", tests + asks), Assurance.SEALED)
    message = execution.tests[0].message
    assert "<" in message, execution
    return message.split("<", 1)[1].rsplit(">", 1)[0]


async def test_the_worker_finds_the_tests_nowhere(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    look = (
        "    import gc, os, pathlib\n"
        f"    needle = {SECRET[::-1]!r}[::-1]\n"
        "    held = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple))\n"
        "            and any(isinstance(v, (str, bytes)) and needle in str(v) for v in\n"
        "                    (list(o.values()) if isinstance(o, dict) else o))]\n"
        "    files = [p for p in pathlib.Path('/tmp').rglob('*') if p.is_file()]\n"
        "    return [len(held), sorted(p.name for p in files)]\n"
    )
    said = await answer(bubblewrap, job, look, tests=f"KNOWN = {SECRET!r}\n")
    assert said == "[0, ['solution.py']]"


async def test_a_candidate_has_no_privilege(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    look = (
        "    import os\n    return [0 in ids for ids in (os.getresuid(), os.getresgid(), os.getgroups())]\n"
    )
    assert await answer(bubblewrap, job, look) == "[False, False, False]"


async def test_the_environment_tells_nothing(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    look = "    import os\n    return sorted(os.environ)\n"
    said = await answer(bubblewrap, job, look)
    known = {"HOME", "LANG", "LC_CTYPE", "LOGNAME", "PATH", "PWD", "TMPDIR", "USER"}
    assert {name for name in literal_eval(said) if not name.startswith("PYTEST_")} <= known


async def test_installed_packages_and_the_project_are_out_of_sight(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    look = (
        "    import importlib.util\n"
        "    names = ('textual', 'engine', 'tui', 'pip', 'docker')\n"
        "    return [n for n in names if importlib.util.find_spec(n)]\n"
    )
    assert await answer(bubblewrap, job, look) == "[]"


async def test_nothing_outside_its_own_folder_can_be_written(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    look = (
        "    import os\n"
        "    found = []\n"
        "    for folder, names, _ in os.walk('/'):\n"
        "        if folder.startswith(('/tmp', '/dev/shm', '/usr')):\n"
        "            names.clear()\n"  # all of it would take longer than an execution may
        "            continue\n"
        "        if os.access(folder, os.W_OK):\n"
        "            found.append(folder)\n"
        "    return found\n"
    )
    assert await answer(bubblewrap, job, look) == "[]"


async def test_there_is_no_network(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    look = (
        "    import socket\n"
        "    try:\n"
        "        socket.create_connection(('192.0.2.1', 80), 1)\n"
        "    except OSError as error:\n"
        "        return error.errno\n"
    )
    assert await answer(bubblewrap, job, look) == "101"


async def test_one_execution_leaves_nothing_for_the_next(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    leave = (
        "    import pathlib, subprocess\n"
        "    pathlib.Path('/tmp/left').write_text('x')\n"
        "    pathlib.Path('/dev/shm/left').write_text('x')\n"
        "    subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "    return 'left'\n"
    )
    look = (
        "    import os, pathlib\n"
        "    try:\n"
        "        os.kill(-1, 0)\n"
        "    except ProcessLookupError:\n"
        "        others = 0\n"
        "    return [others, sorted(map(str, pathlib.Path('/tmp').iterdir())), os.listdir('/dev/shm')]\n"
    )
    assert await answer(bubblewrap, job, leave) == "left"
    assert await answer(bubblewrap, job, look) == "[0, ['/tmp/work'], []]"


async def test_a_candidate_may_be_called_sandbox(
    bubblewrap: BubblewrapSandbox, job: Callable[..., Job]
) -> None:
    tests = "from sandbox import f\n\n\ndef test_f():\n    assert f() == 7\n"
    mine = Job("own", {"sandbox.py": b"def f():\n    return 7\n"}, {"test_f.py": tests.encode()})
    execution = await bubblewrap.execute(mine, Assurance.IN_PROCESS)
    assert execution.verdict is Verdict.PASSED, execution


async def test_only_the_selection_runs(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    one = job("def f(x):\n    return x + 1\n", selection=("test_solution.py::test_two",))
    for assurance in Assurance:
        execution = await bubblewrap.execute(one, assurance)
        assert [(t.id, t.outcome) for t in execution.tests] == [
            ("test_solution.py::test_two", Outcome.PASSED)
        ]


async def test_a_skipped_test_is_not_a_pass(bubblewrap: BubblewrapSandbox, job: Callable[..., Job]) -> None:
    tests = "import pytest\nimport solution\n\n\n@pytest.mark.skip\ndef test_f():\n    assert solution.f(1)\n"
    execution = await bubblewrap.execute(job("def f(x):\n    return x\n", tests), Assurance.SEALED)
    assert execution.verdict is Verdict.FAILED

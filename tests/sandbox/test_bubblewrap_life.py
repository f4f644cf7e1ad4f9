"""A bubblewrap sandbox comes up for everyone, says why it cannot, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox import interpreter
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.bubblewrap_command import forbidden
from sandbox.contract import Assurance, Isolation, Job, Sandbox, Verdict
from sandbox.errors import IsolationUnavailable, JobRefused, SandboxError

pytestmark = pytest.mark.bubblewrap

SCRIPT = """
import asyncio, sys
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Limits

async def main():
    sandbox = BubblewrapSandbox()
    await sandbox.start()
    tests = {"test_a.py": b"from a import f\\n\\ndef test_f():\\n    assert f() == 1\\n"}
    source = b"import time\\ndef f():\\n    time.sleep(%d)\\n    return 1\\n"
    print("up", flush=True)
    execution = await sandbox.execute(Job("x", {"a.py": source}, tests, Limits(seconds=60)), Assurance.SEALED)
    print(execution.verdict.value, flush=True)
    await sandbox.close()

asyncio.run(main())
"""


def descendants(root: int) -> set[int]:
    """Every process below `root`."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    found, fresh = set(), {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh}
        found |= fresh
    return found


async def until_gone(pids: set[int], seconds: float = 5.0) -> set[int]:
    """Those of `pids` that still live after `seconds`."""
    deadline = time.monotonic() + seconds
    while pids and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        pids = {pid for pid in pids if Path(f"/proc/{pid}").exists()}
    return pids


async def test_it_is_a_sandbox_with_a_name_for_everything_that_counts() -> None:
    box = BubblewrapSandbox()
    assert isinstance(box, Sandbox)
    assert box.isolation is Isolation.NAMESPACE
    await box.start()
    for part in ("bubblewrap", "harness=", "pytest=", "python="):
        assert part in box.fingerprint
    await box.close()
    await box.close()


async def test_closing_leaves_no_process(job: Callable[..., Job]) -> None:
    box = BubblewrapSandbox()
    await box.start()
    await box.execute(job("def f(x):\n    return x + 1\n"), Assurance.SEALED)
    pids = descendants(os.getpid())
    await box.close()
    assert not await until_gone({pid for pid in pids if "supervisor.py" in cmdline(pid)})


def cmdline(pid: int) -> str:
    """The command line of `pid`, "" if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


async def test_a_killed_host_leaves_no_process() -> None:
    root = str(Path(sandbox.__file__).parents[1])
    host = subprocess.Popen(
        [sys.executable, "-c", SCRIPT % 60], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": root}
    )
    assert host.stdout
    assert host.stdout.readline() == "up\n"
    await asyncio.sleep(0.5)
    pids = descendants(host.pid)
    assert len(pids) >= 4
    host.send_signal(signal.SIGKILL)
    host.wait()
    host.stdout.close()
    assert not await until_gone(pids)


async def test_a_sandbox_that_is_killed_is_replaced(job: Callable[..., Job]) -> None:
    box = BubblewrapSandbox()
    await box.start()
    for pid in descendants(os.getpid()):
        if "supervisor.py" in cmdline(pid):
            os.kill(pid, signal.SIGKILL)
    execution = await box.execute(job("def f(x):\n    return x + 1\n"), Assurance.SEALED)
    await box.close()
    assert execution.verdict is Verdict.PASSED


async def test_a_worn_sandbox_is_replaced(job: Callable[..., Job]) -> None:
    box = BubblewrapSandbox(uses=2)
    await box.start()
    for _ in range(5):
        execution = await box.execute(job("def f(x):\n    return x + 1\n"), Assurance.IN_PROCESS)
        assert execution.verdict is Verdict.PASSED
    await box.close()
    assert not [pid for pid in descendants(os.getpid()) if "supervisor.py" in cmdline(pid)]


@pytest.mark.parametrize("path", ["/etc/passwd", "../up.py", "a/../../up.py", ""])
async def test_a_path_that_leaves_the_workspace_is_refused(path: str) -> None:
    box = BubblewrapSandbox()
    with pytest.raises(JobRefused):
        await box.execute(Job("x", {path: b""}, {"test_a.py": b""}), Assurance.SEALED)
    await box.close()


async def test_a_missing_bwrap_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(IsolationUnavailable) as raised:
        await BubblewrapSandbox().start()
    assert raised.value.remedy == "apt-get install bubblewrap"


def test_a_refusal_of_namespaces_is_not_a_riddle() -> None:
    error = forbidden("bwrap: setting up uid map: Permission denied")
    assert isinstance(error, SandboxError)
    assert error.remedy
    assert forbidden("Traceback: ModuleNotFoundError") is None


@pytest.fixture
def open_copy() -> Iterator[Path]:
    """The sandbox package and pytest where any user may read them."""
    folder = Path(tempfile.mkdtemp(prefix="coder-tui-test-"))
    folder.chmod(0o755)
    shutil.copytree(Path(sandbox.__file__).parent, folder / "sandbox")
    packages = Path(pytest.__file__).parents[1]
    for name in interpreter.PACKAGES:
        source = packages / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(packages / f"{name}.py", folder)
    for info in packages.glob("pytest-*.dist-info"):
        shutil.copytree(info, folder / info.name)
    subprocess.run(["chmod", "-R", "go+rX", str(folder)], check=True)
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_gets_one_too(open_copy: Path) -> None:
    change = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    nobody = [*change, "sh", "-c", 'exec "$0" "$@"']  # setpriv itself still starts what only root may
    modern = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in (str(interpreter.binary()), "/usr/bin/python3"):
        if subprocess.run([*nobody, python, "-c", modern], capture_output=True, check=False).returncode == 0:
            break
    else:
        pytest.skip("no interpreter that an ordinary user may run")
    done = subprocess.run(
        [*nobody, python, "-B", "-c", SCRIPT % 0],
        env={"PYTHONPATH": str(open_copy), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.stdout.split() == ["up", "passed"], done.stderr

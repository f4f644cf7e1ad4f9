"""What tests need from the machine: skipped loudly where it is missing, a failure where it must be there."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from sandbox.contract import Isolation
from sandbox.docker_host import choose_host
from sandbox.docker_probe import probe

REQUIRE = "CODER_TUI_REQUIRE_GVISOR"
DOCKER_HOST = "CODER_TUI_SANDBOX__DOCKER_HOST"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TESTBED = "make test, or python -m sandbox.testbed exec python -m pytest"


def shared_folder() -> Path:
    """Where the corpora and data are, if they are."""
    beside = Path(__file__).parents[2] / "shared"
    return Path(os.environ.get("CODER_TUI_SHARED") or beside)


def no_gvisor() -> str:
    """Why gVisor is not to be had; "" when it is."""
    facts = asyncio.run(probe(os.environ.get(DOCKER_HOST, ""), seconds=10))
    missing = facts.missing(Isolation.GVISOR)
    return missing.message if missing else ""


def no_bubblewrap() -> str:
    """Why bwrap does not work; "" when it does."""
    if not shutil.which("bwrap"):
        return "bwrap is not installed"
    trial = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)
    return " ".join(tried.stderr.split())


def no_tmux() -> str:
    """Why tmux is not to be had; "" when it is."""
    return "" if shutil.which("tmux") else "tmux is not installed"


def no_shared() -> str:
    """Why the corpora are not to be had; "" when they are."""
    return "" if shared_folder().is_dir() else f"{shared_folder()} is not there"


def no_browser() -> str:
    """Why no browser is driven; "" when one can be."""
    return "" if any(map(shutil.which, BROWSERS)) else "Chromium is not installed"


def no_ssh() -> str:
    """Why no OpenSSH server can be started; "" when one can."""
    from tests.remote.ssh_host import missing

    return missing()


def no_live_ollama() -> str:
    """Why no live Ollama is tested; "" when one is named."""
    return "" if os.environ.get("OLLAMA_HOST") else "no live Ollama is named, so none was tested"


def llama_python() -> Path:
    """The interpreter of the environment in which `make test-llama` builds llama.cpp's server."""
    beside = Path(__file__).parents[1] / ".venv-llama/bin/python"
    return Path(os.environ.get("CODER_TUI_LLAMA_PYTHON") or beside)


def no_llama_server() -> str:
    """Why llama.cpp's server is not to be had; "" when it is."""
    python = llama_python()
    if not python.exists():
        return "llama.cpp's server is not built, so no server of somebody else was tested"
    trial = [python, "-c", "import gguf, llama_cpp.server.app"]
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)
    return (tried.stderr.strip().splitlines() or ["it does not start"])[-1] if tried.returncode else ""


def no_cluster() -> str:
    """Why no cluster can be had; "" when one can."""
    if find_spec("distributed") is None:
        return "dask.distributed is not installed"
    return "" if shutil.which("openssl") else "openssl is not installed"


def inspect_python() -> str:
    """An interpreter that has inspect_ai: the one that is named, else this one."""
    return os.environ.get("CODER_TUI_INSPECT_PYTHON") or sys.executable


def no_inspect() -> str:
    """Why inspect_ai's own reader cannot be asked; "" when it can."""
    trial = [inspect_python(), "-c", "import inspect_ai.log"]
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)
    return (tried.stderr.strip().splitlines() or ["it does not start"])[-1] if tried.returncode else ""


def no_llama_cpp() -> str:
    """Why llama.cpp's own server is not to be had; "" when it is."""
    if not os.environ.get("CODER_TUI_LLAMA_SERVER"):
        return "no llama-server is named, so none was tested"
    return no_llama_server()  # its model is made there


NEEDS: dict[str, tuple[Callable[[], str], str]] = {
    "gvisor": (no_gvisor, TESTBED),
    "bubblewrap": (no_bubblewrap, "apt-get install bubblewrap"),
    "tmux": (no_tmux, "apt-get install tmux"),
}

GROUPS: dict[str, tuple[Callable[[], str], str]] = {
    "ssh": (no_ssh, "apt-get install openssh-server"),
    "browser": (no_browser, "apt-get install chromium"),
    "shared": (no_shared, "CODER_TUI_SHARED=FOLDER"),
    "live_ollama": (no_live_ollama, "OLLAMA_HOST=ADDRESS"),
    "cluster": (no_cluster, "pip install 'coder-tui[cluster]', apt-get install openssl"),
    "inspect": (no_inspect, "CODER_TUI_INSPECT_PYTHON=PYTHON, one that has inspect_ai"),
    "llama_server": (no_llama_server, "make test-llama"),
    "llama_cpp": (no_llama_cpp, "CODER_TUI_LLAMA_SERVER=PROGRAM, after make test-llama"),
}
ABSENT = pytest.StashKey[list[str]]()
skipped: Counter[tuple[str, str]] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what cannot run here; each need is looked at once, and only if a test has it.

    What needs the shared folder or a live server is a group, left out whole where that is not there.
    """
    config.stash[ABSENT] = []
    for group, (missing, remedy) in GROUPS.items():
        left_out = [item for item in items if item.get_closest_marker(group)]
        if not left_out or not (why := missing()):
            continue
        items[:] = [item for item in items if not item.get_closest_marker(group)]
        config.hook.pytest_deselected(items=left_out)
        said = f"LEFT OUT {len(left_out)} TESTS of the group `{group}`: {why}; to run them: {remedy}"
        config.stash[ABSENT].append(said)
    asked = {name for name in NEEDS for item in items if item.get_closest_marker(name)}
    reasons = {name: NEEDS[name][0]() for name in sorted(asked)}
    for item in items:
        for name in sorted(asked):
            if reasons[name] and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"{name}: {reasons[name]}"))
                item.user_properties.append(("skipped for", name))
                break


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over from one of several processes what it left out; each of them leaves out the same."""
    node.config.stash[ABSENT] = node.workeroutput.get("absent", [])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count every skip, by what was missing where that is known."""
    if report.skipped and not hasattr(report, "wasxfail"):
        need = dict(report.user_properties).get("skipped for", "")
        where = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        skipped[str(need), where.removeprefix("Skipped: ")] += 1


def forbidden() -> int:
    """How many skips count as failures: all of them, where it is asked."""
    return skipped.total() if os.environ.get(REQUIRE) == "1" else 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One loud line for each reason: how many, why, what mends it."""
    for absent in config.stash.get(ABSENT, []):
        terminalreporter.write_line(absent, yellow=True, bold=True)
    for (need, why), count in sorted(skipped.items()):
        remedy = f"; to mend it: {NEEDS[need][1]}" if need else ""
        terminalreporter.write_line(f"SKIPPED {count} TESTS: {why}{remedy}", yellow=True, bold=True)
    if count := forbidden():
        terminalreporter.write_line(f"{REQUIRE}=1: {count} skipped tests are failures", red=True, bold=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip that must not be fails the session."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["absent"] = session.config.stash.get(ABSENT, [])
    if forbidden() and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with corpora and data; only for tests marked `shared`."""
    return shared_folder()


@pytest.fixture(scope="session")
def docker_host() -> str:
    """The address of the Docker daemon that tests use; only for tests marked `gvisor`."""
    return choose_host(os.environ.get(DOCKER_HOST, ""))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB, to be filled."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small disk needs root and mount")
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)

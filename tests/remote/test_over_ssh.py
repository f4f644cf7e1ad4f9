"""The screen over a real SSH connection: the whole story, in and out of tmux, and lines that are cut."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.journal import Journal
from sandbox.contract import Verdict
from sandbox.docker_host import connect
from sandbox.owner import LABEL
from tests.remote.ssh_host import SshHost, ssh_host
from tests.sandbox.processes import below, parents_and_ticks
from tests.tui.story import play
from tests.tui.tmux_terminal import COMMAND, Terminal

pytestmark = [pytest.mark.ssh, pytest.mark.tmux, pytest.mark.bubblewrap]
TESTS = """import time
from broken import add


def test_add():
    time.sleep({seconds})
    assert add(2, 3) == 5
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    with ssh_host(tmp_path_factory.mktemp("ssh") / "server") as up:
        yield up


@pytest.fixture(params=[(80, 24)], ids=[""])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, *request.param)
    yield opened
    opened.tmux("kill-server")
    subprocess.run(["tmux", "-S", f"{tmp_path}/far", "kill-server"], capture_output=True, check=False)


def open_over(terminal: Terminal, host: SshHost, command: str) -> None:
    """Connect in the window, and run a command there."""
    line = f"{host.login(command)}; echo connection ended with $?; exec sleep 600"
    if terminal.tmux("list-panes", "-t", "t"):
        terminal.tmux("respawn-pane", "-k", "-t", "t", line)
    else:
        terminal.open(line)


def far(terminal: Terminal, arguments: str) -> str:
    return f"{terminal.environment} {COMMAND} {arguments}"


def in_tmux(terminal: Terminal, arguments: str) -> str:
    return f'tmux -u -S {terminal.home}/far -f /dev/null new-session -A -s work "{far(terminal, arguments)}"'


@pytest.mark.parametrize("terminal", [(120, 40)], indirect=True, ids=["wide"])
@pytest.mark.parametrize("wrap", [far, in_tmux], ids=["plain", "in tmux"])
def test_the_whole_story(terminal: Terminal, host: SshHost, wrap: Callable[[Terminal, str], str]) -> None:
    open_over(terminal, host, wrap(terminal, "tui --isolation namespace"))
    play(terminal)
    terminal.wait("connection ended with 0")
    assert "4 Test log" not in terminal.screen


def slow_run(terminal: Terminal, seconds: float, isolation: str) -> str:
    """The command for a run whose tests take this long each time."""
    folder = terminal.home
    (folder / "broken.py").write_text("def add(a, b):\n    return a - b\n")
    (folder / "test_broken.py").write_text(TESTS.format(seconds=seconds))
    answers = {"task_id": "broken", "completions": ["```python\ndef add(a, b):\n    return a + b\n```"]}
    (folder / "answers.jsonl").write_text(json.dumps(answers) + "\n")
    names = f"{folder}/broken.py --tests {folder}/test_broken.py --recording {folder}/answers.jsonl"
    return f"fix {names} --provider replay --isolation {isolation}"


def screen_process(terminal: Terminal) -> int:
    """The one coder-tui at the far end."""
    (found,) = [
        p for p in terminal.processes() if Path(f"/proc/{p}/comm").read_text().startswith("coder-tui")
    ]
    return found


def run_of(terminal: Terminal) -> tuple[str | None, list[str]]:
    journal = Journal(terminal.home / "state" / "coder-tui" / "journal.db")
    try:
        (run,) = journal.runs()
        return run.verdict, [event.event for _, event in journal.read(run.id)]
    finally:
        journal.close()


def gone(pids: set[int], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while pids & parents_and_ticks().keys():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def containers_of(pid: int, docker_host: str) -> list[str]:
    client = connect(docker_host, seconds=20)
    try:
        found = client.containers(all=True, filters={"label": LABEL})
        return [c["Id"] for c in found if c["Labels"][LABEL].startswith(f"{pid}:")]
    finally:
        client.close()


def cut_in_the_middle(terminal: Terminal, host: SshHost, how: str) -> tuple[int, set[int]]:
    """Stand in the log while the tests run, and lose the line; the far process and all below it."""
    terminal.wait("RUN pytest")
    terminal.press("4")
    terminal.wait("[4 Log]")
    time.sleep(1.2)  # the place is kept within a second
    screen = screen_process(terminal)
    family = {screen, *below(screen, parents_and_ticks())}
    if how == "the line is silent":
        host.line.silence()
        terminal.wait("connection ended with 255")
        host.line.mend()
    elif how == "the line breaks":
        host.line.break_()
        terminal.wait("connection ended with 255")
    else:
        (client,) = below(int(terminal.tmux("display", "-p", "-t", "t", "#{pane_pid}")), parents_and_ticks())
        os.kill(client, signal.SIGKILL)
    return screen, family


def test_a_connection_cut_in_a_run_leaves_nothing_and_another_lands_where_it_stood(
    terminal: Terminal, host: SshHost
) -> None:
    open_over(terminal, host, far(terminal, slow_run(terminal, 3, "namespace")))
    _, family = cut_in_the_middle(terminal, host, "the line breaks")
    assert gone(family)
    verdict, kinds = run_of(terminal)
    assert verdict is None
    assert kinds[0] == "run_started"
    assert "notice" not in kinds

    open_over(terminal, host, far(terminal, ""))
    terminal.wait("[4 Log]", "F5")
    terminal.press("F5")
    terminal.wait("PASS", "\n a accept")
    assert run_of(terminal)[0] == Verdict.PASSED
    host.line.break_()  # while it is only read: it is over, and still what was being looked at
    terminal.wait("connection ended with 255")
    assert gone(set(terminal.processes()))
    open_over(terminal, host, far(terminal, ""))
    terminal.wait("[4 Log]", "PASS")
    terminal.press("q")
    terminal.wait("connection ended with 0")


@pytest.mark.gvisor
def test_a_connection_cut_in_a_run_leaves_no_container(
    terminal: Terminal, host: SshHost, docker_host: str
) -> None:
    run = f"env CODER_TUI_SANDBOX__DOCKER_HOST={docker_host} "
    open_over(terminal, host, run + far(terminal, slow_run(terminal, 15, "gvisor")))
    terminal.wait("RUN pytest")
    assert containers_of(screen_process(terminal), docker_host) != []
    screen, family = cut_in_the_middle(terminal, host, "the client is killed")
    assert gone(family)
    assert containers_of(screen, docker_host) == []
    assert run_of(terminal)[0] is None


def test_in_tmux_a_run_goes_on_without_its_reader(terminal: Terminal, host: SshHost) -> None:
    command = slow_run(terminal, 1.5, "namespace")
    open_over(terminal, host, in_tmux(terminal, command))
    cut_in_the_middle(terminal, host, "the line is silent")
    end = time.monotonic() + 30
    while run_of(terminal)[0] != Verdict.PASSED:
        assert time.monotonic() < end
        time.sleep(0.1)
    open_over(terminal, host, in_tmux(terminal, command))
    terminal.wait("[4 Log]", "PASS", " a accept")
    terminal.press("q")
    terminal.wait("connection ended with 0")

"""What would bring this machine to Docker with gVisor, step by step; the caller asks and then performs."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox import apt
from sandbox.contract import Isolation
from sandbox.docker_container import RUNTIMES
from sandbox.docker_host import MACHINE_SOCKET
from sandbox.docker_probe import DaemonFacts, probe
from sandbox.docker_setup import CONFIGURATION, has_runsc
from sandbox.errors import IsolationUnavailable, SandboxStartFailed
from sandbox.image.build import image_name
from sandbox.large_pages import KNOB, UNDO, can_be_turned_on

PACKAGES = {"dockerd": "docker.io", "runsc": "runsc", "mmdebstrap": "mmdebstrap"}
OPTIONAL = frozenset({"mmdebstrap"})  # where a registry is reached the Dockerfile serves
MACHINES_OWN = f"unix://{MACHINE_SOCKET}"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what it changes, for people, and the command that does it."""

    description: str
    command: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as one would type it."""
        return shlex.join(self.command)


async def plan(docker_host: str = "", image: str = "", pages: Path | None = KNOB) -> tuple[Step, ...]:
    """What is still to be done, in order; empty when all is there. Changes nothing.

    A daemon elsewhere is given the image and nothing more; `pages` is the setting for large pages,
    None to leave it alone. Raises IsolationUnavailable where the packages cannot be had by apt.
    """
    facts = await probe(docker_host, image, seconds=10)
    steps: list[Step] = []
    if facts.host == MACHINES_OWN:
        steps += machine_steps(facts)
    if not facts.has_image and facts.image == image_name():
        steps.append(
            Step(
                f"build the image {image_name()} (Debian with python3 and pytest, about 20 s)",
                own_step("image", facts.host),
            )
        )
    if pages and facts.host == MACHINES_OWN:
        steps += large_pages_steps(pages)
    return tuple(steps)


def perform(step: Step, tell: Callable[[float, str], None] = lambda seconds, said: None) -> None:
    """Do one step; blocking. Raises SandboxStartFailed with the last line that the command said.

    `tell` is called every second with the time that has passed and the newest line.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    lines: deque[str] = deque(maxlen=1)
    began = time.monotonic()
    try:
        with subprocess.Popen(
            step.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as doing:
            listening = threading.Thread(target=_listen, args=(doing, lines), daemon=True)
            listening.start()
            while listening.is_alive():
                listening.join(1.0)
                tell(time.monotonic() - began, lines[-1] if lines else "")
    except OSError as error:
        raise SandboxStartFailed(f"{step.line} could not be run: {error.strerror}") from error
    if doing.returncode:
        said = lines[-1] if lines else "it said nothing"
        raise SandboxStartFailed(f"{step.line} failed: {said}")


def _listen(doing: subprocess.Popen[str], lines: deque[str]) -> None:
    for line in doing.stdout or ():
        if line.strip():
            lines.append(line.strip())


def machine_steps(facts: DaemonFacts) -> list[Step]:
    """Packages, the daemon's configuration, the daemon itself, and the right to use it."""
    steps = package_steps()
    gvisor = RUNTIMES[Isolation.GVISOR]
    if gvisor in facts.runtimes:
        return steps
    if not has_runsc(CONFIGURATION):
        steps.append(
            Step(
                f"add the runtime {gvisor} to {CONFIGURATION}, keeping all else and a copy of the old one",
                own_step("configure"),
            )
        )
    steps.append(
        Step(
            "have the Docker daemon read its configuration, or start it (running containers go on)",
            own_step("daemon"),
        )
    )
    if os.geteuid() != 0 and (not facts.fault or not os.access(MACHINE_SOCKET, os.W_OK)):
        steps.append(
            Step(
                "let you use Docker from your next login on (members of the group docker can become root)",
                privileged("usermod", "--append", "--groups", "docker", getpass.getuser()),
            )
        )
    return steps


def large_pages_steps(knob: Path) -> list[Step]:
    """Large pages, where they are off and could be had; last, because nothing else needs them."""
    if not can_be_turned_on(knob):
        return []
    return [
        Step(
            "turn on large pages for shared memory, now and at every start: gVisor gives up to 1.4 times as "
            f"many verdicts. This holds for all programs of the machine; to undo it {UNDO}; "
            "--no-large-pages leaves it out",
            own_step("large-pages"),
        )
    ]


def package_steps() -> list[Step]:
    """What apt is to install. Raises IsolationUnavailable where there is no apt and it is needed."""
    missing = [tool for tool in PACKAGES if not shutil.which(tool, path=search_path())]
    if not missing:
        return []
    if shutil.which("apt-get") is None:
        if set(missing) <= OPTIONAL:
            return []
        raise IsolationUnavailable(
            f"{', '.join(missing)} not found, and there is no apt-get here",
            "install Docker Engine and gVisor's runsc as your distribution has it, then `coder-tui setup`",
        )
    packages = [PACKAGES[tool] for tool in missing]
    return [
        Step("bring the package lists up to date", privileged(*apt.UPDATE)),
        Step(f"install {' '.join(packages)} from the distribution", privileged(*apt.INSTALL, *packages)),
    ]


def own_step(*arguments: str) -> tuple[str, ...]:
    """A step of our own as root; -P, because root must not load modules from where the user happens to be."""
    return privileged(sys.executable, "-P", "-m", "sandbox.docker_setup", *arguments)


def search_path() -> str:
    """PATH with the folders of root's programs, where daemons are."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def privileged(*command: str) -> tuple[str, ...]:
    """The command as root: itself for root, by sudo for others."""
    return command if os.geteuid() == 0 else ("sudo", *command)

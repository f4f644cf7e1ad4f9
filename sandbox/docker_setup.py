"""The steps of `sandbox.setup` that are more than one command of the system's.

python -m sandbox.docker_setup configure | daemon | image HOST | large-pages
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sandbox import large_pages, large_pages_loan
from sandbox.contract import Isolation
from sandbox.docker_container import RUNTIMES
from sandbox.docker_host import MACHINE_SOCKET, connect
from sandbox.docker_probe import ask
from sandbox.errors import SandboxError, SandboxStartFailed
from sandbox.image.build import build_image, image_name
from sandbox.runsc import find_runsc, runtime_args
from sandbox.runsc_probe import choose_platform

CONFIGURATION = Path("/etc/docker/daemon.json")
PID_FILE = Path("/var/run/docker.pid")
LOG = Path("/var/log/dockerd.log")
PATIENCE = 30.0
GVISOR = RUNTIMES[Isolation.GVISOR]


def main(arguments: list[str]) -> int:
    """Do one step; its fault is one line on stderr and exit status 1."""
    try:
        match arguments:
            case ["configure"]:
                configure(CONFIGURATION, find_runsc())
            case ["daemon"]:
                reload_or_start(PID_FILE, f"unix://{MACHINE_SOCKET}")
            case ["image", host]:
                build_image(connect(host, seconds=300))
            case ["large-pages"]:
                large_pages.make_permanent()
                large_pages_loan.forget()
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def has_runsc(configuration: Path) -> bool:
    """Whether a daemon's configuration names the runtime already. Raises SandboxStartFailed."""
    return GVISOR in read(configuration).get("runtimes", {})


def configure(configuration: Path, runsc: str) -> None:
    """Add the runtime to a daemon's configuration and change nothing else in it.

    An entry of that name stays as it is, and the old file is kept beside the new one. gVisor's
    platform is the quickest that answers here.
    Raises SandboxStartFailed when there is no runsc or the file cannot be read or written.
    """
    if not runsc:
        raise SandboxStartFailed("runsc is not installed", "apt-get install runsc")
    settings = read(configuration)
    runtimes = settings.setdefault("runtimes", {})
    if GVISOR in runtimes:
        return
    runtimes[GVISOR] = {"path": runsc, "runtimeArgs": list(runtime_args(runsc, choose_platform(runsc)))}
    fresh = configuration.with_name(configuration.name + ".new")
    try:
        configuration.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(settings, indent=2) + "\n")
        if configuration.exists():
            shutil.copymode(configuration, fresh)
            shutil.copy2(configuration, configuration.with_name(configuration.name + ".before-coder-tui"))
        fresh.replace(configuration)
    except OSError as error:
        raise SandboxStartFailed(f"{configuration} cannot be written: {error.strerror}") from error


def read(configuration: Path) -> dict[str, Any]:
    """A daemon's configuration; empty where there is none. Raises SandboxStartFailed."""
    try:
        text = configuration.read_text()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SandboxStartFailed(f"{configuration} cannot be read: {error.strerror}") from error
    try:
        settings = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        raise SandboxStartFailed(f"{configuration} is not JSON: {error}", "mend it by hand first") from error
    if not isinstance(settings, dict) or not isinstance(settings.get("runtimes", {}), dict):
        raise SandboxStartFailed(f"{configuration} is not a daemon's configuration", "mend it by hand first")
    return settings


def reload_or_start(pid_file: Path, host: str) -> None:
    """Have a running daemon read its configuration again, or start one; wait until it has gVisor.

    Raises SandboxStartFailed.
    """
    if not hang_up(pid_file):
        start()
    deadline = time.monotonic() + PATIENCE
    while GVISOR not in (facts := ask(host, image_name())).runtimes:
        if time.monotonic() > deadline:
            why = facts.fault.message if facts.fault else f"it does not know {GVISOR}"
            raise SandboxStartFailed(f"the Docker daemon did not come up as configured: {why}", f"see {LOG}")
        time.sleep(0.2)


def hang_up(pid_file: Path) -> bool:
    """Send the running daemon the signal to read its configuration; false when none runs."""
    try:
        os.kill(int(pid_file.read_text()), signal.SIGHUP)
    except (OSError, ValueError):
        return False
    return True


def start() -> None:
    """Start the system's daemon: by systemd where it runs, else by its init script, else as it is."""
    if Path("/run/systemd/system").is_dir():
        done = subprocess.run(
            ["systemctl", "enable", "--now", "docker"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise SandboxStartFailed(f"systemctl enable --now docker failed: {said[-1]}")
        return
    # Inside a container an init script may be there and fail where the daemon itself would run.
    try:
        started = (
            subprocess.run(["service", "docker", "start"], capture_output=True, check=False).returncode == 0
        )
    except FileNotFoundError:
        started = False
    if not started:
        with LOG.open("a") as log:
            subprocess.Popen(
                ["dockerd"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

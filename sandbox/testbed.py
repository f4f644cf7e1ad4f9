"""Brings Docker with gVisor up for tests, without touching any daemon that is there already.

    python -m sandbox.testbed exec COMMAND…    run a command with the daemon up
    python -m sandbox.testbed up               keep the daemon up until interrupted
    python -m sandbox.testbed clean            remove what is kept between runs (images)

The command finds the daemon in CODER_TUI_SANDBOX__DOCKER_HOST. Where the daemon cannot be had it
runs all the same, after one line that says why, and the tests decide what that means.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox import apt
from sandbox.docker_host import connect
from sandbox.errors import SandboxError
from sandbox.image.build import build_image, image_id, image_name
from sandbox.private_daemon import DaemonPlaces, private_daemon

VARIABLE = "CODER_TUI_SANDBOX__DOCKER_HOST"
NEEDED = {
    "dockerd": "docker.io",
    "runsc": "runsc",
    "mmdebstrap": "mmdebstrap",
    "bwrap": "bubblewrap",
    "tmux": "tmux",
    "mount": "mount",
    "chromium": "chromium",
}
# Only where no service manager would start it: tests must not open a door of this machine.
NEEDED_UNSTARTED = {"sshd": "openssh-server", "ssh": "openssh-client"}
SYSTEMD = Path("/run/systemd/system")


def main(arguments: list[str]) -> int:
    """The command; returns its exit status."""
    match arguments:
        case ["exec", program, *rest]:
            return run([program, *rest])
        case ["up"]:
            with daemon() as host:
                say(f"{VARIABLE}={host}; interrupt to end")
                signal.pause()
        case ["clean"]:
            shutil.rmtree(DaemonPlaces().data, ignore_errors=True)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


def run(command: list[str]) -> int:
    """Run a command with the daemon up, or without where it cannot be had; its exit status."""
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)
        try:
            environment[VARIABLE] = stack.enter_context(daemon())
        except SandboxError as error:
            say(f"NO DOCKER WITH GVISOR: {error}")
        child = subprocess.Popen(command, env=environment)
        # An interrupt at the terminal reaches the command too, which ends in its own way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


@contextlib.contextmanager
def daemon() -> Iterator[str]:
    """The private daemon with the image in it. Raises SandboxError."""
    install_missing()
    began = time.monotonic()
    with private_daemon() as host:
        client = connect(host, seconds=300)
        try:
            if not image_id(client, image_name()):
                say(f"building the image {image_name()}, once")
                build_image(client)
        finally:
            client.close()
        say(f"Docker with gVisor up at {host} after {time.monotonic() - began:.1f} s")
        yield host


def install_missing() -> None:
    """Install what is needed where root and apt allow; elsewhere the daemon says what it misses."""
    needed = NEEDED if SYSTEMD.is_dir() else NEEDED | NEEDED_UNSTARTED
    packages = [package for tool, package in needed.items() if not shutil.which(tool)]
    if packages and apt.usable():
        say(f"installing {' '.join(packages)}")
        apt.install(packages)


def say(line: str) -> None:
    """One line to stderr; stdout belongs to the command."""
    print(f"testbed: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))

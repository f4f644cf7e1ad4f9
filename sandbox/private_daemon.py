"""A Docker daemon of our own with gVisor: its own socket, data and namespaces, gone with its last user."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox import daemon_keeper
from sandbox.docker_host import PRIVATE_SOCKET, connect
from sandbox.errors import IsolationUnavailable, SandboxStartFailed
from sandbox.large_pages import KNOB
from sandbox.large_pages_loan import RECORD
from sandbox.locks import try_lock
from sandbox.runsc import find_runsc, runtime_args

CGROUP = "coder-tui"
PATIENCE = 30.0  # seconds for a daemon to come up or to go
STEP = 0.02


@dataclass(frozen=True, slots=True)
class DaemonPlaces:
    """Where the daemon lives: `run` while it is up (short, for the socket), `data` for good.

    While it is up large pages are on, by `large_pages`; what is to be put back stands in `old_value`,
    the same file for all daemons of a machine.
    """

    run: Path = PRIVATE_SOCKET.parent
    data: Path = Path("/var/lib/coder-tui/docker")
    large_pages: Path = KNOB
    old_value: Path = RECORD

    @property
    def socket(self) -> Path:
        """The API's socket."""
        return self.run / PRIVATE_SOCKET.name

    @property
    def host(self) -> str:
        """The daemon's address."""
        return f"unix://{self.socket}"

    @property
    def log(self) -> Path:
        """What the daemon says."""
        return self.run / "dockerd.log"


@contextlib.contextmanager
def private_daemon(places: DaemonPlaces | None = None) -> Iterator[str]:
    """Have the private daemon up and yield its address; the last one to leave ends it.

    Any number of processes may use it at once, and one that is killed counts as having left.
    Raises IsolationUnavailable where it cannot be had, SandboxStartFailed when it does not come up.
    """
    where = places or DaemonPlaces()
    check_possible()
    where.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    where.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (where.run / "users.lock").open("w") as users:
        lock_shared(users.fileno(), where)
        try:
            with (where.run / "start.lock").open("w") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                if not answers(where.host):
                    start(where)
            yield where.host
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            wait_until_gone_or_used(users.fileno(), where)


def check_possible() -> None:
    """Raise IsolationUnavailable unless this process can run a daemon here."""
    if os.geteuid() != 0:
        raise IsolationUnavailable("a private Docker daemon needs root", "run it with sudo")
    missing = [tool for tool in ("dockerd", "containerd", "runc", "unshare") if not shutil.which(tool)]
    if missing:
        raise IsolationUnavailable(
            f"{', '.join(missing)} not found", "apt-get install --no-install-recommends docker.io runsc"
        )


def lock_shared(users: int, places: DaemonPlaces) -> None:
    """Count as a user, after waiting for a daemon that is just ending."""
    deadline = time.monotonic() + PATIENCE
    while not try_lock(users, fcntl.LOCK_SH):
        if time.monotonic() > deadline:
            raise SandboxStartFailed(f"an earlier private daemon does not end; its log is {places.log}")
        time.sleep(STEP)


def start(places: DaemonPlaces) -> None:
    """Start a daemon with its keeper and wait until it answers. Raises SandboxStartFailed."""
    configuration = places.run / "daemon.json"
    configuration.write_text(json.dumps(daemon_configuration()))
    # A lock of its own, so that the keeper's is not this process's.
    with (places.run / "users.lock").open("w") as lock, places.log.open("w") as log:
        keeper = subprocess.Popen(
            keeper_command(places, configuration, lock.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )
    deadline = time.monotonic() + PATIENCE
    while not answers(places.host):
        if keeper.poll() is not None or time.monotonic() > deadline:
            keeper.terminate()
            lines = places.log.read_text(errors="replace").strip().splitlines()
            raise SandboxStartFailed(
                f"the private Docker daemon did not come up: {lines[-1] if lines else 'it said nothing'}"
            )
        time.sleep(STEP)


def daemon_configuration() -> dict[str, object]:
    """The daemon's configuration: no network of any kind, and runsc where it is installed."""
    runsc = find_runsc()
    runtimes = {"runsc": {"path": runsc, "runtimeArgs": list(runtime_args(runsc))}} if runsc else {}
    return {
        "runtimes": runtimes,
        "bridge": "none",
        "iptables": False,
        "ip6tables": False,
        "ip-forward": False,
        "ip-masq": False,
        # Never systemd's: a private daemon must not need an init system.
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "cgroup-parent": f"/{CGROUP}",
        "log-level": "warn",
    }


def keeper_command(places: DaemonPlaces, configuration: Path, lock: int) -> list[str]:
    """The keeper's command line with the daemon's behind it."""
    daemon = {
        "config-file": configuration,
        "host": places.host,
        "data-root": places.data,
        "exec-root": places.run / "exec",
        "pidfile": places.run / "docker.pid",
    }
    keeper = [sys.executable, "-I", daemon_keeper.__file__, "outer", str(lock), str(places.run), CGROUP]
    pages = [str(places.large_pages), str(places.old_value)]
    return [*keeper, *pages, "--", "dockerd", *(f"--{name}={value}" for name, value in daemon.items())]


def answers(host: str) -> bool:
    """Whether a daemon answers at `host`."""
    try:
        connect(host, seconds=5).close()
    except IsolationUnavailable:
        return False
    return True


def wait_until_gone_or_used(users: int, places: DaemonPlaces) -> None:
    """Return when the daemon has ended, or when somebody else is using it."""
    deadline = time.monotonic() + PATIENCE
    noticed = False
    while time.monotonic() < deadline:
        if try_lock(users, fcntl.LOCK_EX):
            fcntl.flock(users, fcntl.LOCK_UN)
            if noticed or not places.socket.exists():
                return
        elif try_lock(users, fcntl.LOCK_SH):
            fcntl.flock(users, fcntl.LOCK_UN)
            return  # other users
        else:
            noticed = True  # the keeper alone holds it, until all is cleaned up
        time.sleep(STEP)

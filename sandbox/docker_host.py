"""Which Docker daemon to speak to, and how it is reached."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import IsolationUnavailable

if TYPE_CHECKING:
    from docker import APIClient

PRIVATE_SOCKET = Path("/run/coder-tui/docker.sock")
MACHINE_SOCKET = Path("/var/run/docker.sock")
SETUP = "run `coder-tui setup`"
REACHABLE = ("unix://", "tcp://", "http://")


def choose_host(docker_host: str = "") -> str:
    """The daemon's address: the one given, DOCKER_HOST, our private one when it is up, the machine's."""
    if given := docker_host or os.environ.get("DOCKER_HOST", ""):
        return given
    socket = PRIVATE_SOCKET if present(PRIVATE_SOCKET) else MACHINE_SOCKET
    return f"unix://{socket}"


def present(socket: Path) -> bool:
    """Whether the socket exists; false as well where its folder may not be looked into."""
    try:
        return socket.is_socket()
    except PermissionError:
        return False


def connect(host: str, seconds: float = 30.0) -> APIClient:
    """A client of the daemon at `host`. Blocking. Raises IsolationUnavailable with one clear line."""
    if not host.startswith(REACHABLE):
        raise IsolationUnavailable(
            f"cannot speak to a Docker daemon at {host}: only unix:// and tcp:// addresses are supported",
            "forward it to a local socket, e.g. ssh -L /tmp/docker.sock:/var/run/docker.sock HOST",
        )
    if host.startswith("unix://"):
        try:
            Path(host.removeprefix("unix://")).stat()
        except PermissionError as error:
            raise forbidden(host) from error
        except OSError as error:
            raise IsolationUnavailable(f"no Docker daemon: {host} does not exist", SETUP) from error

    from docker import APIClient  # 0.15 s to import, for those only who have a daemon
    from docker.errors import DockerException

    try:
        # The version is negotiated here, so this is also the proof that a daemon answers.
        return APIClient(base_url=host, version="auto", timeout=int(max(1, seconds)))
    except DockerException as error:
        raise unreachable(host, error) from error


def unreachable(host: str, error: BaseException) -> IsolationUnavailable:
    """What a failed connection means, in one line."""
    said = str(error)
    if "PermissionError" in said or "Permission denied" in said:
        return forbidden(host)
    if "Connection" in said or "timed out" in said:
        return IsolationUnavailable(f"the Docker daemon at {host} does not answer", SETUP)
    return IsolationUnavailable(f"the Docker daemon at {host} does not answer: {said.splitlines()[0][:200]}")


def forbidden(host: str) -> IsolationUnavailable:
    """The daemon is there, but not for this user."""
    return IsolationUnavailable(
        f"no permission to use the Docker daemon at {host}",
        "sudo usermod -aG docker $USER, then log in again",
    )

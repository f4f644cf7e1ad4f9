"""What the Docker daemon's refusals mean for a sandbox: one clear line and what mends it."""

from __future__ import annotations

from sandbox.docker_host import SETUP
from sandbox.errors import IsolationUnavailable, SandboxError, SandboxLost, SandboxStartFailed


def image_missing(image: str, host: str) -> IsolationUnavailable:
    """The daemon has no such image."""
    return IsolationUnavailable(f"the Docker daemon at {host} has no image {image}", SETUP)


def runtime_missing(runtime: str, host: str) -> IsolationUnavailable:
    """The daemon knows no such runtime."""
    return IsolationUnavailable(f"the Docker daemon at {host} has no runtime {runtime}", SETUP)


def start_fault(error: Exception, host: str, image: str, runtime: str) -> SandboxError:
    """Why a container did not come up, from what the daemon or the connection to it said."""
    from docker.errors import ImageNotFound

    said = " ".join(str(error).split())
    if isinstance(error, ImageNotFound):
        return image_missing(image, host)
    if "unknown runtime" in said.lower() or "unknown or invalid runtime name" in said.lower():
        return runtime_missing(runtime, host)
    if is_late(error):
        return SandboxLost(
            f"the Docker daemon at {host} is there, but did not answer in time",
            "try again when the machine is less busy",
        )
    if is_connection_fault(error):
        return SandboxLost(f"the Docker daemon at {host} went away", "see `coder-tui doctor`")
    return SandboxStartFailed(f"no container came up with {runtime}: {said[:300]}", "see `coder-tui doctor`")


def is_late(error: Exception) -> bool:
    """Whether the daemon took the request and its answer did not come in time."""
    from requests.exceptions import ConnectTimeout, Timeout

    if isinstance(error, ConnectTimeout):
        return False
    # While a stream is read, requests passes urllib3's word on as a connection's fault.
    return isinstance(error, Timeout | TimeoutError) or "read timed out" in str(error).lower()


def is_connection_fault(error: Exception) -> bool:
    """Whether it was the connection to the daemon that failed, not a request."""
    from requests.exceptions import ConnectionError, Timeout

    return isinstance(error, ConnectionError | Timeout | OSError)

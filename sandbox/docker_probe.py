"""What a Docker daemon offers, asked quickly and without ever failing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sandbox.contract import Isolation
from sandbox.docker_container import RUNTIMES
from sandbox.docker_faults import image_missing, runtime_missing
from sandbox.docker_host import choose_host, connect
from sandbox.errors import IsolationUnavailable
from sandbox.image.build import image_id, image_name

SECONDS = 0.9


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    """A daemon as it answered; `fault` says why it did not."""

    host: str
    image: str
    version: str = ""
    runtimes: frozenset[str] = frozenset()
    has_image: bool = False
    fault: IsolationUnavailable | None = None

    def missing(self, isolation: Isolation) -> IsolationUnavailable | None:
        """What keeps this daemon from giving `isolation`, None when nothing does."""
        if self.fault:
            return self.fault
        runtime = RUNTIMES[isolation]
        if runtime not in self.runtimes:
            return runtime_missing(runtime, self.host)
        return None if self.has_image else image_missing(self.image, self.host)


async def probe(docker_host: str = "", image: str = "", seconds: float = SECONDS) -> DaemonFacts:
    """Ask the daemon that would be used; the answer comes within `seconds`."""
    host, name = choose_host(docker_host), image or image_name()
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(ask, host, name, seconds)
    except TimeoutError:
        slow = IsolationUnavailable(
            f"the Docker daemon at {host} did not answer within {seconds:g} s", "see `coder-tui doctor`"
        )
        return DaemonFacts(host, name, fault=slow)


async def available(docker_host: str = "", image: str = "") -> list[Isolation]:
    """Which isolations the daemon gives, strongest first; never raises, within a second."""
    facts = await probe(docker_host, image)
    return [isolation for isolation in RUNTIMES if facts.missing(isolation) is None]


def ask(host: str, image: str, seconds: float = 2.0) -> DaemonFacts:
    """The daemon's own answers, none of which is waited for longer than that. Blocking."""
    try:
        client = connect(host, seconds=max(2.0, seconds))
    except IsolationUnavailable as fault:
        return DaemonFacts(host, image, fault=fault)

    from docker.errors import DockerException
    from requests.exceptions import RequestException

    try:
        said = client.info()
        has_image = bool(image_id(client, image))
    except (DockerException, RequestException) as error:
        silent = IsolationUnavailable(f"the Docker daemon at {host} does not answer: {error}")
        return DaemonFacts(host, image, fault=silent)
    finally:
        client.close()
    return DaemonFacts(host, image, said["ServerVersion"], frozenset(said["Runtimes"]), has_image)

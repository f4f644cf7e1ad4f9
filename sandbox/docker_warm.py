"""One warm container: started with a supervisor in it, asked how it died, removed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox import docker_bootstrap, docker_container, docker_stream
from sandbox.client import SupervisorClient
from sandbox.contract import Isolation, Verdict
from sandbox.cores import Cores
from sandbox.docker_faults import image_missing, is_connection_fault, start_fault
from sandbox.docker_host import connect
from sandbox.errors import SandboxError, SandboxLost, SandboxStartFailed
from sandbox.image.build import image_id

if TYPE_CHECKING:
    from socket import socket

    from docker import APIClient

READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: where, from which image, how isolated, with how much memory."""

    host: str
    image: str
    isolation: Isolation
    memory_mb: int
    packages: str = ""  # a folder of the image with more to import

    @property
    def runtime(self) -> str:
        """The daemon's name for the runtime."""
        return docker_container.RUNTIMES[self.isolation]


class WarmContainer:
    """A container and the client of the supervisor inside it; see `sandbox.rack.Warm`."""

    def __init__(self, plan: Plan, cores: Cores) -> None:
        self._plan, self._cores = plan, cores
        self._api: APIClient | None = None
        self._container = ""
        self._began = 0.0
        self._client: SupervisorClient | None = None
        self.image_digest = ""

    @classmethod
    async def start(cls, plan: Plan, cores: Cores) -> WarmContainer:
        """Start a container and wait until its supervisor is ready. Raises SandboxError."""
        warm = cls(plan, cores)
        core = cores.take(warm)  # here, not in a thread: two that start at once are not to get the same
        launching = asyncio.ensure_future(asyncio.to_thread(warm._launch, core))
        try:
            await warm._greet(await asyncio.shield(launching))
        except BaseException:
            # A thread cannot be stopped, and what it starts must not stay.
            await asyncio.shield(warm._abandon(launching))
            raise
        return warm

    @property
    def client(self) -> SupervisorClient:
        """Speaks to the supervisor inside. Raises SandboxLost once closed."""
        if self._client is None:
            raise SandboxLost("the container is not up")
        return self._client

    async def cause_of_death(self) -> Verdict:
        """`out_of_memory` if the runtime says so, else `killed`.

        Raises SandboxLost when the daemon died as well, or is another one now that saw no death.
        """
        if self._api is None:
            return Verdict.KILLED
        try:
            end = await asyncio.to_thread(
                docker_container.how_it_ended, self._api, self._container, self._began
            )
        except Exception as error:
            if is_connection_fault(error):
                lost = f"the Docker daemon at {self._plan.host} went away"
                raise SandboxLost(lost, "see `coder-tui doctor`") from error
            raise SandboxLost(f"the Docker daemon does not say how a container ended: {error}") from error
        if not end.known:
            raise SandboxLost("the Docker daemon has not seen the container end")
        return Verdict.OUT_OF_MEMORY if end.out_of_memory else Verdict.KILLED

    async def close(self) -> None:
        """End the container and remove it. Never raises; may be called twice."""
        self._cores.leave(self)
        client, self._client = self._client, None
        api, self._api = self._api, None
        if api is not None:
            # First, so that it is gone on return: one that ends by itself is removed some time later.
            await asyncio.to_thread(self._remove, api)
        if client is not None:
            await client.close()

    async def _abandon(self, launching: asyncio.Future[socket]) -> None:
        await asyncio.wait([launching])
        await self.close()

    def _remove(self, api: APIClient) -> None:
        self._remove_container(api)
        api.close()

    def _remove_container(self, api: APIClient) -> None:
        if self._container:
            docker_container.remove(api, self._container)
            self._container = ""

    def _launch(self, core: str) -> socket:
        """Create, attach to and start the container. Blocking. Raises SandboxError."""
        plan = self._plan
        api = self._api = connect(plan.host)
        try:
            self.image_digest = image_id(api, plan.image)
            if not self.image_digest:
                raise image_missing(plan.image, plan.host)
            docker_container.remove_leftovers(api)
            self._began = time.time()
            connection = self._begin(api, core)
        except SandboxError:
            raise
        except Exception as error:
            raise start_fault(error, plan.host, plan.image, plan.runtime) from error
        return connection

    def _begin(self, api: APIClient, core: str) -> socket:
        """Start the container on processor `core`, or anywhere where that is refused."""
        from docker.errors import APIError

        try:
            return self._begin_on(api, core)
        except APIError as error:
            # A daemon with other processors than ours refuses; so does an old runsc whose control group is
            # the first of its kind. Then it may roam.
            if not core or not error.is_client_error():
                raise
            self._remove_container(api)
            self._cores.leave(self)
            return self._begin_on(api, "")

    def _begin_on(self, api: APIClient, core: str) -> socket:
        plan = self._plan
        self._container = docker_container.create(
            api, plan.image, plan.isolation, plan.memory_mb, plan.packages, core
        )
        connection = docker_stream.attach(api, self._container)
        try:
            api.start(self._container)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _greet(self, connection: socket) -> None:
        """Send the harness in and wait until it answers. Raises SandboxStartFailed."""
        reader, writer, stream = await docker_stream.open_streams(connection)
        self._client = SupervisorClient(reader, writer, self._plan.isolation)
        writer.write(docker_bootstrap.parcel())
        try:
            await self._client.ready(READY_SECONDS)
        except SandboxStartFailed as error:
            said = stream.stderr.decode(errors="replace").strip().splitlines()
            why = said[-1] if said else error.message
            raise SandboxStartFailed(f"no sandbox came up under {self._plan.runtime}: {why}") from error

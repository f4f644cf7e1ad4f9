"""The sandbox in Docker containers, under gVisor's runsc or plain runc."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from sandbox.contract import Assurance, Execution, Isolation, Job, Limits, Screened, ScreenJob, Script
from sandbox.cores import Cores
from sandbox.docker_host import choose_host
from sandbox.docker_layers import PACKAGES, ImageLayers
from sandbox.docker_warm import Plan, WarmContainer
from sandbox.errors import IsolationUnavailable, SandboxLost
from sandbox.image.build import image_name
from sandbox.pool import USES, Pool
from sandbox.requirements import Requirements

MEMORY_MB = 544  # an execution's 512, and what large pages add to a sandbox


class DockerSandbox:
    """Executes jobs in containers: the `Sandbox` protocol with `gvisor` (runsc) or `container` (runc)."""

    def __init__(
        self,
        isolation: Isolation,
        docker_host: str = "",
        image: str = "",
        warm: int = 1,
        memory_mb: int = MEMORY_MB,
        uses: int = USES,
    ) -> None:
        self._plan = Plan(choose_host(docker_host), image or image_name(), isolation, memory_mb)
        self._layers = ImageLayers(self._plan.host, self._plan.image)
        self._digest = ""
        self._python = ""
        self._fingerprint = ""
        self._pool = Pool(self._start_one, isolation, warm, uses)
        here = self._plan.host.startswith("unix:")  # a daemon elsewhere has other processors
        pinned = here and isolation is Isolation.GVISOR
        self._cores = Cores.enough_for(self._pool.size) if pinned else Cores([])

    @property
    def isolation(self) -> Isolation:
        """`gvisor` or `container`."""
        return self._plan.isolation

    @property
    def fingerprint(self) -> str:
        """Runtime, image, harness, Python and pytest; "" before `start`."""
        return self._fingerprint

    async def start(self) -> None:
        """Bring one container up. Raises IsolationUnavailable, SandboxStartFailed."""
        versions = await self._pool.warm_up()
        self._python = versions["python"]
        named = " ".join(f"{key}={versions[key]}" for key in sorted(versions))
        self._fingerprint = f"{self._plan.runtime} {self._digest} {named}"

    async def execute(self, job: Job, assurance: Assurance) -> Execution:
        """Run the tests once. Raises SandboxError; cancelling really ends it."""
        return await self._pool.execute(job, assurance)

    async def run_scripts(self, scripts: Sequence[Script], limits: Limits) -> tuple[Execution, ...]:
        """One execution a script, each what it would be alone. Raises SandboxError."""
        return await self._pool.run_scripts(scripts, limits)

    def screen(self, job: ScreenJob) -> AsyncIterator[Screened]:
        """Try many variants, yielding as they end. Raises SandboxError."""
        return self._pool.screen(job)

    async def close(self) -> None:
        """End and remove every container. Never raises; may be called twice."""
        await self._pool.close()

    async def _start_one(self, requirements: Requirements) -> WarmContainer:
        try:
            warm = await WarmContainer.start(await self._plan_with(requirements), self._cores)
        except IsolationUnavailable as error:
            if self._fingerprint:  # it was there before: what is gone may come back
                raise SandboxLost(error.message, error.remedy) from error
            raise
        if not requirements:
            self._digest = warm.image_digest
        return warm

    async def _plan_with(self, requirements: Requirements) -> Plan:
        if not requirements:
            return self._plan
        image = await self._layers.ensure(requirements, self._python)
        return replace(self._plan, image=image, packages=PACKAGES)

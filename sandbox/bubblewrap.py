"""The embedded sandbox: Linux namespaces by bubblewrap, nothing to install but one small package."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import IO

from sandbox.bubblewrap_command import command, forbidden
from sandbox.client import SupervisorClient
from sandbox.contract import (
    Assurance,
    Execution,
    Isolation,
    Job,
    Limits,
    Screened,
    ScreenJob,
    Script,
    Verdict,
)
from sandbox.errors import IsolationUnavailable, SandboxStartFailed
from sandbox.pool import USES, Pool
from sandbox.requirements import Requirements
from sandbox.requirements_folder import FolderLayers

CLOSE_SECONDS = 5.0
_LIMIT = 1 << 20


class BubblewrapSandbox:
    """Executes jobs in namespaces: the `Sandbox` protocol with `Isolation.NAMESPACE`."""

    def __init__(self, warm: int = 1, uses: int = USES, layers: Path | None = None) -> None:
        self._layers = FolderLayers(layers)
        self._pool = Pool(self._start_one, Isolation.NAMESPACE, warm, uses)
        self._fingerprint = ""

    @property
    def isolation(self) -> Isolation:
        """Always `namespace`."""
        return Isolation.NAMESPACE

    @property
    def fingerprint(self) -> str:
        """Harness, Python and pytest, as the supervisor names them; "" before `start`."""
        return self._fingerprint

    async def start(self) -> None:
        """Bring one sandbox up. Raises IsolationUnavailable, SandboxStartFailed."""
        versions = await self._pool.warm_up()
        self._fingerprint = "bubblewrap " + " ".join(f"{key}={versions[key]}" for key in sorted(versions))

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
        """End every process of it. Never raises; may be called twice."""
        await self._pool.close()

    async def _start_one(self, requirements: Requirements) -> Bubble:
        return await start_supervisor(await self._layers.ensure(requirements) if requirements else None)


class Bubble:
    """One bwrap process with a supervisor inside."""

    def __init__(self, process: asyncio.subprocess.Process, client: SupervisorClient, log: IO[bytes]) -> None:
        self._process, self._client, self._log = process, client, log

    @property
    def client(self) -> SupervisorClient:
        """Speaks to the supervisor inside."""
        return self._client

    async def cause_of_death(self) -> Verdict:
        """Namespaces have no memory limit of their own that could say so."""
        return Verdict.KILLED

    def words(self) -> str:
        """The last of what bwrap and the supervisor wrote to stderr, on one line."""
        self._log.seek(0)
        return " ".join(self._log.read().decode("utf-8", "replace").split())[-400:]

    async def close(self) -> None:
        """Let the supervisor go, or kill bwrap, with which everything inside dies."""
        await self._client.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._log.close()


async def start_supervisor(layer: Path | None = None) -> Bubble:
    """Start bwrap with a supervisor inside and wait until it is ready.

    Raises IsolationUnavailable, SandboxStartFailed.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise IsolationUnavailable("bubblewrap (bwrap) is not installed", "apt-get install bubblewrap")
    log = tempfile.TemporaryFile()  # noqa: SIM115 - the Bubble closes it; a pipe would fill up unread
    process = await asyncio.create_subprocess_exec(
        *command(bwrap, as_root=os.geteuid() == 0, layer=layer),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        env={"PATH": "/usr/bin:/bin"},
        limit=_LIMIT,
        start_new_session=True,  # a ctrl+c at the terminal is ours to handle
    )
    assert process.stdout and process.stdin
    bubble = Bubble(process, SupervisorClient(process.stdout, process.stdin, Isolation.NAMESPACE), log)
    try:
        await bubble.client.ready()
    except SandboxStartFailed as error:
        await asyncio.sleep(0)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        words = bubble.words()
        await bubble.close()
        raise forbidden(words) or SandboxStartFailed(f"{error.message}: {words}") from error
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(bubble.close())
        raise
    return bubble

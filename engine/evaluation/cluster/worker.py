"""A worker of a cluster: dask's, under a nanny that starts it anew when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dask
from distributed import Nanny

from engine.evaluation.cluster.address import Cluster, is_loopback
from engine.evaluation.cluster.dask import ClusterLost, reason, security_of
from engine.evaluation.cluster.tasks import SANDBOX

SCHEDULER = 60.0  # seconds to find it in


@dataclass(frozen=True, slots=True)
class Post:
    """How many sandboxes a worker has, its name, and where its peers reach it ("" and 0: dask's choice)."""

    slots: int
    name: str = ""
    host: str = ""
    port: int = 0


async def serve(cluster: Cluster, post: Post, scratch: Path, tell: Callable[[str], None]) -> None:
    """Work for a scheduler until cancelled or until it goes away. Raises ClusterLost, UsageError."""
    security = security_of(cluster, "worker")
    # Without TLS nobody but this machine may speak to it.
    host = post.host or ("127.0.0.1" if is_loopback(cluster.host) else None)
    nanny = Nanny(
        cluster.address,
        nthreads=post.slots,
        resources={SANDBOX: post.slots},
        name=post.name or None,
        host=host,
        worker_port=post.port,
        protocol=cluster.address.partition("://")[0],
        security=security,
        local_directory=str(scratch),
        death_timeout=SCHEDULER,
        preload=[*dask.config.get("distributed.worker.preload"), "engine.evaluation.cluster.working_log"],
    )
    try:
        try:
            async with asyncio.timeout(SCHEDULER + 15):
                await nanny
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            raise ClusterLost(
                f"no scheduler took this worker at {cluster.address}: {reason(error.__cause__ or error)}",
                "start one, or check address and certificates (docs/cluster.md)",
            ) from None
        tell(str(nanny.worker_address))
        await nanny.finished()
        raise ClusterLost(f"the scheduler at {cluster.address} went away", "start it, then the worker again")
    finally:
        with suppress(Exception):
            await asyncio.shield(nanny.close(timeout=10, reason="worker ends"))

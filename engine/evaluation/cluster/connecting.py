"""To a cluster's scheduler, and who is there to work."""

from __future__ import annotations

import asyncio
import time
import warnings

from distributed import Client

from engine.evaluation.cluster.address import Cluster
from engine.evaluation.cluster.dask import ClusterLost, reason, security_of
from engine.evaluation.cluster.tasks import SANDBOX

CONNECT = 10.0  # seconds
ANSWER = 30.0  # seconds within which a busy scheduler answers a question
FIRST_WORKER = 30.0  # seconds


async def connect(cluster: Cluster) -> Client:
    """An open client. Raises ClusterLost, UsageError."""
    security = security_of(cluster, "client")
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # versions that differ; the workers are asked for theirs
            client: Client = await Client(
                cluster.address,
                asynchronous=True,
                security=security,
                timeout=CONNECT,
                set_as_default=False,
                direct_to_workers=False,
                name="coder-tui",
            )
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterLost(
            f"no scheduler answers at {cluster.address}: {reason(error)}",
            "start one, or check address and certificates (docs/cluster.md)",
        ) from None
    return client


async def sandboxes(client: Client) -> dict[str, int]:
    """How many sandboxes each worker has that has any. Raises ClusterLost."""
    try:
        async with asyncio.timeout(ANSWER):
            known = await client.scheduler.identity()
    except (OSError, TimeoutError) as error:
        raise ClusterLost(f"the cluster went away: {reason(error)}", GO_ON) from None
    found = {}
    for address, worker in known["workers"].items():
        many = min(int(worker["resources"].get(SANDBOX, 0)), worker["nthreads"])
        if many and worker["status"] == "running":
            found[address] = many
    return found


async def wait_for_workers(client: Client, address: str) -> dict[str, int]:
    """The same, once there is at least one. Raises ClusterLost."""
    end = time.monotonic() + FIRST_WORKER
    while not (found := await sandboxes(client)):
        if time.monotonic() > end:
            raise ClusterLost(
                f"no worker with a {SANDBOX} resource is at {address}",
                f"start one: coder-tui worker {address}",
            )
        await asyncio.sleep(0.2)
    return found


GO_ON = "see to the cluster, then go on with --resume"

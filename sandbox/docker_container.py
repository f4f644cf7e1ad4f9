"""One container from its creation to its end: confined as a sandbox must be, and found again if left."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox import docker_bootstrap, owner
from sandbox.contract import Isolation

if TYPE_CHECKING:
    from docker import APIClient

RUNTIMES = {Isolation.GVISOR: "runsc", Isolation.CONTAINER: "runc"}
MODE = "uids"  # a range of uids is there; the supervisor tries for itself what else is
# the last to take all of them out of reach of every program that a child starts
CAPABILITIES = ["SETUID", "SETGID", "KILL", "CHOWN", "SETPCAP"]
NOEXEC = "rw,noexec,nosuid,nodev"
THREADS = 1024  # gVisor's own count; processes of a candidate are limited one execution at a time
FILES = 4096
# After a fork gVisor copies each 2 MB of memory that is written to, and maps each that is read, at the cost
# of many system calls for every place. One heap in one piece has few places (16 MB to grow into; mapped
# pieces only for what is large), and functions are not looked up in each child again. What one thread frees
# is not kept for it either: it may lie in what another allocated (`harness/library.py`), far from the rest.
COMPACT = {
    "LD_BIND_NOW": "1",
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
    "MALLOC_TOP_PAD_": str(16 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}


@dataclass(frozen=True, slots=True)
class ContainerEnd:
    """How a container ended, by the daemon's own word; `exit_code` is -1 where it does not say."""

    exit_code: int = -1
    out_of_memory: bool = False

    @property
    def known(self) -> bool:
        """Whether the daemon saw anything of it."""
        return self.out_of_memory or self.exit_code >= 0


def create(
    client: APIClient, image: str, isolation: Isolation, memory_mb: int, packages: str = "", core: str = ""
) -> str:
    """Create a container that waits for the harness on its stdin, and return its id. Blocking.

    It ends when its stdin does, and the daemon removes it when it ends.
    """
    from docker.types import LogConfig, Ulimit

    under_gvisor = isolation is Isolation.GVISOR
    host: dict[str, Any] = client.create_host_config(
        runtime=RUNTIMES[isolation],
        auto_remove=True,
        network_mode="none",
        # or the daemon copies the machine's own: which name servers it asks, and of what company it is
        dns=["127.0.0.1"],
        dns_search=["."],
        ipc_mode="private",
        read_only=True,
        tmpfs={
            "/tmp": f"{NOEXEC},size={memory_mb // 2}m,mode=1777",
            docker_bootstrap.ROOT: f"{NOEXEC},size=8m,mode=0755",
        },
        mem_limit=f"{memory_mb}m",
        memswap_limit=f"{memory_mb}m",
        pids_limit=THREADS,
        cpuset_cpus=core or None,
        cap_drop=["ALL"],
        # Under gVisor this capability is over the sentry's kernel, never over the host's.
        cap_add=[*CAPABILITIES, "SYS_ADMIN"] if under_gvisor else CAPABILITIES,
        security_opt=["no-new-privileges"],
        ulimits=[Ulimit(name="core", soft=0, hard=0), Ulimit(name="nofile", soft=FILES, hard=FILES)],
        log_config=LogConfig(type="none"),
    )
    made: dict[str, str] = client.create_container(
        image,
        command=docker_bootstrap.command(MODE, packages),
        entrypoint=[],
        hostname="sandbox",
        working_dir="/",
        user="0:0",
        stdin_open=True,
        stop_signal="SIGKILL",
        environment=COMPACT if under_gvisor else {},
        labels={owner.LABEL: owner.own_label()},
        host_config=host,
    )
    return made["Id"]


def remove(client: APIClient, container: str) -> None:
    """Kill and remove a container, gone or not. Blocking; never raises for a daemon that is gone."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    with contextlib.suppress(DockerException, RequestException):
        client.remove_container(container, force=True, v=True)


def remove_leftovers(client: APIClient) -> int:
    """Remove the containers of processes that are dead; returns how many there were. Blocking."""
    found = client.containers(all=True, filters={"label": owner.LABEL})
    dead = [row["Id"] for row in found if owner.is_dead(row["Labels"][owner.LABEL])]
    for container in dead:
        remove(client, container)
    return len(dead)


def how_it_ended(client: APIClient, container: str, since: float, patience: float = 2.0) -> ContainerEnd:
    """How a container ended, from the daemon's latest events: it may be removed already. Blocking."""
    until = int(time.time() + patience) + 1
    filters = {"container": container, "event": ["oom", "die"]}
    out_of_memory = False
    stream = client.events(since=int(since), until=until, filters=filters, decode=True)
    with contextlib.closing(stream):
        for event in stream:
            if event["status"] == "die":
                return ContainerEnd(int(event["Actor"]["Attributes"].get("exitCode", -1)), out_of_memory)
            out_of_memory = True
    return ContainerEnd(out_of_memory=out_of_memory)

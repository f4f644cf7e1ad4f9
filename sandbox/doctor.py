"""What this machine has, what is missing, and the command that mends it; as data."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.contract import Isolation
from sandbox.docker_container import RUNTIMES
from sandbox.docker_host import SETUP
from sandbox.docker_probe import DaemonFacts, probe
from sandbox.errors import SandboxError
from sandbox.large_pages import KNOB, OFF, can_be_turned_on, current
from sandbox.runsc import find_runsc, release
from sandbox.runsc_probe import try_platforms
from sandbox.select import AUTO, make, open_sandbox

PROBE_SECONDS = 5.0  # longer than when a run begins: here a slow daemon is worth waiting for


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that holds or does not. `remedy` is a command or setting, "" where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


async def examine(
    isolation: str = AUTO, minimum: str = "namespace", docker_host: str = "", image: str = ""
) -> tuple[Check, ...]:
    """Look at everything a sandbox needs, and bring each isolation up once to see it really work.

    The last check is the isolation that runs get with these settings; all others are details of it.
    Takes a few seconds; leaves nothing behind; never raises for what it finds.
    """
    program = asyncio.create_task(asyncio.to_thread(gvisor_program))  # meanwhile: a platform may hang
    facts = await probe(docker_host, image, PROBE_SECONDS)
    tried = [await comes_up(each, docker_host, image) for each in usable(facts)]
    last = await chosen(isolation, minimum, docker_host, image)
    return (
        python(),
        await program,
        daemon(facts),
        *runtimes(facts),
        built_image(facts),
        *pages(facts),
        *tried,
        last,
    )


def python() -> Check:
    """The interpreter that coder-tui itself runs on."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")


def gvisor_program() -> Check:
    """runsc on this machine, and how its platforms do where this process may try them."""
    path = find_runsc()
    if not path:
        return Check("runsc", False, "gVisor's runsc is not installed", SETUP)
    words = "; ".join(tried.words for tried in try_platforms(path))
    tried = f"; {words}" if words else ""
    return Check("runsc", True, f"{path}, release {release(path) or 'unknown'}{tried}")


def daemon(facts: DaemonFacts) -> Check:
    """The Docker daemon that would be used."""
    if facts.fault:
        return Check("docker", False, facts.fault.message, facts.fault.remedy or SETUP)
    return Check("docker", True, f"{facts.host}, version {facts.version}")


def runtimes(facts: DaemonFacts) -> list[Check]:
    """The runtimes that the daemon knows."""
    if facts.fault:
        return []
    return [
        Check(
            f"runtime {name}",
            name in facts.runtimes,
            f"gives isolation {isolation}" if name in facts.runtimes else "the daemon does not know it",
            "" if name in facts.runtimes else SETUP,
        )
        for isolation, name in RUNTIMES.items()
    ]


def built_image(facts: DaemonFacts) -> Check:
    """The sandbox's image in the daemon."""
    if facts.fault:
        return Check("image", False, f"{facts.image}: no daemon to keep it", SETUP)
    if not facts.has_image:
        return Check("image", False, f"{facts.image} is not built", SETUP)
    return Check("image", True, facts.image)


def pages(facts: DaemonFacts, knob: Path = KNOB) -> list[Check]:
    """Whether gVisor's memory is in large pages; to know and no fault. A daemon elsewhere has its own."""
    if not facts.host.startswith("unix://"):
        return []
    value = current(knob)
    if not value:
        said, remedy = "this kernel has none for shared memory", ""
    elif value not in OFF | {"deny"}:
        said, remedy = f"on ({value})", ""
    elif can_be_turned_on(knob):
        said, remedy = f"off ({value}); gVisor is up to 1.4 times as fast with them — {SETUP}", SETUP
    else:
        said, remedy = f"off ({value}), and not to be changed from here", ""
    return [Check("large pages", True, said, remedy)]


def usable(facts: DaemonFacts) -> list[Isolation]:
    """The isolations worth trying: what Docker offers, and namespaces always."""
    offered = [each for each in RUNTIMES if facts.missing(each) is None]
    return [*offered, Isolation.NAMESPACE]


async def comes_up(isolation: Isolation, docker_host: str, image: str) -> Check:
    """Whether a sandbox of that isolation starts."""
    name = f"isolation {isolation}"
    sandbox = make(isolation, docker_host, image, warm=1)
    began = time.monotonic()
    try:
        await sandbox.start()
    except SandboxError as error:
        return Check(name, False, error.message, error.remedy)
    finally:
        await sandbox.close()
    return Check(name, True, f"ready in {time.monotonic() - began:.1f} s: {sandbox.fingerprint}")


async def chosen(isolation: str, minimum: str, docker_host: str, image: str) -> Check:
    """What a run gets with these settings."""
    try:
        sandbox = await open_sandbox(isolation, minimum, docker_host, image)
    except SandboxError as error:
        return Check("sandbox", False, error.message, error.remedy)
    await sandbox.close()
    stronger = "" if sandbox.isolation is Isolation.GVISOR else f"{SETUP} for gvisor"
    return Check("sandbox", True, f"{sandbox.isolation} (asked: {isolation}, at least {minimum})", stronger)

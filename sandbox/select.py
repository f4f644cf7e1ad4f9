"""Which sandbox: the one that was named, or the strongest that this machine has."""

from __future__ import annotations

from pathlib import Path

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Isolation, Sandbox
from sandbox.docker import DockerSandbox
from sandbox.docker_probe import probe
from sandbox.errors import IsolationUnavailable, SandboxError

AUTO = "auto"
STRONGEST_FIRST = sorted(Isolation, key=lambda isolation: -isolation.strength)


async def open_sandbox(
    isolation: str = AUTO,
    minimum: str = "namespace",
    docker_host: str = "",
    image: str = "",
    warm: int = 1,
    layers: Path | None = None,
) -> Sandbox:
    """A started sandbox: the one named, or with `auto` the strongest there is; close it after use.

    `layers` is where requirements of the code under test are kept.

    Raises IsolationUnavailable when the one named, or any of at least `minimum`, is not to be had.
    """
    least = known(minimum)
    if isolation == AUTO:
        return await open_strongest(least, docker_host, image, warm, layers)
    named = known(isolation)
    if named.strength < least.strength:
        raise IsolationUnavailable(
            f"sandbox.minimum is {least}, and {named} is weaker",
            f"set sandbox.minimum to {named} or take --isolation {least}",
        )
    sandbox = make(named, docker_host, image, warm, layers)
    await sandbox.start()
    return sandbox


async def open_strongest(
    least: Isolation, docker_host: str, image: str, warm: int, layers: Path | None = None
) -> Sandbox:
    """The first, from the strongest down to `least`, that comes up."""
    facts = await probe(docker_host, image)
    refusals: list[SandboxError] = []
    for isolation in STRONGEST_FIRST:
        if isolation.strength < least.strength:
            continue
        # Docker's answer is known before a container is tried.
        missing = None if isolation is Isolation.NAMESPACE else facts.missing(isolation)
        if missing:
            refusals.append(missing)
            continue
        sandbox = make(isolation, docker_host, image, warm, layers)
        try:
            await sandbox.start()
        except SandboxError as error:
            await sandbox.close()
            refusals.append(error)
            continue
        return sandbox
    why = "; ".join(dict.fromkeys(error.message for error in refusals))
    # The weakest is the cheapest to have, so its remedy is the one to give.
    raise IsolationUnavailable(f"no isolation of at least {least} is to be had: {why}", refusals[-1].remedy)


def make(
    isolation: Isolation, docker_host: str, image: str, warm: int, layers: Path | None = None
) -> Sandbox:
    """A sandbox of that isolation, not yet started."""
    if isolation is Isolation.NAMESPACE:
        return BubblewrapSandbox(warm=warm, layers=layers)
    return DockerSandbox(isolation, docker_host, image, warm=warm)


def known(name: str) -> Isolation:
    """The isolation of that name. Raises IsolationUnavailable."""
    try:
        return Isolation(name)
    except ValueError:
        names = ", ".join(Isolation)
        raise IsolationUnavailable(f"there is no isolation {name!r}", f"one of {AUTO}, {names}") from None

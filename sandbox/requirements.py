"""What the code under test needs installed: lines checked, named by content, and built once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from packaging.requirements import InvalidRequirement, Requirement

from sandbox.errors import JobRefused

FAILURE_KEPT = 60.0  # seconds in which what could not be built is not tried again
AGE_DAYS = 30.0  # a layer that nobody used for so long goes
SIZE_MB = 2048  # and the ones used longest ago, until the rest is no larger

Requirements = tuple[str, ...]
Built = TypeVar("Built")


class RequirementsFailed(JobRefused):
    """pip could not install what the code under test needs."""


def normalised(lines: Sequence[str]) -> Requirements:
    """Requirement lines checked and sorted, so that the same needs are the same layer.

    Names with versions, extras and markers, and `--hash` behind them; no options, addresses or paths: what
    they name could change under the same line, or run code of its own. Raises RequirementsFailed.
    """
    kept: set[str] = set()
    for line in lines:
        text, *hashes = line.split(" --hash=")
        try:
            wanted = Requirement(text.strip())
        except InvalidRequirement:
            raise RequirementsFailed(
                f"{line[:100]!r} is not a requirement", "name packages with versions, one a line"
            ) from None
        if wanted.url:
            raise RequirementsFailed(
                f"{wanted.name} is required from an address", "name a version that the index has"
            )
        kept.add(" --hash=".join([str(wanted), *(part.strip() for part in hashes)]))
    return tuple(sorted(kept))


def layer_digest(base: str, lines: Requirements) -> str:
    """The name of a layer: twelve hexadecimal digits of everything that it is built from."""
    return hashlib.sha256(json.dumps([base, *lines]).encode()).hexdigest()[:12]


class Builder:
    """Has each layer built once, by whoever asks first; what failed is told again for a minute."""

    def __init__(self) -> None:
        self._building = asyncio.Lock()
        self._failed: dict[str, tuple[float, RequirementsFailed]] = {}

    async def once(self, digest: str, build: Callable[[], Awaitable[Built]]) -> Built:
        """The outcome of `build`, which finds what is there already. Raises SandboxError."""
        async with self._building:
            at, known = self._failed.get(digest, (0.0, None))
            if known and time.monotonic() - at < FAILURE_KEPT:
                raise RequirementsFailed(known.message, known.remedy)
            try:
                return await build()
            except RequirementsFailed as error:
                self._failed[digest] = (time.monotonic(), error)
                raise

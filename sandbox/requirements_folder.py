"""Layers as folders, for sandboxes that bind one read-only."""

from __future__ import annotations

import os
import platform
import shutil
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxStartFailed
from sandbox.requirements import AGE_DAYS, SIZE_MB, Builder, Requirements, layer_digest, normalised
from sandbox.requirements_pip import install

DAY = 86_400.0
UNFINISHED = ".building-"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer that is kept: `used` in seconds since the epoch, `size` in bytes."""

    name: str
    size: int
    used: float


class FolderLayers:
    """One folder for each set of requirements, below `root`; several processes may share it.

    `root` None is the user's cache folder, looked up only when something is to be built.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._named = root
        self._builder = Builder()

    @property
    def root(self) -> Path:
        """Where the folders are."""
        if self._named is None:
            from platformdirs import user_cache_path

            return user_cache_path("coder-tui") / "requirements"
        return self._named

    async def ensure(self, lines: Requirements) -> Path:
        """The folder with these packages, built if it is not there. Raises RequirementsFailed."""
        wanted = normalised(lines)
        base = f"{platform.python_version()} {sysconfig.get_config_var('SOABI')}"
        digest = layer_digest(base, wanted)
        return await self._builder.once(digest, lambda: self._find_or_build(digest, wanted))

    def layers(self) -> list[Layer]:
        """What is kept, the one used last first."""
        found = []
        for path in self.root.glob("*") if self.root.is_dir() else ():
            if path.is_dir() and not path.name.startswith("."):
                size = sum(file.lstat().st_size for file in path.rglob("*"))
                found.append(Layer(path.name, size, path.stat().st_mtime))
        return sorted(found, key=lambda layer: -layer.used)

    def clear(self) -> int:
        """Remove every layer; returns how many there were."""
        layers = self.layers()
        shutil.rmtree(self.root, ignore_errors=True)
        return len(layers)

    def evict(self) -> None:
        """Remove what was not used for long or is too much; never what was used within a day."""
        kept, now = 0, time.time()
        for layer in self.layers():
            kept += layer.size
            idle = now - layer.used
            if idle > AGE_DAYS * DAY or (kept > SIZE_MB << 20 and idle > DAY):
                shutil.rmtree(self.root / layer.name, ignore_errors=True)
                kept -= layer.size
        for path in self.root.glob(f"{UNFINISHED}*"):
            if now - path.stat().st_mtime > DAY:
                shutil.rmtree(path, ignore_errors=True)

    async def _find_or_build(self, digest: str, wanted: Requirements) -> Path:
        final = self.root / digest
        if final.is_dir():
            os.utime(final)
            return final
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self.root))
        except OSError as error:
            raise SandboxStartFailed(f"{self.root} cannot be written to: {error.strerror}") from error
        try:
            await install(wanted, building)
            adopt(building, final)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        self.evict()
        return final


def adopt(building: Path, final: Path) -> None:
    """Give a finished layer its name, unless another process was quicker."""
    try:
        building.rename(final)
    except OSError:
        if not final.is_dir():
            raise

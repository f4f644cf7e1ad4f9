"""Layers as images: the sandbox's image with requirements installed on top, built once."""

from __future__ import annotations

import asyncio
import tarfile
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import docker_container, owner
from sandbox.docker_faults import image_missing, start_fault
from sandbox.docker_host import connect
from sandbox.errors import SandboxError
from sandbox.image.build import image_id
from sandbox.requirements import AGE_DAYS, SIZE_MB, Builder, Requirements, layer_digest, normalised
from sandbox.requirements_folder import DAY, Layer
from sandbox.requirements_pip import install

if TYPE_CHECKING:
    from docker import APIClient

REPOSITORY = "coder-tui-requirements"
LABEL = "coder-tui.requirements"
PACKAGES = "/usr/local/lib/coder-tui"  # outside every tmpfs, and searched after the image's own packages


class ImageLayers:
    """Images with requirements, in one daemon, on top of one image."""

    def __init__(self, host: str, image: str) -> None:
        self._host, self._image = host, image
        self._builder = Builder()

    async def ensure(self, lines: Requirements, python: str) -> str:
        """The name of an image with these packages, built if it is not there. Raises SandboxError.

        `python` is the version of the image's interpreter.
        """
        wanted = normalised(lines)
        base = await asyncio.to_thread(self._base)
        digest = layer_digest(base, wanted)
        name = f"{REPOSITORY}:{digest}"
        return await self._builder.once(digest, lambda: self._find_or_build(name, wanted, python))

    async def _find_or_build(self, name: str, wanted: Requirements, python: str) -> str:
        if await asyncio.to_thread(self._touch, name):
            return name
        with tempfile.TemporaryDirectory(prefix="coder-tui-requirements-") as temporary:
            folder = Path(temporary)
            await install(wanted, folder, python)
            # Not to be stopped half-way: a thread goes on, and its folder would be gone.
            committing = asyncio.ensure_future(asyncio.to_thread(self._commit, name, folder, wanted))
            try:
                await asyncio.shield(committing)
            except asyncio.CancelledError:
                await asyncio.wait([committing])
                raise
        return name

    def _base(self) -> str:
        client = connect(self._host)
        try:
            found = image_id(client, self._image)
        finally:
            client.close()
        if not found:
            raise image_missing(self._image, self._host)
        return found

    def _touch(self, name: str) -> bool:
        """Whether the image is there; being tagged anew is what tells that it was used."""
        client = connect(self._host)
        try:
            if not image_id(client, name):
                return False
            repository, tag = name.split(":")
            client.tag(name, repository, tag)
            return True
        finally:
            client.close()

    def _commit(self, name: str, folder: Path, wanted: Requirements) -> None:
        """Lay the packages over the image; nothing of them runs. Blocking. Raises SandboxError."""
        client = connect(self._host, seconds=300)
        container = ""
        try:
            made: dict[str, str] = client.create_container(
                self._image, entrypoint=[], labels={owner.LABEL: owner.own_label()}, network_disabled=True
            )
            container = made["Id"]
            with tempfile.TemporaryFile() as archive:
                pack(folder, archive)
                client.put_archive(container, "/", archive)
            repository, tag = name.split(":")
            label = f'LABEL {LABEL}="{len(wanted)}" {owner.LABEL}=""'
            client.commit(container, repository, tag, changes=[label])
            evict(client)
        except SandboxError:
            raise
        except Exception as error:
            raise start_fault(error, self._host, self._image, "the requirements") from error
        finally:
            if container:
                docker_container.remove(client, container)
            client.close()


def pack(folder: Path, archive: Any) -> None:
    """The folder as it is to lie in the image, owned by root."""

    def as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        return entry

    with tarfile.open(fileobj=archive, mode="w") as out:
        out.add(folder, arcname=PACKAGES.lstrip("/"), filter=as_root)
    archive.seek(0)


def layers(client: APIClient) -> list[Layer]:
    """The layers that a daemon keeps, the one used last first; `size` is what each adds. Blocking."""
    found = []
    for row in client.images(filters={"label": LABEL}):
        image = client.inspect_image(row["Id"])  # type: ignore[no-untyped-call]
        tagged = datetime.fromisoformat(image["Metadata"]["LastTagTime"][:19]).replace(tzinfo=UTC)
        added = client.history(row["Id"])[0]["Size"]  # type: ignore[no-untyped-call]
        found.append(Layer(row["RepoTags"][0], added, tagged.timestamp()))
    return sorted(found, key=lambda layer: -layer.used)


def evict(client: APIClient) -> None:
    """Remove what was not used for long or is too much; never what was used within a day. Blocking."""
    kept, now = 0, time.time()
    for layer in layers(client):
        kept += layer.size
        idle = now - layer.used
        if idle > AGE_DAYS * DAY or (kept > SIZE_MB << 20 and idle > DAY):
            client.remove_image(layer.name, force=True)
            kept -= layer.size


def clear(client: APIClient) -> int:
    """Remove every layer; returns how many there were. Blocking."""
    found = layers(client)
    for layer in found:
        client.remove_image(layer.name, force=True)
    return len(found)

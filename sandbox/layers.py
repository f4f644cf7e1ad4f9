"""Requirements that are kept, wherever they are: folders of ours and images in the daemon."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import docker_layers
from sandbox.docker_host import choose_host, connect
from sandbox.errors import IsolationUnavailable
from sandbox.requirements_folder import FolderLayers, Layer

if TYPE_CHECKING:
    from docker import APIClient

SECONDS = 5.0


def kept_layers(folder: Path, docker_host: str = "") -> list[Layer]:
    """Every layer; without those of a daemon that does not answer. Blocking."""
    found = FolderLayers(folder).layers()
    for client in _daemon(docker_host):
        found += docker_layers.layers(client)
    return found


def clear_layers(folder: Path, docker_host: str = "") -> int:
    """Remove every layer; returns how many there were. Blocking."""
    removed = FolderLayers(folder).clear()
    for client in _daemon(docker_host):
        removed += docker_layers.clear(client)
    return removed


def _daemon(docker_host: str) -> Iterator[APIClient]:
    """The daemon that would be used, or none."""
    try:
        client = connect(choose_host(docker_host), SECONDS)
    except IsolationUnavailable:
        return
    with contextlib.closing(client):
        yield client

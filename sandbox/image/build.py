"""Builds the sandbox's image: from Debian's archive with mmdebstrap, else by its Dockerfile."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import SandboxStartFailed

if TYPE_CHECKING:
    from docker import APIClient

FOLDER = Path(__file__).parent
RECIPE = ("Dockerfile", "packages", "finish.sh")
REPOSITORY = "coder-tui-sandbox"
SUITE = "bookworm"
START = 'CMD ["/usr/bin/python3"]'


def image_name() -> str:
    """The image's name; its tag changes with every byte of the recipe."""
    digest = hashlib.sha256()
    for name in RECIPE:
        digest.update((FOLDER / name).read_bytes() + b"\0")
    return f"{REPOSITORY}:{digest.hexdigest()[:12]}"


def image_id(client: APIClient, name: str) -> str:
    """The digest of an image that the daemon has, "" for one that it has not. Blocking."""
    from docker.errors import ImageNotFound

    try:
        found: dict[str, str] = client.inspect_image(name)  # type: ignore[no-untyped-call]
    except ImageNotFound:
        return ""
    return found["Id"]


def build_image(client: APIClient) -> str:
    """Build the image and return its name; a minute at most. Blocking. Raises SandboxStartFailed."""
    name = image_name()
    if shutil.which("mmdebstrap"):
        build_from_archive(client, name)
    else:
        build_from_dockerfile(client, name)
    return name


def build_from_archive(client: APIClient, name: str) -> None:
    """Build without any registry: Debian's packages into a tar, and that into the daemon."""
    repository, tag = name.split(":")
    packages = ",".join((FOLDER / "packages").read_text().split())
    # Not piped: a build that fails half-way would still be imported.
    with tempfile.TemporaryDirectory(prefix="coder-tui-image-") as folder:
        root = Path(folder) / "root.tar"
        finish = f'chroot "$1" sh -s < {shlex.quote(str(FOLDER / "finish.sh"))}'
        built = subprocess.run(
            [
                *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={packages}"),
                *(f"--customize-hook={finish}", SUITE, str(root)),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            said = built.stderr.strip().splitlines() or ["it said nothing"]
            raise SandboxStartFailed(
                f"the sandbox image could not be built from {SUITE}'s packages: {said[-1]}",
                "check that apt-get update works",
            )
        client.import_image_from_file(str(root), repository=repository, tag=tag, changes=[START])


def build_from_dockerfile(client: APIClient, name: str) -> None:
    """Build by the Dockerfile, whose base comes from a registry."""
    from docker.errors import DockerException

    try:
        for step in client.build(path=str(FOLDER), tag=name, rm=True, forcerm=True, decode=True):
            if failed := step.get("error"):
                raise SandboxStartFailed(
                    f"the sandbox image could not be built: {failed.strip().splitlines()[0]}",
                    "where no registry is reached: apt-get install mmdebstrap, then `coder-tui setup`",
                )
    except DockerException as error:
        raise SandboxStartFailed(f"the sandbox image could not be built: {error}") from error

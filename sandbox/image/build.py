"""Builds the sandbox's image: from Debian's archive with mmdebstrap, else by its Dockerfile."""

from __future__ import annotations

import functools
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.errors import SandboxStartFailed
from sandbox.image.site import copy_site, versions

if TYPE_CHECKING:
    from docker import APIClient

FOLDER = Path(__file__).parent
RECIPE = ("Dockerfile", "packages", "finish.sh")
REPOSITORY = "coder-tui-sandbox"
SUITE = "bookworm"
SITE = "/usr/lib/python3/dist-packages"
START = 'CMD ["/usr/bin/python3"]'


@functools.cache
def image_name() -> str:
    """The image's name; its tag changes with every byte of the recipe and every package's version."""
    parts = [(FOLDER / name).read_bytes() for name in RECIPE]
    digest = hashlib.sha256(b"\0".join([*parts, *(version.encode() for version in versions())]))
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
    build = build_from_archive if shutil.which("mmdebstrap") else build_from_dockerfile
    with tempfile.TemporaryDirectory(prefix="coder-tui-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # mmdebstrap's hooks may run as somebody else
        for part in RECIPE:
            shutil.copyfile(FOLDER / part, folder / part)
        copy_site(folder / "site")
        build(client, image_name(), folder)
    return image_name()


def build_from_archive(client: APIClient, name: str, folder: Path) -> None:
    """Build without any registry: Debian's packages into a tar, and that into the daemon."""
    packages = ",".join((folder / "packages").read_text().split())
    # Not piped: a build that fails half-way would still be imported.
    built = subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={packages}"),
            f'--customize-hook=cp -r site/. "$1{SITE}/"',
            '--customize-hook=chroot "$1" sh -s < finish.sh',
            *(SUITE, "root.tar"),
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        said = built.stderr.strip().splitlines() or ["it said nothing"]
        why = next((line for line in said if line.startswith("E:")), said[-1])
        raise SandboxStartFailed(
            f"the sandbox image could not be built from Debian's packages: {why}",
            "check that Debian's package servers can be reached",
        )
    repository, tag = name.split(":")
    root = str(folder / "root.tar")
    client.import_image_from_file(root, repository=repository, tag=tag, changes=[START])


def build_from_dockerfile(client: APIClient, name: str, folder: Path) -> None:
    """Build by the Dockerfile, whose base comes from a registry."""
    from docker.errors import DockerException

    try:
        for step in client.build(path=str(folder), tag=name, rm=True, forcerm=True, decode=True):
            if failed := step.get("error"):
                raise SandboxStartFailed(
                    f"the sandbox image could not be built: {failed.strip().splitlines()[0]}",
                    "where no registry is reached: apt-get install mmdebstrap, then `coder-tui setup`",
                )
    except DockerException as error:
        raise SandboxStartFailed(f"the sandbox image could not be built: {error}") from error

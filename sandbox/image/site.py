"""The Python packages of the image: copies of those that coder-tui itself runs with, so that a test
means the same in every sandbox."""

from __future__ import annotations

import shutil
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from sandbox.errors import SandboxStartFailed

DISTRIBUTIONS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")


def versions() -> tuple[str, ...]:
    """Each package with its version, as in a requirements file. Raises SandboxStartFailed."""
    return tuple(f"{name}=={installed(name).version}" for name in DISTRIBUTIONS)


def copy_site(folder: Path) -> None:
    """Copy the packages into `folder` as they are to lie on sys.path. Raises SandboxStartFailed."""
    for name in DISTRIBUTIONS:
        package = installed(name)
        for file in package.files or ():
            if ".." in file.parts or "__pycache__" in file.parts:
                continue  # commands, and code compiled for another Python
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(package.locate_file(file)), target)


def installed(name: str) -> Distribution:
    """The installed package. Raises SandboxStartFailed."""
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        raise SandboxStartFailed(f"the package {name} is not installed here", "pip install pytest") from error

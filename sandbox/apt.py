"""Debian's package manager, for the few packages that a sandbox needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from sandbox.errors import SandboxStartFailed

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
UPDATE = ("apt-get", "update")


def usable() -> bool:
    """Whether this process can install packages with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> None:
    """Install packages without a question. Blocking. Raises SandboxStartFailed with apt's last line."""
    for command in (UPDATE, (*INSTALL, *packages)):
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        # An update that misses one of many sources may still do; the installation decides.
        if done.returncode and command is not UPDATE:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise SandboxStartFailed(f"{' '.join(command)} failed: {said[-1]}", "see what apt-get says")

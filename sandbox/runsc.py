"""gVisor's runtime on this machine: where it is, how old, and the arguments it needs."""

from __future__ import annotations

import re
import shutil
import subprocess

SYSTRAP_SINCE = 2023_06_01  # releases are dates; before it ptrace is the platform that works everywhere


def find_runsc() -> str:
    """The path of runsc, or "" where there is none."""
    return shutil.which("runsc") or ""


def default_platform(path: str) -> str:
    """The platform that works everywhere for this release, untried."""
    return "systrap" if release(path) >= SYSTRAP_SINCE else "ptrace"


def runtime_args(path: str, platform: str = "") -> tuple[str, ...]:
    """Arguments that make runsc work under Docker on any machine; `platform` is one that was tried.

    `--network=none`: containers run without a network, and runsc refuses to start in the host's
    network namespace with one. Untried, the platform is never `kvm`, which hangs on nested machines.
    """
    return (f"--platform={platform or default_platform(path)}", "--network=none")


def release(path: str) -> int:
    """The release date of a runsc as a number such as 20221219; 0 when it does not say."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\b(20\d{6})\b", said.stdout)
    return int(found[1]) if found else 0

"""Installing requirements into a folder with pip; the only step of all that uses the network."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path

from sandbox.requirements import Requirements, RequirementsFailed

SECONDS = 300.0
PIP = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-conflicts")
GLIBC = 36  # Debian bookworm's; wheels for an older one serve as well
OLDEST = 17


async def install(lines: Requirements, folder: Path, python: str = "") -> None:
    """Fill `folder` with the packages and all that they need, readable for everybody.

    Wheels only, so that nothing of a package runs here. `python` is the version they are for, on Linux
    with glibc; "" is this interpreter and machine. Cancelling ends pip. Raises RequirementsFailed with
    pip's last word.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt", prefix="coder-tui-requirements-") as wanted:
        wanted.write("\n".join(lines) + "\n")
        wanted.flush()
        for_whom = _other(python) if python else []
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *PIP, "--only-binary=:all:", *for_whom),
            *("--target", str(folder), "--requirement", wanted.name),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(SECONDS):
                _, said = await process.communicate()
        except TimeoutError as error:
            raise RequirementsFailed(f"pip did not end within {SECONDS:g} s") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
    if process.returncode:
        raise RequirementsFailed(f"the requirements could not be installed: {_last_word(said.decode())}")
    _open_to_all(folder)


def _other(python: str) -> list[str]:
    """pip's words for a Python that is not its own."""
    machine = platform.machine()
    version = ".".join(python.split(".")[:2])
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, OLDEST - 1, -1)]
    tags += [f"manylinux2014_{machine}", f"linux_{machine}"]
    compiled = [] if version == "{}.{}".format(*sys.version_info) else ["--no-compile"]
    options = ["--implementation", "cp", "--python-version", version, *compiled]
    return options + [part for tag in tags for part in ("--platform", tag)]


def _last_word(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        return "pip is not installed beside coder-tui"
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["pip said nothing"]
    return errors[-1].removeprefix("ERROR: ")[:300]


def _open_to_all(folder: Path) -> None:
    """Children run as strangers: what root alone may read, they could not import."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))

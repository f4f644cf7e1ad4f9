"""What of this machine a sandboxed Python needs to see: the interpreter, its libraries, pytest."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from pathlib import Path

from sandbox.errors import SandboxStartFailed

HARNESS = Path(__file__).resolve().parent / "harness"
ROOT = "/opt/coder-tui"
PACKAGES = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")


def binary() -> Path:
    """The real interpreter behind this process, past every virtual environment's link."""
    base = getattr(sys, "_base_executable", "") or sys.executable
    return Path(base).resolve()


def needed() -> list[Path]:
    """Files that stand for all that a child must be able to read."""
    origins = [importlib.util.find_spec(name) for name in PACKAGES]
    return [Path(os.__file__), binary(), *(Path(spec.origin) for spec in origins if spec and spec.origin)]


def binds() -> list[str]:
    """bwrap's arguments that show the system, the interpreter and the harness, all read-only."""
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            arguments += ["--ro-bind", name, name]
    arguments += _folders("/etc/x")
    for name in _FILES:
        arguments += ["--ro-bind-try", name, name]
    for prefix in sorted({sys.base_prefix, sys.base_exec_prefix, str(binary().parent.parent)}):
        if not Path(prefix).is_relative_to("/usr"):
            arguments += [*_folders(prefix), "--ro-bind", prefix, prefix]
    arguments += [*_hidden(), *_folders(f"{ROOT}/packages/x"), *_packages()]
    harness = f"{ROOT}/sandbox/harness"
    return [*arguments, *_folders(harness), "--ro-bind", str(HARNESS), harness]


def _folders(path: str) -> list[str]:
    """The folders above `path`, open to all: those that bwrap makes by itself are for root alone."""
    above = [str(folder) for folder in reversed(Path(path).parents)][1:]
    return [part for folder in above for part in ("--perms", "0755", "--dir", folder)]


def _hidden() -> list[str]:
    """Installed packages are no business of the candidate's."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    places = {stdlib / "site-packages", Path("/usr/lib/python3/dist-packages"), Path("/usr/local/lib")}
    arguments: list[str] = []
    for place in sorted(places):
        if place.is_dir() and not (place == Path("/usr/local/lib") and stdlib.is_relative_to(place)):
            arguments += ["--tmpfs", str(place), "--remount-ro", str(place)]
    return arguments


def _packages() -> list[str]:
    arguments: list[str] = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.origin:
            raise SandboxStartFailed(f"the package {name} is not installed here", "pip install pytest")
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        arguments += ["--ro-bind", str(source), f"{ROOT}/packages/{source.name}"]
        arguments += _metadata(name, source.parent)
    return arguments


def _metadata(name: str, folder: Path) -> list[str]:
    """The `.dist-info` beside a package, from which its version is read."""
    found = sorted(folder.glob(f"{name}-*.dist-info"))[:1]
    return [part for path in found for part in ("--ro-bind", str(path), f"{ROOT}/packages/{path.name}")]

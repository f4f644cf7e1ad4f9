"""Files of a request, laid out in the process's own working directory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath


def lay_out(files: Mapping[str, bytes]) -> None:
    """Write every file below the working directory. Raises ValueError for a path that leaves it."""
    for name, data in files.items():
        parts = name.split("/")
        if not parts[0] or ".." in parts:
            raise ValueError(f"{name}: a path must stay below the working directory")
        if len(parts) > 1:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
        # without the calls that a file object makes before it is asked for anything
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        finally:
            os.close(descriptor)


def search_path(files: Iterable[str]) -> list[str]:
    """Where modules are looked for: the working directory, and `src` where that is the layout."""
    root = os.getcwd()  # noqa: PTH109
    return [root, *([f"{root}/src"] if any(name.startswith("src/") for name in files) else [])]


def module_names(files: Iterable[str]) -> dict[str, str]:
    """Every module and package that the files make importable, and the file of each ("" for a folder)."""
    found: dict[str, str] = {}
    for name in sorted(files):
        path = PurePosixPath(name)
        if path.suffix != ".py":
            continue
        parts = list(path.with_suffix("").parts)
        for start in {0, 1} if parts[0] == "src" and len(parts) > 1 else {0}:
            dotted = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
            if dotted and all(part.isidentifier() for part in dotted):
                found[".".join(dotted)] = name
                for depth in range(1, len(dotted)):
                    found.setdefault(".".join(dotted[:depth]), "")
    return found

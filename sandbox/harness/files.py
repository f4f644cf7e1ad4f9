"""Files of a request, laid out in the process's own working directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath


def lay_out(files: Mapping[str, bytes]) -> None:
    """Write every file below the working directory. Raises ValueError for a path that leaves it."""
    root = Path.cwd()
    for name, data in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{name}: a path must stay below the working directory")
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def search_path(files: Iterable[str]) -> list[str]:
    """Where modules are looked for: the working directory, and `src` where that is the layout."""
    root = Path.cwd()
    return [str(root), *([str(root / "src")] if any(name.startswith("src/") for name in files) else [])]


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

"""An immutable set of files that a task works on; paths cannot leave the root."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from engine.errors import WorkspaceError

MAX_FILE_BYTES = 1_000_000


def clean_path(path: str) -> str:
    """Normalise a relative POSIX path; raises WorkspaceError when it would leave the root."""
    pure = PurePosixPath(path)
    if not path or "\0" in path or pure.is_absolute() or ".." in pure.parts or pure == PurePosixPath("."):
        raise WorkspaceError(
            f"{path!r} is not a path inside the workspace", "use a relative path without '..'"
        )
    return str(pure)


def read_source(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Read one source file; raises WorkspaceError when missing, unreadable, binary or over `max_bytes`."""
    try:
        if path.is_dir():
            raise WorkspaceError(f"{path} is a folder", "name a file")
        size = path.stat().st_size
        if size > max_bytes:
            raise WorkspaceError(
                f"{path} has {size:,} bytes, more than the {max_bytes:,} allowed", "split the file"
            )
        with path.open("rb") as stream:  # a device or a growing file is cut here, whatever stat said
            data = stream.read(max_bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkspaceError(f"cannot read {path}: {reason}", "check the path and its permissions") from None
    if len(data) > max_bytes:
        raise WorkspaceError(f"{path} is larger than the {max_bytes:,} bytes allowed", "split the file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise WorkspaceError(f"{path} is not UTF-8 text", "convert it to UTF-8") from None
    if "\0" in text:
        raise WorkspaceError(f"{path} is a binary file", "name a Python source file")
    return data


@dataclass(frozen=True)
class Workspace:
    """Files by relative POSIX path; `editable` names those that a candidate may change."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    editable: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        files = {clean_path(path): data for path, data in self.files.items()}
        object.__setattr__(self, "files", MappingProxyType(files))

    def text(self, path: str) -> str:
        """The file as text; raises WorkspaceError when there is none."""
        try:
            return self.files[path].decode("utf-8", "replace")
        except KeyError:
            raise WorkspaceError(f"there is no {path} in the workspace") from None

    def edit(self, path: str, text: str) -> Workspace:
        """A new workspace with one file replaced; raises WorkspaceError when it may not be edited."""
        path = clean_path(path)
        if path not in self.editable:
            raise WorkspaceError(f"{path} may not be edited in this task")
        return Workspace({**self.files, path: text.encode("utf-8", "surrogatepass")}, self.editable)

    def digest(self) -> str:
        """SHA-256 over paths and contents, hexadecimal."""
        total = sha256()
        for path in sorted(self.files):
            data = self.files[path]
            total.update(f"{len(path.encode())}:{path}{len(data)}:".encode() + data)
        return total.hexdigest()

    def diff(self, new: Workspace, paths: Iterable[str] | None = None) -> str:
        """A unified diff from this workspace to `new`, "" when nothing differs."""
        parts: list[str] = []
        for path in sorted(paths if paths is not None else {*self.files, *new.files}):
            before = self.files.get(path, b"").decode("utf-8", "replace").splitlines(keepends=True)
            after = new.files.get(path, b"").decode("utf-8", "replace").splitlines(keepends=True)
            for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}"):
                parts.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
        return "".join(parts)

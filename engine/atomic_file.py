"""Replace a file whole or not at all: written beside it, on the disk, then renamed over it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Self

SUFFIX = ".coder-tui"


class Staged:
    """New contents waiting beside a file; a context manager that removes what was not committed.

    A symbolic link is written through. Mode and owner of a file that exists are kept. Everything raises
    OSError.
    """

    def __init__(self, path: Path, data: bytes, new_mode: int = 0o666) -> None:
        self.path = path.resolve()
        self._data = data
        self._new_mode = new_mode
        self._temporary = self.path.with_name(f".{self.path.name[:200]}.{secrets.token_hex(4)}{SUFFIX}")

    def __enter__(self) -> Self:
        try:
            self._write()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(FileNotFoundError):
            self._temporary.unlink()

    def commit(self) -> None:
        """Put the new contents in place; they are on the disk when this returns."""
        self._temporary.replace(self.path)
        sync_folder(self.path.parent)

    def _write(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(self._temporary, flags, self._new_mode), "wb") as stream:
            with suppress(FileNotFoundError):
                old = self.path.stat()
                with suppress(PermissionError):  # giving a file to its owner is for root alone
                    os.fchown(stream.fileno(), old.st_uid, old.st_gid)
                os.fchmod(stream.fileno(), old.st_mode & 0o7777)
            stream.write(self._data)
            stream.flush()
            os.fsync(stream.fileno())


def replace_file(path: Path, data: bytes, new_mode: int = 0o666) -> None:
    """Replace one file; raises OSError and leaves it as it was."""
    with Staged(path, data, new_mode) as staged:
        staged.commit()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""What the cache may hold on the disk: JSON text, never a pickle, never a file of its own."""

from __future__ import annotations

from typing import Any

from diskcache import UNKNOWN, Disk
from diskcache.core import MODE_RAW


class RowRefused(ValueError):
    """A row that this program did not write: a pickle, a file name, or something that is not text."""


class JsonDisk(Disk):  # type: ignore[misc]
    """Text in, text out; keys are text too.

    diskcache unpickles whatever row says that it is a pickle, under its own JSONDisk as well
    (CVE-2025-69872): whoever can plant a row runs code. Here every such row is refused, on the way in
    and on the way out, and so is every row that names a file to be opened or removed.
    """

    def put(self, key: Any) -> tuple[str, bool]:
        """A key as the database has it."""
        if type(key) is not str:
            raise RowRefused("a key must be text")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """A key from the database."""
        if not raw or type(key) is not str:
            raise RowRefused("a key that is not text")
        return key

    def store(self, value: Any, read: Any, key: Any = UNKNOWN) -> tuple[int, int, None, str]:
        """A value as the database has it: size beyond the row, mode, no file, text."""
        if read or type(value) is not str:
            raise RowRefused("a value must be text")
        return 0, MODE_RAW, None, value

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> str:
        """A value from the database."""
        if mode != MODE_RAW or filename is not None or read or type(value) is not str:
            raise RowRefused("a row that is not text")
        return value

    def filename(self, key: Any = UNKNOWN, value: Any = UNKNOWN) -> tuple[str, str]:
        """There are no files."""
        raise RowRefused("values are kept in the database")

    def remove(self, file_path: Any) -> None:
        """There are no files, so a row that names one is not followed."""

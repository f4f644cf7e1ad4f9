"""What a run has written to the user's files: the bytes from before, and which contents are ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from engine.atomic_file import replace_file
from engine.errors import AcceptRefused


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file: the hash of what was there before the first accept ("" for no file), and of all we wrote."""

    before: str
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptRecord:
    """The files of a run by path in its workspace, kept beside their former bytes in `folder`."""

    folder: Path
    files: dict[str, FileRecord] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> AcceptRecord:
        """What is on record, empty when there is nothing; raises AcceptRefused when it cannot be read."""
        try:
            return cls(folder, _adapter.validate_json((folder / "record.json").read_bytes()))
        except FileNotFoundError:
            return cls(folder)
        except (OSError, ValueError):
            raise AcceptRefused(
                f"the record of what was accepted cannot be read in {folder}",
                "The former files are beside it: put them back by hand, then remove the folder",
            ) from None

    def adding(self, path: str, before: bytes | None, after: bytes) -> AcceptRecord:
        """The record once `path` is about to become `after`; what was there first stays `before`."""
        known = self.files.get(path) or FileRecord(self._keep(before))
        return replace(self, files={**self.files, path: replace(known, ours=(*known.ours, digest(after)))})

    def save(self) -> None:
        """Write it down, durable; raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain = {path: {"before": r.before, "ours": r.ours} for path, r in self.files.items()}
        replace_file(self.folder / "record.json", json.dumps(plain, indent=1).encode(), 0o600)

    def before(self, path: str) -> bytes | None:
        """What was there before the first accept, None for no file; raises AcceptRefused when it is lost."""
        known = self.files[path].before
        if not known:
            return None
        try:
            data = (self.folder / known).read_bytes()
        except OSError as error:
            raise AcceptRefused(
                f"the former {path} cannot be read: {error.strerror}", str(self.folder)
            ) from None
        if digest(data) != known:
            raise AcceptRefused(f"the copy of the former {path} is damaged", f"See {self.folder / known}")
        return data

    def _keep(self, data: bytes | None) -> str:
        if data is None:
            return ""
        name = digest(data)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self.folder / name, data, 0o600)
        return name


def digest(data: bytes) -> str:
    """SHA-256, hexadecimal: the name under which bytes are kept."""
    return sha256(data).hexdigest()


_adapter = TypeAdapter(dict[str, FileRecord])

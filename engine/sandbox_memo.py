"""Which sandbox was opened here before: what the cache knows can then be told without opening one."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from engine.atomic_file import replace_file
from engine.config_model import SandboxSettings
from sandbox.contract import Isolation
from sandbox.docker_bootstrap import harness_files
from sandbox.docker_host import choose_host
from sandbox.docker_image_id import quick_image_id
from sandbox.image.build import image_name
from sandbox.interpreter import HARNESS

FILE = "sandboxes.json"
KEPT = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """What of a sandbox enters the cache's keys."""

    isolation: Isolation
    fingerprint: str


class SandboxMemo:
    """Remembers identities by all that they depend on, as far as it can be looked up in milliseconds.

    That is: settings, every byte of the harness, Python, pytest, and for containers the image that the
    daemon has now. Where one of them is different, nothing is remembered and the sandbox has to be opened.
    Never raises: a memo that cannot be read or written is none.
    """

    def __init__(self, folder: Path, settings: SandboxSettings) -> None:
        self._path = folder / FILE
        self._settings = settings

    def recall(self) -> Identity | None:
        """The identity that a sandbox opened now would have; None where that is not certain. Blocking."""
        try:
            found = self._read().get(self._circumstances())
            if found is None:
                return None
            identity = Identity(Isolation(found["isolation"]), found["fingerprint"])
            image = found["image"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        if identity.isolation is Isolation.NAMESPACE:
            # With `auto` a stronger one may be there by now.
            return identity if self._settings.isolation == "namespace" else None
        return identity if image and image == self._image() else None

    def remember(self, identity: Identity) -> None:
        """Keep what was opened. Blocking."""
        with suppress(OSError, ValueError):
            kept = self._read()
            image = "" if identity.isolation is Isolation.NAMESPACE else self._image()
            name = self._circumstances()
            entry = {
                "isolation": identity.isolation.value,
                "fingerprint": identity.fingerprint,
                "image": image,
            }
            if kept.pop(name, None) == entry:
                return
            newest = dict([*kept.items(), (name, entry)][-KEPT:])
            replace_file(self._path, json.dumps(newest).encode(), 0o600)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self._path.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _circumstances(self) -> str:
        settings = self._settings.model_dump(include={"isolation", "minimum", "image"}, mode="json")
        rest = [
            settings,
            choose_host(self._settings.docker_host),
            image_name(),
            sys.version,
            version("pytest"),
        ]
        total = sha256(json.dumps(rest).encode())
        for name, data in harness_files(HARNESS):
            total.update(f"{name}:{len(data)}:".encode() + data)
        return total.hexdigest()

    def _image(self) -> str:
        return quick_image_id(choose_host(self._settings.docker_host), self._settings.image or image_name())

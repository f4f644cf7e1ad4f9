"""Settings on the screen: checked before they hold, and taken anew when their files change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.config_model import Config


@dataclass(frozen=True)
class Source:
    """Where settings come from: `files` are what can change on the disk.

    `load` reads every layer anew and says what set each setting; it raises ConfigError.
    The first of `files` is the user's own, into which the screen writes.
    """

    load: Callable[[], tuple[Config, Mapping[str, str]]]
    files: Sequence[Path]

    @property
    def own(self) -> Path:
        """The user's own file."""
        return self.files[0]

"""Where the reader stood in a run, kept on the disk: pane, attempt, scroll; a lost connection loses none."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

NAME = "screen.json"
Spot = tuple[int, int, int]
"""A pane's cursor, first row and first column."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is restored. `follow` true and `attempt` "" are a reader who has not chosen anything yet."""

    pane: int = 1
    attempt: str = ""
    follow: bool = True
    base: str = "parent"
    filter: str = "all"
    zoomed: bool = False
    marked: str = ""
    spots: Mapping[str, Spot] = field(default_factory=dict)


def load_place(folder: Path | None) -> Place | None:
    """The place kept in a run's folder; None where there is none that can be read."""
    if folder is None:
        return None
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
        spots = {str(name): _spot(spot) for name, spot in found["spots"].items()}
        return Place(
            pane=min(5, max(1, int(found["pane"]))),
            attempt=str(found["attempt"]),
            follow=bool(found["follow"]),
            base=str(found["base"]),
            filter=str(found["filter"]),
            zoomed=bool(found["zoomed"]),
            marked=str(found["marked"]),
            spots=spots,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a convenience: an older or torn one is no reason to trouble anyone


def save_place(folder: Path, place: Place) -> None:
    """Keep a place, whole or not at all. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{NAME}.{os.getpid()}"
    try:
        part.write_text(json.dumps(asdict(place)), encoding="utf-8")
        part.replace(folder / NAME)
    finally:
        part.unlink(missing_ok=True)


def _spot(found: object) -> Spot:
    if not isinstance(found, list) or len(found) != 3 or not all(isinstance(n, int) for n in found):
        raise ValueError("not a spot")
    return found[0], found[1], found[2]

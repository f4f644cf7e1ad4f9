"""Guardrails over real libraries: the time that each file takes against its bound, and what is refused."""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from engine.guardrails import check

# Processor seconds for each started 100 KB.
BOUND = 0.1
_TRIES = 3
# As many as a user might have checked by one process.
_FILES_A_PROCESS = 200
# A first try so far under its bound needs no second one.
_CALM = 0.7


@dataclass(frozen=True)
class Timing:
    """One file: the least share of its bound that a check took, and why it was refused, if it was."""

    path: Path
    size: int
    seconds: float
    refused: str

    @property
    def share(self) -> float:
        """Of what the file may take; over 1 is too much."""
        return self.seconds / bound(self.size)


def bound(size: int) -> float:
    """Processor seconds that a source of so many bytes may take."""
    return BOUND * max(1.0, size / 100_000)


def timing(path: Path) -> Timing:
    """The best of three tries, in processor time: neighbours disturb the clock more."""
    data = path.read_bytes()
    best, findings = float("inf"), ()
    for _ in range(_TRIES):
        began = time.process_time()
        findings = check(data)  # type: ignore[assignment]
        best = min(best, time.process_time() - began)
        if best <= _CALM * bound(len(data)):
            break
    refused = next((f.name for f in findings if f.rule == "G003"), "")
    return Timing(path, len(data), best, refused)


def libraries() -> tuple[Path, ...]:
    """The standard library with what is installed beside it, and this environment's own packages."""
    base = Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return tuple(dict.fromkeys((base, Path(sysconfig.get_paths()["purelib"]))))


def scan(roots: Iterable[Path]) -> None:
    """Check every file of the folders and print what was over, what was near and what was refused."""
    files = sorted({path.resolve() for root in roots for path in root.rglob("*.py") if path.is_file()})
    found: list[Timing] = []
    for at in range(0, len(files), _FILES_A_PROCESS):
        with ProcessPoolExecutor(1) as pool:
            found += pool.map(timing, files[at : at + _FILES_A_PROCESS])
    found.sort(key=lambda one: -one.share)
    size = sum(one.size for one in found)
    over = sum(one.share > 1 for one in found)
    refused = [one for one in found if one.refused]
    print(f"{len(found):,} files, {size / 1e6:.0f} MB, {sum(o.seconds for o in found):.0f} s: {over} over")
    for one in found[: max(over, 8)]:
        print(f"  {one.share:.2f} of its bound: {1e3 * one.seconds:.0f} ms, {one.size:,} bytes, {one.path}")
    print(f"refused: {len(refused)}")
    for one in refused:
        print(f"  {one.size:,} bytes, {one.path}: {one.refused}")

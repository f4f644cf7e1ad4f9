"""How many sandboxes this machine can keep warm at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

MEMORY_MB = 640  # what one may take at its limit, with what surrounds it
MOST = 8  # more are for those who ask for them by number


def automatic_size() -> int:
    """One for each core that this process may use, as far as free memory goes; at least 1."""
    cores = len(os.sched_getaffinity(0))
    return max(1, min(cores, free_memory_mb() // MEMORY_MB, MOST))


def free_memory_mb() -> int:
    """Memory that can be had without swapping; very much where the kernel does not say."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return int(found[1]) >> 10 if found else 1 << 20

"""Standing aside for the shell (ctrl+z) and coming back (fg)."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def has_shell() -> bool:
    """Whether some shell would take the terminal over and could bring this program back.

    A group of processes whose leader has no parent in the session is nobody's job: stopped, it would
    stay so for good, as after `ssh -t host coder-tui` or in a window that was opened for it alone.
    """
    try:
        stat = Path(f"/proc/{os.getpgrp()}/stat").read_text(encoding="utf-8", errors="replace")
        parent = int(stat.rpartition(") ")[2].split()[1])
        return os.getsid(parent) == os.getsid(0)
    except (OSError, ValueError, IndexError):
        return False


def stand_aside() -> None:
    """Stop every process of the job, `make` too where it started this one."""
    os.kill(0, signal.SIGTSTP)

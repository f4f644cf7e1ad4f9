"""Logs go to a file in the state folder: the terminal belongs to the screen."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 1_000_000
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# These write whole requests at lower levels, headers with keys among them.
GUARDED = ("httpx", "httpcore", "groq", "urllib3", "docker")


class _OurFile(RotatingFileHandler):
    """Told apart from handlers that a host program has set."""


def log_to(path: Path, level: str) -> None:
    """Send this process's log to `path`, from `level` ("debug" … "error") on; the last call counts."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _OurFile)]:
        root.removeHandler(handler)
        handler.close()
    handler = _OurFile(path, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(FORMAT))
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in GUARDED:
        logging.getLogger(name).setLevel(logging.WARNING)

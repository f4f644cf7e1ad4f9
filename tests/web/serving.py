"""`coder-tui web` as a user starts it: a process of its own, its link, what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.sandbox.processes import below, parents_and_ticks
from tests.tui.journalled import COMMAND, home


@dataclass
class Served:
    """The running server. `token` is what its link holds."""

    process: subprocess.Popen[str]
    folder: Path
    link: str

    @property
    def token(self) -> str:
        return urlsplit(self.link).path.strip("/")

    @property
    def place(self) -> str:
        """Host and port."""
        return urlsplit(self.link).netloc

    def family(self) -> set[int]:
        """The server and everything below it: screens, sandboxes, what runs in them."""
        return {self.process.pid, *below(self.process.pid, parents_and_ticks())}


def living(pids: set[int], seconds: float = 15) -> set[int]:
    """Those that still live after this long at most."""
    end = time.monotonic() + seconds
    while (found := pids & parents_and_ticks().keys()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    """Start it on a free port with everything it keeps under `folder`; interrupted on leaving."""
    process = subprocess.Popen(
        [COMMAND, "web", "--json", "--port", "0", "--isolation", "namespace", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ) | home(folder) | environment,
    )
    assert process.stdout is not None
    try:
        yield Served(process, folder, json.loads(process.stdout.readline())["link"])
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

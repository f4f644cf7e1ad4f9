"""A program on a pseudo-terminal of its own: what it sends is counted, what it costs is measured."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class PtyScreen:
    """One process and the terminal's end of its pty."""

    pid: int
    screen: int

    def press(self, keys: str) -> None:
        """Send keys as a terminal would."""
        os.write(self.screen, keys.encode())

    def resize(self, width: int, height: int) -> None:
        """Another size, as a window manager or tmux would set it."""
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def quiet(self, silence: float = 0.4, seconds: float = 20.0) -> bytes:
        """Everything that is sent until there is silence, or for `seconds`."""
        end, got = time.monotonic() + seconds, b""
        while (left := end - time.monotonic()) > 0 and self._readable(min(silence, left)):
            got += os.read(self.screen, 1 << 16)
        return got

    def during(self, seconds: float) -> bytes:
        """Everything that is sent in this time."""
        end, got = time.monotonic() + seconds, b""
        while (left := end - time.monotonic()) > 0:
            if self._readable(left):
                got += self._read()
        return got

    def until(self, text: str, seconds: float = 30.0) -> bytes:
        """Everything up to and with the piece that holds `text`."""
        end, got = time.monotonic() + seconds, b""
        while text.encode() not in got:
            if not self._readable(max(0.0, end - time.monotonic())):
                raise AssertionError(f"{text!r} was not sent in {seconds} s, but {len(got)} bytes")
            got += os.read(self.screen, 1 << 16)
        return got

    def _read(self) -> bytes:
        try:
            return os.read(self.screen, 1 << 16)
        except OSError:  # nobody has the other end open any more
            time.sleep(0.01)
            return b""

    def _readable(self, seconds: float) -> bool:
        return bool(select.select([self.screen], [], [], seconds)[0])

    def cpu(self) -> float:
        """Seconds of processor that the process has used, all threads."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def threads(self) -> int:
        """How many threads it has."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def ended(self) -> bool:
        """Whether it has ended; it is not reaped by that."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].startswith("Z")

    def megabytes(self) -> float:
        """The memory of its own that the process holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


@contextmanager
def on_pty(
    command: Sequence[str], environment: Mapping[str, str], width: int = 120, height: int = 40
) -> Iterator[PtyScreen]:
    """Start a command on a pty of this size; it is ended and reaped on leaving."""
    pid, screen = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TMUX")}
        os.execvpe(command[0], list(command), kept | {"TERM": "xterm-256color"} | dict(environment))
    try:
        yield PtyScreen(pid, screen)
    finally:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 5
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            if select.select([screen], [], [], 0.05)[0]:  # what is not read would keep it from ending
                try:
                    os.read(screen, 1 << 16)
                except OSError:
                    time.sleep(0.02)
        os.close(screen)

"""How long a piece of an answer takes from a model's server to the terminal, measured on a pty at 120×40.

    python tests/bench/streaming.py [--rate 25] [--pieces 250] [--json]

A server that follows Ollama's protocol sends pieces at a steady rate, each with a word of its own; the
installed command shows them; the time between sending a word and its first byte on the terminal is one
sample. Journal, screen and everything between are the real ones.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import select
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.engine.servers.loopback import Answer, Asked, serve
from tests.engine.servers.ollama import Ollama
from tests.tui.journalled import COMMAND, home
from tests.tui.pty_screen import on_pty

TASK = {"double.py": "def double(x):\n    return x\n"}
TEST = "from double import double\n\n\ndef test_double():\n    assert double(2) == 4\n"


class Steady:
    """Sends `pieces` pieces, `rate` a second, and notes when."""

    def __init__(self, pieces: int, rate: float) -> None:
        self.sent: dict[str, float] = {}
        self._pieces = pieces
        self._rate = rate

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        if asked.path != "/api/chat":
            await Ollama()(asked, answer)
            return
        await answer.start(200, "application/x-ndjson")
        began = time.monotonic()
        for number in range(self._pieces):
            await asyncio.sleep(max(0.0, began + number / self._rate - time.monotonic()))
            word = f"w{number * 7919 % 100_000:05d}w"
            self.sent[word] = time.monotonic()
            await Ollama()._part(answer, {"role": "assistant", "content": f"{word}\n"})
        done = {"done": True, "done_reason": "stop", "prompt_eval_count": 0, "eval_count": self._pieces}
        await Ollama()._part(answer, {"role": "assistant", "content": ""}, done)
        await answer.finish()


def main() -> None:
    """Measure and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rate", type=float, default=25.0, help="pieces a second")
    parser.add_argument("--pieces", type=int, default=250)
    options = parser.parse_args()
    waits, lost = measure(options.pieces, options.rate)
    cuts = statistics.quantiles(waits, n=100)
    print(
        f"{len(waits)} of {options.pieces} pieces seen at {options.rate:g} a second ({lost} never):"
        f" p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms,"
        f" most {max(waits) * 1000:.0f} ms"
    )


def measure(pieces: int, rate: float) -> tuple[list[float], int]:
    """Seconds from sending to the terminal for each piece that was shown, and how many never were."""
    server = Steady(pieces, rate)
    with tempfile.TemporaryDirectory() as folder, serving(server) as url:
        code = Path(folder) / "double.py"
        code.write_text(TASK["double.py"])
        tests = Path(folder) / "test_double.py"
        tests.write_text(TEST)
        environment = home(Path(folder)) | {
            "PATH": os.environ["PATH"],
            "CODER_TUI_SANDBOX__ISOLATION": "namespace",
            "CODER_TUI_SEARCH__FIRST": "false",
            "CODER_TUI_LOOP__ATTEMPTS": "1",
            "CODER_TUI_PROVIDER__OLLAMA__HOST": url,
            "CODER_TUI_PROVIDER__OLLAMA__MODEL": "tiny:1b",
        }
        command = [COMMAND, "fix", str(code), "--tests", str(tests), "--provider", "ollama"]
        with on_pty(command, environment) as screen:
            seen = watch(screen.screen, lambda: len(server.sent) == pieces, pieces / rate + 30)
    waits = [seen[word] - at for word, at in server.sent.items() if word in seen]
    return waits, len(server.sent) - len(waits)


def watch(terminal: int, all_sent: Callable[[], bool], seconds: float) -> dict[str, float]:
    """When each word first came out of the terminal."""
    seen: dict[str, float] = {}
    tail, end, over = "", time.monotonic() + seconds, 0.0
    while time.monotonic() < end and not (over and time.monotonic() > over):
        if select.select([terminal], [], [], 0.1)[0]:
            got, now = os.read(terminal, 1 << 16).decode(errors="replace"), time.monotonic()
            for word in re.findall(r"w\d{5}w", tail + got):
                seen.setdefault(word, now)
            tail = got[-8:]
        if all_sent() and not over:
            over = time.monotonic() + 1.0
    return seen


class serving:
    """The server in a thread of its own, so that reading the terminal does not hold it up."""

    def __init__(self, handler: Steady) -> None:
        self._handler = handler
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._url = ""

    def __enter__(self) -> str:
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._serve(),), daemon=True
        )
        self._thread.start()
        self._ready.wait(10)
        return self._url

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        async with serve(self._handler) as server:
            self._url = server.url
            self._ready.set()
            await self._over.wait()


if __name__ == "__main__":
    main()

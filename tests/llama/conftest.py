"""llama.cpp's server on loopback with a tiny model of random weights; both are made once and kept."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import llama_python

MAKER = Path(__file__).with_name("tiny_model.py")
START = 60.0  # seconds


@pytest.fixture(scope="session")
def tiny_model() -> Path:
    """The model's file, beside the interpreter that made it and named by what makes it."""
    python = llama_python()
    made_by = sha256(MAKER.read_bytes()).hexdigest()[:12]
    path = python.parents[1] / f"tiny-{made_by}.gguf"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        subprocess.run([python, MAKER, fresh], check=True)
        fresh.replace(path)
    return path


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Start = Callable[..., str]


@pytest.fixture(scope="session")
def llama(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts servers; each is named by its options and shared by the tests that want the same."""
    running: dict[tuple[str, ...], tuple[str, subprocess.Popen[bytes]]] = {}
    folder = tmp_path_factory.mktemp("llama")

    def start(*options: str) -> str:
        if options not in running:
            port = free_port()
            log = (folder / f"{port}.log").open("wb")
            process = subprocess.Popen(
                [
                    llama_python(), "-m", "llama_cpp.server", "--model", tiny_model, "--host", "127.0.0.1",
                    "--port", str(port), "--n_ctx", "1024", "--n_threads", "1", "--chat_format", "chatml",
                    "--logits_all", "false",
                    "--model_alias", "tiny", "--verbose", "false", *options,
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
            running[options] = (f"http://127.0.0.1:{port}/v1", process)
            wait_for(running[options][0], process, folder / f"{port}.log")
        return running[options][0]

    yield start
    for _, process in running.values():
        process.terminate()
    for _, process in running.values():
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # in the middle of a long prompt it hears nothing
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server at `url` answers; the test fails with its log where it does not."""
    until = time.monotonic() + START
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/models", timeout=2).close()
            return
        except urllib.error.HTTPError:
            return  # it asks for a key, so it is there
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"llama.cpp's server does not start: {log.read_text(errors='replace')[-2000:]}")

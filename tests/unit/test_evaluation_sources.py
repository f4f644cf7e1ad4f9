"""Public benchmarks are fetched once, and nothing but what was published is taken for one."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.evaluation.benchmarks import sources
from engine.evaluation.benchmarks.sources import Source, find_source

DATA = b'{"task_id": "D/0"}\n'


@pytest.fixture
def published() -> Iterator[tuple[str, list[bytes], list[str]]]:
    """An address, the answers that it gives in turn, and what it was asked for."""
    answers: list[bytes] = []
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if answers else 404)
            self.end_headers()
            self.wfile.write(answers.pop(0) if answers else b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answers, asked
        server.shutdown()


def test_something_else_is_taken_for_the_benchmark(
    published: tuple[str, list[bytes], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers, asked = published
    source = Source(f"{address}/d.jsonl.gz", "d.jsonl.gz", (sha256(DATA).hexdigest(),))
    monkeypatch.setitem(sources.NAMED, "doubles", source)
    for bad in (None, b"<html>", gzip.compress(DATA)[:-5]):
        answers += [] if bad is None else [bad]
        with pytest.raises(UsageError, match=f"put it at {tmp_path}/benchmarks/d.jsonl.gz"):
            find_source("doubles", tmp_path)
        assert not (tmp_path / "benchmarks/d.jsonl.gz").exists()
    answers.append(gzip.compress(DATA))
    path = find_source("doubles", tmp_path)
    assert gzip.decompress(path.read_bytes()) == DATA
    count = len(asked)
    assert find_source("doubles", tmp_path) == path and len(asked) == count, "fetched once"
    path.write_bytes(gzip.compress(DATA + b"{}"))
    with pytest.raises(UsageError, match="is not the published doubles"):
        find_source("doubles", tmp_path)


def test_an_unreachable_address_is_no_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources.NAMED, "doubles", Source("http://127.0.0.1:9/d", "d.jsonl", ("0" * 64,)))
    with pytest.raises(UsageError, match="could not be fetched"):
        find_source("doubles", tmp_path)

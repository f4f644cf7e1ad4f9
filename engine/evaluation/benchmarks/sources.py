"""Where the public benchmarks come from, checked by SHA-256 and kept."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.atomic_file import replace_file
from engine.errors import UsageError
from engine.evaluation.rows import read_bytes
from engine.places import private_folder

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Source:
    """A file: where it is published, its name here, the SHA-256 of its unpacked bytes in each edition."""

    url: str
    file: str
    digests: tuple[str, ...]


_OCTOPACK = "https://github.com/bigcode-project/octopack/raw/main/evaluation"
_MBPP = "https://raw.githubusercontent.com/google-research/google-research/master/mbpp"

NAMED = {
    "humaneval": Source(
        "https://github.com/openai/human-eval/raw/master/data/HumanEval.jsonl.gz",
        "HumanEval.jsonl.gz",
        ("1d49078ba3e2b196b9344535bef34a43021f038fad9561d6ee7c53450609a6a2",),
    ),
    "mbpp": Source(
        f"{_MBPP}/mbpp.jsonl",
        "mbpp.jsonl",
        ("ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",),
    ),
    "mbpp-sanitized": Source(
        f"{_MBPP}/sanitized-mbpp.json",
        "sanitized-mbpp.json",
        (  # the same problems, on lines of their own and on one line
            "7fec016546acaee11dbe14f9f0bb670e59f41919f7b522a59fba34871da78551",
            "ca95deaa9a01ef0a6f439f88bcf0dd3db3563d22f22aad6cae04ebb9a8d8c8e9",
        ),
    ),
    "humanevalfix": Source(
        f"{_OCTOPACK}/create/humaneval-x/data/python/data/humanevalpack.jsonl",
        "humanevalpack.jsonl",
        ("b1376d72be4bd016a62ad043d9de3846edb8d63edf1222da802a31330c14c3a7",),
    ),
    "quixbugs": Source(
        f"{_OCTOPACK}/other/QuixBugs/quixbugs_python.jsonl",
        "quixbugs_python.jsonl",
        ("7322b63b31c2e20c7e05b97ef05e674e30eed5601df5cce7545a1a77031bf4d3",),
    ),
}


def find_source(name: str, cache: Path) -> Path:
    """The kept copy of a named benchmark, fetched now if it is not there. Raises UsageError."""
    source = NAMED[name]
    folder = private_folder(cache / "benchmarks", "paths.cache", named=False)
    path = folder / source.file
    by_hand = f"fetch {source.url} and name it with --data FILE, or put it at {path}"
    if not path.is_file():
        replace_file(path, _fetch(name, source, by_hand), 0o600)
    if sha256(read_bytes(path, "the benchmark")).hexdigest() not in source.digests:
        raise UsageError(
            f"{path} is not the published {name}", f"remove it, or name yours with --data {path}"
        )
    return path


def _fetch(name: str, source: Source, by_hand: str) -> bytes:
    import gzip
    import zlib

    import httpx

    limits = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    try:
        answer = httpx.get(source.url, follow_redirects=True, timeout=limits)
        answer.raise_for_status()
        data = answer.content
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (httpx.HTTPError, OSError, EOFError, zlib.error) as error:
        reason = str(error) or type(error).__name__
        raise UsageError(f"the data of {name} could not be fetched: {reason}", by_hand) from None
    if sha256(plain).hexdigest() not in source.digests:
        raise UsageError(f"what {source.url} gave is not the published {name}", by_hand)
    return data

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
    """A file: where it is published, its name here, the SHA-256 of its unpacked bytes ("": not known)."""

    url: str
    file: str
    digest: str = ""


NAMED = {
    "humaneval": Source(
        "https://github.com/openai/human-eval/raw/master/data/HumanEval.jsonl.gz",
        "HumanEval.jsonl.gz",
        "1d49078ba3e2b196b9344535bef34a43021f038fad9561d6ee7c53450609a6a2",
    ),
    "mbpp": Source(
        "https://raw.githubusercontent.com/google-research/google-research/master/mbpp/mbpp.jsonl",
        "mbpp.jsonl",
        "ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",
    ),
    "mbpp-sanitized": Source(
        "https://raw.githubusercontent.com/google-research/google-research/master/mbpp/sanitized-mbpp.json",
        "sanitized-mbpp.json",
        "7fec016546acaee11dbe14f9f0bb670e59f41919f7b522a59fba34871da78551",
    ),
    "humanevalfix": Source(
        "https://huggingface.co/datasets/bigcode/humanevalpack/resolve/main/data/python/data/humanevalpack.jsonl",
        "humanevalpack.jsonl",
    ),
    "quixbugs": Source("https://github.com/bigcode-project/octopack", "quixbugs.jsonl"),
}


def find_source(name: str, cache: Path) -> Path:
    """The kept copy of a named benchmark, fetched now if it is not there. Raises UsageError.

    Only what can be checked is fetched: one whose digest is not known has to be put there by the user.
    """
    source = NAMED[name]
    folder = private_folder(cache / "benchmarks", "paths.cache", named=False)
    path = folder / source.file
    by_hand = f"fetch {source.url} and name it with --data FILE, or put it at {path}"
    if not path.is_file():
        if not source.digest:
            raise UsageError(f"the data of {name} is not here", by_hand)
        replace_file(path, _fetch(name, source, by_hand), 0o600)
    if source.digest and sha256(read_bytes(path, "the benchmark")).hexdigest() != source.digest:
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
    if sha256(plain).hexdigest() != source.digest:
        raise UsageError(f"what {source.url} gave is not the published {name}", by_hand)
    return data

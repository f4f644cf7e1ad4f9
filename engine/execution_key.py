"""The name under which an execution is remembered: a hash of every byte that can change it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256

from sandbox.contract import Assurance, Isolation, Job

FORMAT = 1  # goes up when what is stored changes its shape


def execution_key(job: Job, assurance: Assurance, isolation: Isolation, fingerprint: str) -> str:
    """SHA-256, hexadecimal; the job's own id is not part of it."""
    rest = {
        "format": FORMAT,
        "limits": asdict(job.limits),
        "selection": job.selection,
        "requirements": job.requirements,
        "assurance": assurance.value,
        "isolation": isolation.value,
        "fingerprint": fingerprint,
    }
    total = sha256(json.dumps(rest, sort_keys=True).encode())
    for files in (job.files, job.tests):
        total.update(_digest(files))
    return total.hexdigest()


def _digest(files: Mapping[str, bytes]) -> bytes:
    # Every part has its length before it, so that no two sets of files run together into the same bytes.
    total = sha256()
    for path in sorted(files):
        name, data = path.encode("utf-8", "surrogatepass"), files[path]
        total.update(b"%d:%d:" % (len(name), len(data)) + name + data)
    return total.digest()

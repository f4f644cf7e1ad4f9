"""How the harness gets into a container: over stdin, so that a remote daemon serves as well."""

from __future__ import annotations

import functools
import io
import struct
import tarfile
from pathlib import Path

ROOT = "/opt/coder-tui"
DEVICES = ("/dev/fuse", "/dev/net/tun")
SUPERVISOR = f"{ROOT}/sandbox/harness/supervisor.py"

# Runs before anything of ours is there: takes away the devices that gVisor makes for everybody, reads
# one length-prefixed archive and no byte more, unpacks it into a tmpfs that only root can write, and
# becomes the supervisor.
BOOTSTRAP = f"""
import io, os, runpy, struct, sys, tarfile
for device in {DEVICES!r}:
    if os.path.exists(device):
        os.unlink(device)
def take(n):
    data = b""
    while len(data) < n:
        piece = os.read(0, min(n - len(data), 1 << 20))
        if not piece:
            sys.exit("the harness was cut off")
        data += piece
    return data
tarfile.open(fileobj=io.BytesIO(take(*struct.unpack(">I", take(4))))).extractall({ROOT!r})
sys.argv[0] = {SUPERVISOR!r}
del device, io, os, struct, tarfile, take
runpy.run_path({SUPERVISOR!r}, run_name="__main__")
"""


def command(mode: str, packages: str = "") -> list[str]:
    """What a container runs; `packages` is a folder of its image with more to import."""
    more = ["--packages", packages] if packages else []
    return ["/usr/bin/python3", "-I", "-B", "-c", BOOTSTRAP, "--mode", mode, *more]


@functools.cache
def parcel() -> bytes:
    """The harness's files as the bootstrap wants them: the same bytes for the same files."""
    folder = Path(__file__).parent / "harness"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in [("sandbox/__init__.py", b""), *harness_files(folder)]:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o444
            archive.addfile(entry, io.BytesIO(data))
    body = out.getvalue()
    return struct.pack(">I", len(body)) + body


def harness_files(folder: Path) -> list[tuple[str, bytes]]:
    """Every module of the harness with its path inside the sandbox, in order."""
    return [(f"sandbox/harness/{path.name}", path.read_bytes()) for path in sorted(folder.glob("*.py"))]

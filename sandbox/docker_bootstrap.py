"""How the harness gets into a container: over stdin, so that a remote daemon serves as well."""

from __future__ import annotations

import functools
import json
import struct
from pathlib import Path

ROOT = "/opt/coder-tui"
DEVICES = ("/dev/fuse", "/dev/net/tun")
SUPERVISOR = f"{ROOT}/sandbox/harness/supervisor.py"

# Runs before anything of ours is there: takes away the devices that gVisor makes for everybody, reads
# one length-prefixed archive and no byte more, unpacks it into a tmpfs that only root can write, and
# becomes the supervisor. It loads little: every child's memory begins with what is loaded here.
BOOTSTRAP = f"""
import json, os, runpy, struct, sys
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
for path, text in json.loads(take(*struct.unpack(">I", take(4)))).items():
    os.makedirs(os.path.dirname(os.path.join({ROOT!r}, path)), exist_ok=True)
    with open(os.path.join({ROOT!r}, path), "w", encoding="utf-8") as file:
        file.write(text)
sys.argv[0] = {SUPERVISOR!r}
del device, file, json, os, path, struct, take, text
runpy.run_path({SUPERVISOR!r}, run_name="__main__")
"""


def command(mode: str, packages: str = "") -> list[str]:
    """What a container runs; `packages` is a folder of its image with more to import.

    Not `-I`: that would leave out the container's own environment, which says how memory is laid out.
    """
    more = ["--packages", packages] if packages else []
    return ["/usr/bin/python3", "-s", "-P", "-B", "-c", BOOTSTRAP, "--mode", mode, *more]


@functools.cache
def parcel() -> bytes:
    """The harness's files as the bootstrap wants them: the same bytes for the same files."""
    files = [("sandbox/__init__.py", b""), *harness_files(Path(__file__).parent / "harness")]
    body = json.dumps({path: data.decode() for path, data in files}).encode()
    return struct.pack(">I", len(body)) + body


def harness_files(folder: Path) -> list[tuple[str, bytes]]:
    """Every module of the harness with its path inside the sandbox, in order."""
    return [(f"sandbox/harness/{path.name}", path.read_bytes()) for path in sorted(folder.glob("*.py"))]

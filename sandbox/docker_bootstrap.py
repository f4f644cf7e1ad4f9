"""How the harness gets into a container: over stdin, so that a remote daemon serves as well."""

from __future__ import annotations

import functools
from pathlib import Path

ROOT = "/opt/coder-tui"
DEVICES = ("/dev/fuse", "/dev/net/tun")
_LENGTH = 4  # bytes, big-endian, before the number of files and each name and content
SUPERVISOR = f"{ROOT}/sandbox/harness/supervisor.py"

# Runs before anything of ours is there: takes away the devices that gVisor makes for everybody, reads
# its files and no byte more, puts them into a tmpfs that only root can write, and
# becomes the supervisor. It loads little: every child's memory begins with what is loaded here.
BOOTSTRAP = f"""
import os, sys
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
def part():
    return take(int.from_bytes(take({_LENGTH}), "big"))
for _ in range(int.from_bytes(take({_LENGTH}), "big")):
    path = os.path.join({ROOT!r}, part().decode())
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(part())
child = os.fork()
if child == 0:  # compiled where nobody inherits what the compiler leaves in memory
    import compileall
    compileall.compile_dir({ROOT!r}, quiet=2)
    os._exit(0)
os.waitpid(child, 0)
with open({SUPERVISOR!r}, encoding="utf-8") as file:
    code = compile(file.read(), {SUPERVISOR!r}, "exec")
sys.argv[0] = __file__ = {SUPERVISOR!r}
del child, device, file, os, part, path, take, _
exec(code)
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
    parts = [len(files).to_bytes(_LENGTH, "big")]
    for path, data in files:
        for part in (path.encode(), data):
            parts += [len(part).to_bytes(_LENGTH, "big"), part]
    return b"".join(parts)


def harness_files(folder: Path) -> list[tuple[str, bytes]]:
    """Every module of the harness with its path inside the sandbox, in order."""
    return [(f"sandbox/harness/{path.name}", path.read_bytes()) for path in sorted(folder.glob("*.py"))]

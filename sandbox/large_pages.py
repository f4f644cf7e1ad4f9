"""Large pages for shared memory: the machine's setting, which makes gVisor's copies after a fork cheap.

gVisor keeps a sandbox's memory in a memfd, and copies it 2 MB at a time where a process writes after a
fork. In pages of 4 KB that is 512 faults and more; in one large page it is one. gVisor asks for nothing
by `madvise`, so only the setting of the whole machine decides, and most machines come with it off.
"""

from __future__ import annotations

import os
from pathlib import Path

from sandbox.errors import SandboxStartFailed

KNOB = Path("/sys/kernel/mm/transparent_hugepage/shmem_enabled")
PERMANENT = Path("/etc/tmpfiles.d/coder-tui.conf")
WANTED = "within_size"  # as quick as `always`, and no large page for what is smaller than one
OFF = frozenset({"never", "advise"})  # `deny` is somebody's decision; `always` and `force` do as well
UNDO = f"rm {PERMANENT} and write `never` to {KNOB}"


def current(knob: Path = KNOB) -> str:
    """The value in force; "" where the kernel has no such setting."""
    for word in words(knob):
        if word.startswith("["):
            return word.strip("[]")
    return "".join(words(knob)[:1])


def words(knob: Path) -> list[str]:
    """What the kernel offers, with brackets around what is in force."""
    try:
        return knob.read_text().split()
    except OSError:
        return []


def can_be_turned_on(knob: Path = KNOB) -> bool:
    """Whether large pages are off, and root could have them here; a container's /sys is read-only."""
    if current(knob) not in OFF or WANTED not in words(knob):
        return False
    return not os.statvfs(knob).f_flag & os.ST_RDONLY


def turn(value: str, knob: Path = KNOB) -> bool:
    """Put a value in force; false where that is not allowed or the kernel does not know it."""
    try:
        knob.write_text(value)
    except OSError:
        return False
    return True


def make_permanent(knob: Path = KNOB, file: Path = PERMANENT) -> None:
    """Turn large pages on now and at every start of the machine, as Debian does such things.

    Raises SandboxStartFailed where the file or the setting cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"# Written by `coder-tui setup`: gVisor forks faster. To undo: {UNDO}\n"
            f"w {knob} - - - - {WANTED}\n"
        )
    except OSError as error:
        raise SandboxStartFailed(f"{file} cannot be written: {error.strerror}") from error
    if not turn(WANTED, knob):
        file.unlink(missing_ok=True)
        raise SandboxStartFailed(f"{knob} cannot be written here", "large pages are a gain and no need")

"""Who started a container, written on it, so that what a dead process left behind can be told apart."""

from __future__ import annotations

import functools
import os
from pathlib import Path

LABEL = "coder-tui.owner"


@functools.cache
def own_label() -> str:
    """This process as `pid:boot id:start time:pid namespace`; never the same for two processes."""
    return f"{os.getpid()}:{boot_id()}:{start_time(os.getpid())}:{pid_namespace()}"


def is_dead(label: str) -> bool:
    """Whether the label's process is known to be gone; one of another machine or namespace never is."""
    try:
        pid, boot, started, namespace = label.split(":")
        number = int(pid)
    except ValueError:
        return False
    if boot != boot_id() or namespace != pid_namespace():
        return False
    return start_time(number) != started


@functools.cache
def boot_id() -> str:
    """The kernel's name for this boot of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@functools.cache
def pid_namespace() -> str:
    """The number of this process's pid namespace: the same pid elsewhere is another process."""
    return Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")


def start_time(pid: int) -> str:
    """When a process started, in clock ticks since boot; "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name in brackets may hold spaces and brackets of its own; the state is what follows it.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]

"""Which of gVisor's platforms answers on this machine, and which is the quickest, by trying each."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sandbox.interpreter import binary
from sandbox.runsc import SYSTRAP_SINCE, default_platform, release

KVM_SECONDS = 5.0  # it does not fail on many virtual machines: it hangs
SECONDS = 20.0  # the others answer in one or two, on a busy machine later
KVM = Path("/dev/kvm")
FORKS = 10
# What a sandbox does all day: fork, touch a few pages, exit, be waited for.
WORK = f"""
import os, time
began = time.monotonic()
for _ in range({FORKS}):
    pid = os.fork()
    if not pid:
        bytearray(1 << 20)
        os._exit(0)
    os.waitpid(pid, 0)
print(time.monotonic() - began)
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """A platform as it did; `fork_ms` is 0 where it did not answer in time."""

    platform: str
    fork_ms: float

    @property
    def words(self) -> str:
        """For people."""
        return (
            f"{self.platform} {self.fork_ms:.0f} ms a fork" if self.fork_ms else f"{self.platform}: no answer"
        )


def candidates(path: str) -> list[str]:
    """The platforms that this release has and this machine may have."""
    systrap = ["systrap"] if release(path) >= SYSTRAP_SINCE else []
    return [*systrap, "ptrace", *(["kvm"] if KVM.exists() else [])]


def try_platforms(path: str) -> list[Tried]:
    """Every candidate, the quickest first; empty for those who are not root. Blocking, some seconds.

    Where there is a choice each is measured twice, and the better figure counts.
    """
    if os.geteuid() != 0:
        return []
    names = candidates(path)
    with ThreadPoolExecutor(1) as aside:  # kvm waits beside the others: hanging takes no processor
        kvm = aside.submit(try_one, path, "kvm") if "kvm" in names else None
        others = [name for name in names if name != "kvm"]
        found = [try_one(path, name) for name in others]
        if len(others) > 1:
            found = [better(tried, try_one(path, tried.platform)) for tried in found]
        if kvm:
            found.append(kvm.result())
    return sorted(found, key=lambda tried: tried.fork_ms or float("inf"))


def choose_platform(path: str) -> str:
    """The quickest that answers; what suits the release where none could be tried."""
    found = try_platforms(path)
    return found[0].platform if found and found[0].fork_ms else default_platform(path)


def better(one: Tried, other: Tried) -> Tried:
    """The quicker of two tries."""
    return min(one, other, key=lambda tried: tried.fork_ms or float("inf"))


def try_one(path: str, platform: str) -> Tried:
    """One platform, in a sandbox of its own that is gone afterwards. Blocking, some seconds at most."""
    with tempfile.TemporaryDirectory(prefix="coder-tui-runsc-", ignore_cleanup_errors=True) as root:
        process = subprocess.Popen(
            [
                *(path, f"--root={root}", f"--platform={platform}", "--network=none", "--ignore-cgroups"),
                *("do", str(binary()), "-I", "-S", "-c", WORK),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=KVM_SECONDS if platform == "kvm" else SECONDS)
            return Tried(platform, 1000 * float(said) / FORKS)
        except (subprocess.TimeoutExpired, ValueError):
            return Tried(platform, 0.0)
        finally:
            end(process, root)


def end(process: subprocess.Popen[str], root: str) -> None:
    """Kill what is left of a try: runsc's sandbox is in a session of its own, and named by its root."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if f"--root={root}".encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(entry.name), signal.SIGKILL)

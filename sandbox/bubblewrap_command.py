"""bwrap's command line, and what its refusals mean."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox import interpreter, userns
from sandbox.errors import IsolationUnavailable, SandboxStartFailed

_NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
_LAYER = f"{interpreter.ROOT}/requirements"
_ONE_UID = ("--unshare-user", "--uid", "0", "--gid", "0")
_REFUSED = re.compile(
    r"bwrap: (No permissions|Creating new namespace|[Ss]etting up uid map|Can't mount proc|loopback)"
    r"|unshare: |the uid map was refused"
)
_SYSCTLS = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("user/max_user_namespaces", "0", "10000"),
)


def command(bwrap: str, as_root: bool, layer: Path | None = None) -> list[str]:
    """The whole command: what is seen, what is not, and the supervisor. Raises SandboxStartFailed.

    Inside, the supervisor is root over this namespace alone. Started by root, a script maps it a range
    of uids first; started by another user there is one uid, and children get user namespaces. `layer`
    is a folder with what the code under test needs; the way to it need not be open to anyone.
    """
    python = str(interpreter.binary())
    if as_root:
        _readable_by_all()
        front = [python, "-I", "-S", "-B", str(Path(userns.__file__).resolve()), bwrap]
    else:
        front = [bwrap, *_ONE_UID]
    return [
        *front,
        *_NAMESPACES,
        *("--die-with-parent", "--new-session", "--cap-add", "ALL", "--hostname", "sandbox"),
        *("--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"),
        *("--setenv", "LOGNAME", "candidate", "--setenv", "USER", "candidate"),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),
        *interpreter.binds(),
        *(("--ro-bind", str(layer), _LAYER) if layer else ()),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *(python, "-I", "-S", "-B", f"{interpreter.ROOT}/sandbox/harness/supervisor.py"),
        *("--mode", "namespaces", "--packages", f"{interpreter.ROOT}/packages"),
        *(("--packages", _LAYER) if layer else ()),
    ]


def forbidden(words: str) -> IsolationUnavailable | None:
    """The error behind bwrap's last words, if this machine forbids user namespaces."""
    if not _REFUSED.search(words):
        return None
    for name, bad, good in _SYSCTLS:
        path = Path("/proc/sys", name)
        if path.is_file() and path.read_text().strip() == bad:
            remedy = f"sudo sysctl -w {name.replace('/', '.')}={good}"
            return IsolationUnavailable("this machine forbids user namespaces to bubblewrap", remedy)
    why = f"bubblewrap was refused its namespaces: {words[-200:]}"
    return IsolationUnavailable(why, "inside a container, start that one with --privileged, or use Docker")


def _readable_by_all() -> None:
    """Children run as strangers: what root alone may read, they could not import."""
    for path in interpreter.needed():
        if not path.stat().st_mode & 0o004:
            why = f"{path} is readable by root alone, and sandboxed Python does not run as root"
            raise SandboxStartFailed(why, f"chmod -R go+rX {path.parent}")

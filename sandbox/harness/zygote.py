"""The preloaded process that children are forked from; it never sees a byte of a test or candidate."""

from __future__ import annotations

import errno
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from types import ModuleType

from sandbox.harness import children, confine, orders, places, syscalls
from sandbox.harness.means import Means

MAX_MESSAGE = 64 * 1024
_INT = 4
_ROOM = socket.CMSG_SPACE(8 * _INT)  # for descriptors


class Zygote:
    """Forks children on command and tells when they are gone."""

    def __init__(self, control: socket.socket, means: Means, roles: Sequence[str]) -> None:
        self._control = control.fileno()
        # bound once: looking them up writes to the counts of what is kept apart (`library.py`)
        self._hear, self._tell = control.recvmsg, control.send
        self._names = roles
        self._means = means
        self._roles: dict[str, ModuleType] = {}
        self._mapped = self._top = 0
        self._children: dict[int, tuple[int, int]] = {}  # pid: (child's number, uid)
        self._leaves_pids = means.namespaces
        self._own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC) if means.namespaces else -1

    def run(self) -> None:
        """Serve until the supervisor closes the control socket."""
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if not self._means.namespaces:  # orphans come to us; a pid namespace ends its own
            syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
        if self._means.uids:  # a user namespace of its own gives a child all of them back
            syscalls.drop_bounding_set()
        self._roles = children.load_roles(self._names)
        confine.prepare()
        sys._clear_type_cache()  # or a new entry would touch the name in an old one, wherever that lies
        gc.collect()
        gc.freeze()  # children then copy fewer pages
        self._mapped = confine.address_space()  # a child in fresh namespaces may not see its own
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        events = select.poll()
        events.register(self._control, select.POLLIN)
        events.register(reader, select.POLLIN)
        self._top = self._topmost(reader, writer)
        self._say({"ready": True})
        while True:
            for descriptor, _ in events.poll():
                if descriptor == self._control:
                    if not self._obey():
                        return
                else:
                    os.read(reader, 4096)
                    self._reap()

    def _obey(self) -> bool:
        data, extra, _, _ = self._hear(MAX_MESSAGE, _ROOM)
        if not data:
            return False
        order = orders.read(data)
        if order["op"] == "spawn":
            passed = b"".join(part for _, _, part in extra)
            descriptors = [
                int.from_bytes(passed[at : at + _INT], sys.byteorder) for at in range(0, len(passed), _INT)
            ]
            self._spawn(order["child"], order["role"], order["uid"], order["limits"], descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        else:
            for pid, (number, _) in self._children.items():
                if number == order["child"]:
                    os.kill(pid, confine.KILL)
        return True

    def _spawn(
        self, number: int, name: str, uid: int, limits: dict[str, float], descriptors: list[int]
    ) -> None:
        try:
            if self._means.namespaces:
                syscalls.unshare(syscalls.CLONE_NEWPID)
            pid = syscalls.fork()
        except OSError as error:
            self._say({"exited": number, "status": -1, "why": str(error)})
            return
        if pid == 0:
            children.play(
                self._roles[name], name, self._means, uid, limits, self._mapped, descriptors, self._top
            )
        if self._leaves_pids:
            self._leave_new_pids()
        self._children[pid] = (number, uid)
        self._say({"started": number, "pid": pid})

    def _topmost(self, *known: int) -> int:
        """The highest descriptor of this process. Raises RuntimeError if there is one that is not ours."""
        ours = {0, 1, 2, self._control, self._own_pids, *known}
        others = {int(name) for name in os.listdir("/proc/self/fd")} - ours  # noqa: PTH208
        for descriptor in others:  # one is the listing's own, closed by now
            try:
                os.fstat(descriptor)
            except OSError:
                continue
            raise RuntimeError(f"descriptor {descriptor} would be every child's")
        return max(ours)

    def _leave_new_pids(self) -> None:
        """Linux lets a process ask for a new pid namespace again only after going back to its own."""
        try:
            syscalls.setns(self._own_pids, syscalls.CLONE_NEWPID)
        except OSError as error:
            # gVisor neither can nor needs to; how it says so differs from release to release.
            if error.errno not in (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL):
                raise
            self._leaves_pids = False

    def _reap(self) -> None:
        while True:
            pid, status, peak_kb = syscalls.wait_any()
            if pid <= 0:
                return
            if pid not in self._children:
                continue  # an orphan that we adopted
            number, uid = self._children.pop(pid)
            left = places.tidy(self._means, uid)
            self._say({"exited": number, "status": status, "peak_kb": peak_kb, "left": left})

    def _say(self, message: dict[str, object]) -> None:
        self._tell(orders.write(message))

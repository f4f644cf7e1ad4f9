"""A real OpenSSH server on loopback with keys, configuration and port of its own, and a line to it to cut."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
CONFIGURATION = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowUsers {user}
PrintMotd no
PrintLastLog no
ClientAliveInterval 1
ClientAliveCountMax 2
"""


@dataclass
class Line:
    """A relay between client and server that can break, or fall silent without telling either end."""

    listener: socket.socket
    beyond: int
    _silent: threading.Event = field(default_factory=threading.Event)
    _ends: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def silence(self) -> None:
        """As when a laptop is closed or a cable pulled."""
        self._silent.set()

    def mend(self) -> None:
        """New connections get through again; those that fell silent do not."""
        self._silent.clear()

    def break_(self) -> None:
        """As when a router forgets: both ends are told at once, in the middle of whatever they say."""
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def carry(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.beyond))
                self._ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if self._silent.is_set():
                    return  # both stay open
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End it with all its connections."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.break_()


@dataclass
class SshHost:
    """The running server. `process` is the listener; each connection has a process of its own below it."""

    process: subprocess.Popen[bytes]
    folder: Path
    line: Line

    def login(self, command: str) -> str:
        """How a shell here runs a command there, on a terminal."""
        options = (
            *("-F", "/dev/null", "-tt", "-q", "-p", str(self.line.port), "-i", f"{self.folder}/user"),
            *("-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes"),
            *("-o", f"UserKnownHostsFile={self.folder}/known", "-o", "ServerAliveInterval=1"),
            *("-o", "ServerAliveCountMax=2"),
        )
        return f"ssh {' '.join(options)} {getpass.getuser()}@127.0.0.1 '{command}'"


def missing() -> str:
    """Why there can be no server; "" when there can."""
    for tool, found in (
        ("sshd", SSHD),
        ("ssh", shutil.which("ssh")),
        ("ssh-keygen", shutil.which("ssh-keygen")),
    ):
        if not found:
            return f"{tool} is not installed"
    return ""


@contextmanager
def ssh_host(folder: Path) -> Iterator[SshHost]:
    """Have the server up, and end it with all its connections."""
    assert SSHD is not None
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # it wants an empty one to confine itself in
    with ExitStack() as stack:
        port = _free_port()
        (folder / "config").write_text(
            CONFIGURATION.format(port=port, folder=folder, user=getpass.getuser()), encoding="utf-8"
        )
        server = [SSHD, "-D", "-e", "-f", str(folder / "config")]
        process = subprocess.Popen(
            server, stdin=subprocess.DEVNULL, stderr=(folder / "log").open("wb"), start_new_session=True
        )
        stack.callback(_end, process)
        _wait_for(port, process, folder / "log")
        line = Line(stack.enter_context(socket.create_server(("127.0.0.1", 0))), port)
        stack.callback(line.close)
        threading.Thread(target=line.carry, daemon=True).start()
        key = (folder / "host.pub").read_text(encoding="utf-8").split()
        (folder / "known").write_text(f"[127.0.0.1]:{line.port} {key[0]} {key[1]}\n", encoding="utf-8")
        yield SshHost(process, folder, line)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(10)

"""Where a cluster is and how it is reached: encrypted, or on this machine, or as the user insists."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.errors import UsageError

PORT = 8786  # dask's own default for schedulers


@dataclass(frozen=True, slots=True)
class Cluster:
    """A scheduler's address with its protocol, and the files of TLS ("": as dask is configured)."""

    address: str
    ca: str = ""
    cert: str = ""
    key: str = ""

    @property
    def encrypted(self) -> bool:
        """Whether peers are who they say, and nobody between them reads or writes."""
        return self.address.startswith("tls://")

    @property
    def host(self) -> str:
        """The host of the address, without its port."""
        return urlsplit(self.address).hostname or ""


def cluster_at(
    text: str, *, ca: str = "", cert: str = "", key: str = "", unencrypted: bool = False
) -> Cluster:
    """The cluster that the user names. Raises UsageError for an address that others could listen to.

    Without a protocol it is tls, unless the address is loopback and no file of TLS is named.
    """
    named = [path for path in (ca, cert, key) if path]
    scheme, separator, rest = text.rpartition("://")
    host, port = _host_and_port(rest, text)
    if not separator:
        scheme = "tcp" if unencrypted or (is_loopback(host) and not named) else "tls"
    if scheme not in ("tcp", "tls"):
        raise UsageError(f"{text} is no address of a cluster", f"as in tls://HOST:{PORT}")
    address = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    if scheme == "tls":
        if unencrypted:
            raise UsageError(f"{address} and --no-tls say two things", "leave one of them out")
        for path in named:
            _check_readable(path)
    elif named:
        raise UsageError(f"{address} is not encrypted, and files of TLS are named", f"write tls://{host}")
    elif not unencrypted and not is_loopback(host):
        raise UsageError(
            f"{address} is not encrypted, and whoever can reach or read it can run code on all its machines",
            "take tls://, or an SSH tunnel to 127.0.0.1 (docs/cluster.md); --no-tls if you trust the network",
        )
    return Cluster(address, ca, cert, key)


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant; names other than localhost are not looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host_and_port(rest: str, text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname or "", parts.port or PORT
    except ValueError:
        host, port = "", 0
    if not host or parts.path or parts.username or parts.query:
        raise UsageError(f"{text!r} is no address of a cluster", f"as in tls://HOST:{PORT}")
    return host, port


def _check_readable(path: str) -> None:
    try:
        with Path(path).open("rb"):
            pass
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", "check the path") from None

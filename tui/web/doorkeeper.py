"""Who may come in: the link's token, and the names under which a browser may know this server."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

WRONG_HOST = "this server does not answer to that name"
WRONG_TOKEN = "open the link that `coder-tui web` has printed"
WRONG_ORIGIN = "another page asks, and only our own may"


def new_token() -> str:
    """A secret for one start of the server: 256 bits that fit into a link."""
    return secrets.token_urlsafe(32)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to this name or address."""
    if host.lower().rstrip(".") == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Judges each request before anything is done for it.

    The host name stands against DNS rebinding: a page elsewhere whose name is made to point at this
    machine still says its own name. Addresses cannot be rebound, so any is taken once `exposed`.
    """

    token: str = field(repr=False)
    names: frozenset[str] = frozenset({"localhost"})
    exposed: bool = False

    @classmethod
    def of(cls, names: Iterable[str] = (), *, exposed: bool = False) -> Doorkeeper:
        """One with a fresh token, which answers to these names and to localhost."""
        return cls(new_token(), frozenset({"localhost", *(_plain(name) for name in names)}), exposed)

    def refusal(self, *, token: str, host: str, origin: str | None, by_script: bool) -> str:
        """Why a request is refused, "" when it is not; `by_script` ones have to say where they are from."""
        if not self._knows(host):
            return WRONG_HOST
        if not hmac.compare_digest(self.token.encode(), token.encode("utf-8", "replace")):
            return WRONG_TOKEN
        if (origin is None and by_script) or (origin is not None and not _same_place(origin, host)):
            return WRONG_ORIGIN
        return ""

    def _knows(self, host: str) -> bool:
        name = _plain(_without_port(host))
        address = _address(name)
        if address is not None:
            return self.exposed or address.is_loopback
        return name in self.names


def _same_place(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None

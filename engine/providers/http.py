"""The one HTTP client of every model provider: bounded, no redirects, faults in our own words."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from engine.errors import ProviderRefused, ProviderTimeout, ProviderUnreachable
from engine.providers.scrub import scrub

MAX_ANSWER = 16 * 1024 * 1024
MAX_ERROR = 256 * 1024


class Patience(Protocol):
    """How long to wait, in seconds: the sections of the configuration have these."""

    @property
    def connect_seconds(self) -> float: ...
    @property
    def first_token_seconds(self) -> float: ...
    @property
    def between_tokens_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Server:
    """Who is spoken to: a name for messages, its address, and the remedy when it does not answer."""

    name: str
    url: str
    remedy: str

    @property
    def host(self) -> str:
        """The host's name, without port or user."""
        return urlsplit(self.url).hostname or self.url

    @property
    def local(self) -> bool:
        """Whether what is sent there stays on this machine."""
        if self.host.lower() in ("localhost", "localhost."):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def near(self) -> bool:
        """Whether it is on this machine or in its private network: a server of the user's own."""
        try:
            return self.local or ipaddress.ip_address(self.host).is_private
        except ValueError:
            return self.host.lower().endswith((".local", ".lan", ".internal")) or "." not in self.host

    @property
    def endpoint(self) -> str:
        """Where the prompt goes, for the status bar."""
        return "this machine" if self.local else self.host

    def __str__(self) -> str:
        return f"{self.name} at {self.place}"

    @property
    def place(self) -> str:
        """Host and port."""
        parts = urlsplit(self.url)
        return f"{self.host}:{parts.port}" if parts.port else self.host


def client_options(
    server: Server, patience: Patience, saw: Callable[[httpx.Headers], None] | None = None
) -> Mapping[str, object]:
    """Options for `httpx.AsyncClient`, also through a package that passes them on.

    Nothing is read from proxies or `.netrc` for this machine; the answer is neither compressed (a small
    one could unpack to anything) nor longer than a limit. `saw` is shown the headers of every answer.
    """
    for name in ("httpx", "httpcore", "groq"):  # at debug level these write headers, keys among them
        logging.getLogger(name).setLevel(logging.WARNING)
    # a little more than the limits between tokens, which tell better what took too long
    longest = max(patience.first_token_seconds, patience.between_tokens_seconds)

    async def inspect(response: httpx.Response) -> None:
        _inspect(response, server)
        if saw is not None:
            saw(response.headers)

    return {
        "timeout": httpx.Timeout(longest + 5, connect=patience.connect_seconds),
        "follow_redirects": False,
        "trust_env": not server.local,
        "event_hooks": {"response": [inspect]},
    }


def _inspect(response: httpx.Response, server: Server) -> None:
    """Refuse what cannot be an answer before its body is read, and bound the body."""
    if response.is_redirect or 300 <= response.status_code < 400:
        raise ProviderRefused(
            f"{server} redirects elsewhere, which is not followed",
            "name the final address in the configuration",
        )
    if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise ProviderRefused(f"{server} sends a compressed answer that was not asked for", server.remedy)
    failed = response.status_code >= 400
    if not failed and "text/html" in response.headers.get("content-type", "").lower():
        raise ProviderRefused(
            f"{server} answers with a web page", "check the address: another program is there"
        )
    limit = MAX_ERROR if failed else MAX_ANSWER
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _Bounded(response.stream, limit, f"{server} (status {response.status_code})")


class _Bounded(httpx.AsyncByteStream):
    """A body that ends in ProviderRefused beyond its limit."""

    def __init__(self, inner: httpx.AsyncByteStream, limit: int, who: str) -> None:
        self._inner = inner
        self._limit = limit
        self._who = who

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._limit
        async for piece in self._inner:
            left -= len(piece)
            if left < 0:
                said = f"{self._who} sends more than {self._limit // 1024:,} KB"
                raise ProviderRefused(said, "check the address and the server's log")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


@contextmanager
def translated(server: Server, patience: Patience) -> Iterator[None]:
    """Turn httpx's exceptions into ours."""
    try:
        yield
    except httpx.ConnectTimeout:
        seconds = patience.connect_seconds
        raise ProviderTimeout(
            f"connecting to {server} took longer than {seconds:g} s", server.remedy
        ) from None
    except httpx.ConnectError as error:
        said = scrub(str(error))
        why = "" if said in ("", "All connection attempts failed") else f": {said}"
        raise ProviderUnreachable(f"no answer from {server}{why}", server.remedy) from None
    except httpx.TimeoutException:
        raise ProviderTimeout(f"{server} stopped answering", server.remedy) from None
    except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
        said = scrub(str(error)).rstrip(".") or type(error).__name__
        raise ProviderUnreachable(
            f"{server} broke off: {said}", "see the server's log, then try again"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise ProviderRefused(f"{server} cannot be used: {scrub(str(error))}", server.remedy) from None

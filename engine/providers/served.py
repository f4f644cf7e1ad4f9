"""What every provider behind an HTTP server shares: who is asked, how patiently, one client for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from typing import Generic, TypeVar

from engine.providers.base import Chunk, Request
from engine.providers.breaker import Breaker
from engine.providers.http import Patience, Server
from engine.providers.patience import paced, persistent
from engine.providers.thoughts import thoughts_apart

Client = TypeVar("Client")
UNCOMPRESSED = {"Accept-Encoding": "identity"}  # a small compressed answer could unpack to anything


class Served(ABC, Generic[Client]):
    """A model behind a server. The client is opened when it is first needed and closed once."""

    uses_prompt = True

    def __init__(self, server: Server, patience: Patience, model: str) -> None:
        self.model = model
        self.local = server.local
        self.endpoint = server.endpoint
        self._server = server
        self._patience = patience
        self._breaker = Breaker(str(server))
        self._client: Client | None = None

    def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Stream one completion; asked again where waiting may help. Raises ProviderError."""
        return persistent(
            lambda: paced(thoughts_apart(self._ask(request)), self._server, self._patience), self._breaker
        )

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        client, self._client = self._client, None
        if client is not None:
            await self._hang_up(client)

    def _open(self) -> Client:
        if self._client is None:
            self._client = self._connect()
        return self._client

    @abstractmethod
    def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """One request and its answer, faults in our words."""

    @abstractmethod
    def _connect(self) -> Client:
        """A new client; makes no network call."""

    @abstractmethod
    async def _hang_up(self, client: Client) -> None:
        """Close it."""

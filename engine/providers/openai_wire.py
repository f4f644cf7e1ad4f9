"""Requests to an OpenAI-compatible server: the key sent as late as may be, faults in our words."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import httpx
import httpx_sse

from engine.config_model import OpenAISettings
from engine.errors import KeyMissing, ProviderError, ProviderRefused
from engine.providers.base import Request
from engine.providers.http import Server, translated
from engine.providers.openai_body import body, refused_field
from engine.providers.openai_errors import Asked, refusal
from engine.providers.openai_stream import OVER, error_text
from engine.providers.patience import answered
from engine.providers.scrub import hide, scrub


class OpenAIWire:
    """Asks one server, by a client that `client` opens when it is first needed."""

    def __init__(
        self, server: Server, settings: OpenAISettings, client: Callable[[], httpx.AsyncClient]
    ) -> None:
        self._server = server
        self._settings = settings
        self._client = client
        self._key = os.environ.get(settings.key_env, "").strip()
        hide(self._key)
        # A key goes at once only to a server that proves who it is; to any other when it asks for one.
        self._send_key = settings.base_url.startswith("https://")
        self._refused: set[str] = set()

    async def events(self, model: str, request: Request) -> AsyncGenerator[object, None]:
        """The answer's events; asked again without a field that the server refuses, or with the key."""
        while True:
            try:
                with translated(self._server, self._settings):
                    async with aclosing(self._stream(model, request)) as events:
                        async for data in events:
                            yield data
                return
            except KeyMissing:
                if self._send_key or not self._key:
                    raise
                self._send_key = True
            except _FieldRefused as error:
                self._refused.add(error.field)

    async def _stream(self, model: str, request: Request) -> AsyncGenerator[object, None]:
        sent, asked = body(model, request, self._refused), self._asked(model)
        async with httpx_sse.aconnect_sse(
            self._client(), "POST", self._chat, json=sent, headers=self._headers()
        ) as source:
            if source.response.status_code >= 400:
                await source.response.aread()
                self._look_for_a_field(source.response)
                raise _refused(asked, source.response)
            try:
                async with aclosing(source.aiter_sse()) as events:
                    async for event in events:
                        if event.data.startswith("[DONE]"):
                            yield OVER
                            return
                        data = parsed(event.data)
                        if isinstance(data, dict) and data.get("error"):
                            raise refusal(asked, 0, {}, data)
                        yield data
            except httpx_sse.SSEError:
                kind = source.response.headers.get("content-type", "") or "no content type"
                raise ProviderRefused(
                    f"{self._server} does not stream: it sends {scrub(kind[:80])}", self._server.remedy
                ) from None

    def _look_for_a_field(self, response: httpx.Response) -> None:
        if response.status_code in (400, 422):
            field = refused_field(error_text(parsed(response.content)), self._refused)
            if field:
                raise _FieldRefused(field)

    async def explain(self, model: str, request: Request) -> None:
        """Raise what the server says in one piece, where its stream ended without a word.

        Some send 200 before they look at the prompt, and can then only break off.
        """
        short = {**body(model, request, {*self._refused, "stream_options"}), "stream": False, "max_tokens": 1}
        for _ in range(2):  # the connection that broke off may take another one with it
            try:
                with translated(self._server, self._settings):
                    async with answered(self._server):
                        response = await self._client().post(self._chat, json=short, headers=self._headers())
            except ProviderError:
                continue
            if response.status_code >= 400:
                raise _refused(self._asked(model), response)
            return

    async def get(self, path: str) -> object:
        """The JSON at a path under the base address; raises ProviderError."""
        response = await self._get(f"{self._server.url}/{path}")
        if response.status_code >= 400:
            raise _refused(self._asked(""), response)
        return parsed(response.content)

    async def glance(self, url: str) -> object:
        """The JSON at an address that need not be there, None where it is not."""
        try:
            response = await self._get(url)
        except ProviderError:
            return None
        return parsed(response.content) if response.status_code == 200 else None

    async def _get(self, url: str) -> httpx.Response:
        with translated(self._server, self._settings):
            async with answered(self._server):
                response = await self._client().get(url, headers=self._headers())
                if response.status_code == 401 and self._key and not self._send_key:
                    self._send_key = True
                    response = await self._client().get(url, headers=self._headers())
                return response

    def _asked(self, model: str) -> Asked:
        return Asked(self._server, model or "its model", self._settings.key_env, self._key)

    @property
    def _chat(self) -> str:
        return f"{self._server.url}/chat/completions"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key and self._send_key else {}


class _FieldRefused(Exception):
    """The server does not take a field that can be left out or named otherwise."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _refused(asked: Asked, response: httpx.Response) -> ProviderError:
    return refusal(asked, response.status_code, response.headers, parsed(response.content))


def parsed(text: str | bytes) -> object:
    """The parsed value, or the text itself where it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text if isinstance(text, str) else text.decode("utf-8", "replace")

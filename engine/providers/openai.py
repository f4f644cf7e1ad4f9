"""Any server that speaks OpenAI's chat protocol: LM Studio, llama.cpp, vLLM, a hosted one."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx
import httpx_sse

from engine.config_model import OpenAISettings
from engine.errors import KeyMissing, ModelMissing, PromptTruncated, ProviderRefused
from engine.model import Prompt
from engine.providers.base import Chunk, Done, Request
from engine.providers.breaker import Breaker
from engine.providers.http import Server, client_options, translated
from engine.providers.messages import messages
from engine.providers.openai_errors import Asked, refusal
from engine.providers.openai_stream import chunks, seeded
from engine.providers.patience import answered, paced, persistent
from engine.providers.scrub import hide, scrub
from engine.providers.window import check_seen, least_tokens


class OpenAIProvider:
    """A model behind an OpenAI-compatible address; without a name the only model that is served there."""

    name = "openai"
    uses_prompt = True

    def __init__(self, settings: OpenAISettings, model: str = "") -> None:
        self._settings = settings
        self.model = model or settings.model
        remedy = "start the server, or set provider.openai.base_url"
        self._server = Server("the server", settings.base_url.rstrip("/"), remedy)
        self._key = os.environ.get(settings.key_env, "").strip()
        hide(self._key)
        # A key goes at once only to a server that proves who it is; to any other when it asks for one.
        self._send_key = settings.base_url.startswith("https://")
        self.local = self._server.local
        self._breaker = Breaker(str(self._server))
        self.endpoint = self._server.endpoint
        self._client: httpx.AsyncClient | None = None

    @property
    def _asked(self) -> Asked:
        return Asked(self._server, self.model or "its model", self._settings.key_env, self._key)

    def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Stream one completion; tried again where the server is not reached. Raises ProviderError."""
        return persistent(lambda: paced(self._ask(request), self._server, self._settings), self._breaker)

    async def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self._check_fits(request.prompt)
        if not self.model:
            self.model = await self._only_model()
        async with (
            aclosing(self._events(request)) as events,
            aclosing(chunks(events, self._server)) as pieces,
        ):
            async for chunk in pieces:
                if isinstance(chunk, Done):
                    remedy = "load the model with a larger context, or split the file"
                    check_seen(request.prompt, chunk.usage.prompt_tokens, 0, f"{self.model}", remedy)
                yield chunk

    def _check_fits(self, prompt: Prompt) -> None:
        window, least = self._settings.context_tokens, least_tokens(prompt)
        if window and least >= window:
            raise PromptTruncated(
                f"the prompt has at least {least:,} tokens, provider.openai.context_tokens is {window:,}",
                "raise it if the server's window is larger, or split the file",
            )

    async def _events(self, request: Request) -> AsyncGenerator[object, None]:
        body = {
            "model": self.model,
            "messages": messages(request),
            "temperature": request.sampling.temperature,
            "max_tokens": request.sampling.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **seeded(request.sampling),
        }
        with translated(self._server, self._settings):
            try:
                async for data in self._stream(body):
                    yield data
            except KeyMissing:
                if self._send_key or not self._key:
                    raise
                self._send_key = True
                async for data in self._stream(body):
                    yield data

    async def _stream(self, body: dict[str, object]) -> AsyncGenerator[object, None]:
        url = f"{self._server.url}/chat/completions"
        async with httpx_sse.aconnect_sse(
            self._open(), "POST", url, json=body, headers=self._headers()
        ) as source:
            if source.response.status_code >= 400:
                raise refusal(
                    self._asked, source.response.status_code, source.response.headers,
                    _json(await source.response.aread()),
                )  # fmt: skip
            try:
                async with aclosing(source.aiter_sse()) as events:
                    async for event in events:
                        if event.data.startswith("[DONE]"):
                            return
                        data = _json(event.data)
                        if isinstance(data, dict) and data.get("error"):
                            raise refusal(self._asked, 0, {}, data)
                        yield data
            except httpx_sse.SSEError:
                kind = source.response.headers.get("content-type", "") or "no content type"
                raise ProviderRefused(
                    f"{self._server} does not stream: it sends {scrub(kind[:80])}", self._server.remedy
                ) from None

    async def _models(self) -> dict[str, int]:
        """Model ids and their windows where the server says (vLLM: max_model_len, others 0)."""
        with translated(self._server, self._settings):
            async with answered(self._server):
                response = await self._open().get(f"{self._server.url}/models", headers=self._headers())
                if response.status_code == 401 and self._key and not self._send_key:
                    self._send_key = True
                    response = await self._open().get(f"{self._server.url}/models", headers=self._headers())
        body = _json(response.content)
        if response.status_code >= 400:
            raise refusal(self._asked, response.status_code, response.headers, body)
        rows = body.get("data") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
            raise ProviderRefused(
                f"{self._server} does not list its models", "check that base_url ends in /v1"
            )
        windows = {str(row["id"]): row.get("max_model_len") for row in rows}
        return {name: window if isinstance(window, int) else 0 for name, window in windows.items()}

    async def _only_model(self) -> str:
        models = await self._models()
        if len(models) == 1:
            return next(iter(models))
        some = scrub(", ".join(sorted(models)[:5])) or "none"
        raise ModelMissing(
            f"{self._server} serves {len(models)} models", f"name one with --model: it has {some}"
        )

    async def prompt_window(self, max_tokens: int) -> int:
        """Tokens for the prompt beside the answer, by the configuration; 0 where it does not say."""
        window = self._settings.context_tokens
        return max(window - max_tokens - 64, window // 4) if window else 0

    async def check(self) -> str:
        """Whether the server answers and has the model; raises ProviderError."""
        models = await self._models()
        if self.model and self.model not in models:
            some = scrub(", ".join(sorted(models)[:5])) or "none"
            raise ModelMissing(f"{self._server} does not have {self.model}", f"it has {some}")
        name = self.model or await self._only_model()
        window = f", window {models[name]:,} tokens" if models[name] else ""
        return f"{name} on {self._server.place}{window}"

    async def close(self) -> None:
        """Give back connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key and self._send_key else {}

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            options = client_options(self._server, self._settings)
            self._client = httpx.AsyncClient(headers={"Accept-Encoding": "identity"}, **options)  # type: ignore[arg-type]
        return self._client


def _json(text: str | bytes) -> object:
    """The parsed value, or the text itself where it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text if isinstance(text, str) else text.decode("utf-8", "replace")

"""Groq by its own package."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import groq
import httpx

from engine.config_model import GroqSettings
from engine.errors import KeyMissing, ModelMissing, ProviderError, ProviderRefused
from engine.providers.base import Chunk, Done, Request
from engine.providers.breaker import Breaker
from engine.providers.http import Server, client_options, translated
from engine.providers.messages import messages
from engine.providers.openai_errors import Asked, refusal
from engine.providers.openai_stream import chunks
from engine.providers.patience import answered, paced, persistent
from engine.providers.scrub import hide, scrub
from engine.providers.window import check_seen

if TYPE_CHECKING:
    from groq.types.chat import ChatCompletionMessageParam

_SERVICE = "https://api.groq.com"


class GroqProvider:
    """A model served by Groq; the prompt leaves this machine."""

    name = "groq"
    uses_prompt = True

    def __init__(self, settings: GroqSettings, model: str = "") -> None:
        key = os.environ.get(settings.key_env, "").strip()
        if not key:
            raise KeyMissing(
                f"groq needs a key, and {settings.key_env} is not set", f"export {settings.key_env}=…"
            )
        hide(key)
        self._settings = settings
        self.model = model or settings.model
        self._server = Server(
            "Groq", settings.base_url or _SERVICE, "check the network, or provider.groq.base_url"
        )
        self._asked = Asked(self._server, self.model, settings.key_env, key)
        self.local = self._server.local
        self._breaker = Breaker(str(self._server))
        self.endpoint = self._server.endpoint
        self._client: groq.AsyncGroq | None = None

    def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Stream one completion; tried again where the rate is limited or the network fails."""
        return persistent(lambda: paced(self._ask(request), self._server, self._settings), self._breaker)

    async def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        async for chunk in chunks(self._events(request), self._server):
            if isinstance(chunk, Done):
                seen = chunk.usage.prompt_tokens
                check_seen(request.prompt, seen, 0, f"{self.model} at Groq", "split the file")
            yield chunk

    async def _events(self, request: Request) -> AsyncGenerator[object, None]:
        sampling = request.sampling
        with self._faults():
            stream = await self._open().chat.completions.create(
                model=self.model,
                messages=cast("list[ChatCompletionMessageParam]", messages(request)),
                temperature=sampling.temperature,
                max_completion_tokens=sampling.max_tokens,
                stream=True,
                seed=sampling.seed,
            )
            try:
                async for event in stream:
                    yield event.to_dict(warnings=False)
            finally:
                await stream.close()

    async def prompt_window(self, max_tokens: int) -> int:
        """Tokens for the prompt beside the answer, by the service's own list; 0 where it does not say."""
        window = (await self._listed()).get(self.model, 0)
        return max(window - max_tokens - 64, window // 4) if window else 0

    async def check(self) -> str:
        """Whether the key is accepted and the model is there; raises ProviderError."""
        listed = await self._listed()
        if self.model not in listed:
            some = scrub(", ".join(sorted(listed)[:5]))
            raise ModelMissing(f"Groq does not have {self.model}", f"it has {some}")
        window = f", window {listed[self.model]:,} tokens" if listed[self.model] else ""
        return f"{self.model} at {self._server.host}{window}"

    async def _listed(self) -> dict[str, int]:
        """Model ids and their windows (0: not said)."""
        with self._faults():
            async with answered(self._server):
                models = (await self._open().models.list()).to_dict(warnings=False).get("data")
            rows = models if isinstance(models, list) else []
            return {str(row["id"]): int(row.get("context_window") or 0) for row in rows}

    async def close(self) -> None:
        """Give back connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _open(self) -> groq.AsyncGroq:
        if self._client is None:
            options = client_options(self._server, self._settings)
            http = httpx.AsyncClient(headers={"Accept-Encoding": "identity"}, **options)  # type: ignore[arg-type]
            base = self._server.url
            self._client = groq.AsyncGroq(
                api_key=self._asked.key, base_url=base, max_retries=0, http_client=http
            )
        return self._client

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn whatever the package raises, and raw httpx errors within a stream, into our errors."""
        try:
            with translated(self._server, self._settings):
                try:
                    yield
                except groq.APIConnectionError as error:  # the package wraps what its client raises
                    if isinstance(error.__cause__, ProviderError | httpx.HTTPError):
                        raise error.__cause__ from None
                    raise ProviderRefused(f"{self._server} cannot be asked", self._server.remedy) from None
        except groq.APIStatusError as error:
            raise refusal(self._asked, error.status_code, error.response.headers, error.body) from None
        except groq.APIError as error:
            body = error.body if isinstance(error.body, dict) else error.message
            raise refusal(self._asked, 0, {}, body) from None
        except (ValueError, AttributeError, TypeError, KeyError, groq.GroqError):
            raise ProviderRefused(
                f"{self._server} does not speak Groq's protocol", self._server.remedy
            ) from None

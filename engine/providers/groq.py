"""Groq by its own package."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import groq
import httpx

from engine.config_model import GroqSettings
from engine.errors import KeyMissing, ModelMissing, ProviderError, ProviderRefused
from engine.providers.base import Chunk, Done, Request
from engine.providers.http import Server, client_options, translated
from engine.providers.limits import Limit, limits, running_low, told
from engine.providers.messages import messages
from engine.providers.openai_errors import Asked, refusal
from engine.providers.openai_probe import listed
from engine.providers.openai_stream import chunks
from engine.providers.patience import answered
from engine.providers.scrub import hide, scrub
from engine.providers.served import UNCOMPRESSED, Served
from engine.providers.window import check_seen, room

if TYPE_CHECKING:
    from groq.types.chat import ChatCompletionMessageParam

_SERVICE = "https://api.groq.com"
SPANS = {"requests": "a day", "tokens": "a minute"}  # what Groq's headers count in


class GroqProvider(Served[groq.AsyncGroq]):
    """A model served by Groq; the prompt leaves this machine."""

    name = "groq"

    def __init__(self, settings: GroqSettings, model: str = "") -> None:
        key = os.environ.get(settings.key_env, "").strip()
        if not key:
            raise KeyMissing(
                f"groq needs a key, and {settings.key_env} is not set", f"export {settings.key_env}=…"
            )
        hide(key)
        address = settings.base_url or _SERVICE
        server = Server("Groq", address, "check the network, or provider.groq.base_url")
        super().__init__(server, settings, model or settings.model)
        self._settings = settings
        self._asked = Asked(server, self.model, settings.key_env, key, SPANS)
        self._limits: tuple[Limit, ...] = ()

    async def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        async with aclosing(chunks(self._events(request), self._server, self.model)) as pieces:
            async for chunk in pieces:
                if isinstance(chunk, Done):
                    seen = chunk.usage.prompt_tokens
                    check_seen(request.prompt, seen, 0, f"{self.model} at Groq", "split the file")
                    if low := running_low(self._limits):
                        chunk = replace(chunk, note=f"{chunk.note}; Groq: {low}".removeprefix("; "))
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
        return room((await self._listed()).get(self.model, 0), max_tokens)

    async def check(self) -> str:
        """Whether the key is accepted and the model is there, with its limits; raises ProviderError."""
        models = await self._listed()
        if self.model not in models:
            some = scrub(", ".join(sorted(models)[:5]))
            raise ModelMissing(f"Groq does not have {self.model}", f"it has {some}")
        window = f", window {models[self.model]:,} tokens" if models[self.model] else ""
        left = f"; {told(self._limits)}" if self._limits else ""
        return f"{self.model} at {self._server.host}{window}{left}"

    async def _listed(self) -> dict[str, int]:
        """Model ids and their windows (0: not said)."""
        with self._faults():
            async with answered(self._server):
                models = (await self._open().models.list()).to_dict(warnings=False)
            return listed(models) or {}

    def _saw(self, headers: httpx.Headers) -> None:
        self._limits = limits(headers, SPANS) or self._limits

    def _connect(self) -> groq.AsyncGroq:
        options = client_options(self._server, self._settings, self._saw)
        http = httpx.AsyncClient(headers=UNCOMPRESSED, **options)  # type: ignore[arg-type]
        return groq.AsyncGroq(
            api_key=self._asked.key, base_url=self._server.url, max_retries=0, http_client=http
        )

    async def _hang_up(self, client: groq.AsyncGroq) -> None:
        await client.close()

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

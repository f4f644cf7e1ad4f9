"""Any server that speaks OpenAI's chat protocol: LM Studio, llama.cpp, vLLM, a hosted one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx

from engine.config_model import OpenAISettings
from engine.errors import ModelMissing, PromptTruncated, ProviderRefused, ProviderUnreachable
from engine.model import Prompt
from engine.providers.base import Chunk, Done, Request
from engine.providers.http import Server, client_options
from engine.providers.openai_probe import listed, only_one, window_elsewhere
from engine.providers.openai_stream import chunks
from engine.providers.openai_wire import OpenAIWire
from engine.providers.scrub import scrub
from engine.providers.served import UNCOMPRESSED, Served
from engine.providers.window import check_seen, least_tokens, room


class OpenAIProvider(Served[httpx.AsyncClient]):
    """A model behind an OpenAI-compatible address; without a name the only model that is served there."""

    name = "openai"

    def __init__(self, settings: OpenAISettings, model: str = "") -> None:
        remedy = "start the server, or set provider.openai.base_url"
        server = Server("the server", settings.base_url.rstrip("/"), remedy)
        super().__init__(server, settings, model or settings.model)
        self._settings = settings
        self._wire = OpenAIWire(server, settings, self._open)
        self._probed: int | None = None
        self._list: object = None

    async def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        await self._check_fits(request.prompt)
        if not self.model:
            self.model = await self._only_model()
        came = False
        try:
            async with (
                aclosing(self._wire.events(self.model, request)) as events,
                aclosing(chunks(events, self._server, self.model)) as pieces,
            ):
                async for chunk in pieces:
                    came = True
                    if isinstance(chunk, Done):
                        remedy = "load the model with a larger context, or split the file"
                        check_seen(request.prompt, chunk.usage.prompt_tokens, 0, f"{self.model}", remedy)
                    yield chunk
        except ProviderUnreachable:
            if not came and self._server.near:
                await self._wire.explain(self.model, request)
            raise

    async def _check_fits(self, prompt: Prompt) -> None:
        window, least = await self._window(), least_tokens(prompt)
        if window and least >= window:
            chosen = self._settings.context_tokens
            whose = "provider.openai.context_tokens is" if chosen else f"{self._server} has a window of"
            raise PromptTruncated(
                f"the prompt has at least {least:,} tokens, {whose} {window:,}",
                "load the model with a larger window, or split the file",
            )

    async def _models(self) -> dict[str, int]:
        """Model ids and their windows (0: not said)."""
        self._list = await self._wire.get("models")
        models = listed(self._list)
        if models is None:
            raise ProviderRefused(
                f"{self._server} does not list its models", "check that base_url ends in /v1"
            )
        return models

    async def _only_model(self) -> str:
        models = await self._models()
        if len(models) == 1:
            return next(iter(models))
        raise ModelMissing(
            f"{self._server} serves {len(models)} models", f"name one with --model: it has {_some(models)}"
        )

    async def _window(self) -> int:
        """The window: the configuration's, else what the server says, asked once; 0 where neither does."""
        if self._settings.context_tokens:
            return self._settings.context_tokens
        if self._probed is None:
            body = await self._wire.glance(f"{self._server.url}/models")
            models = listed(body) or {}
            model = self.model or next(iter(models), "")
            if model not in models:
                model = only_one(body) or model
            self._probed = models.get(model, 0)
            if not self._probed and self._server.near:
                self._probed = await window_elsewhere(self._wire.glance, self._server.url, model)
        return self._probed

    async def prompt_window(self, max_tokens: int) -> int:
        """Tokens for the prompt beside the answer; 0 where no window is known."""
        return room(await self._window(), max_tokens)

    async def check(self) -> str:
        """Whether the server answers and has the model; raises ProviderError."""
        models, other = await self._models(), ""
        if self.model and self.model not in models and (one := only_one(self._list)):
            other = f", which answers whatever name is asked for, {self.model} too"
            models = {self.model: models[one]}
        if self.model and self.model not in models:
            raise ModelMissing(f"{self._server} does not have {self.model}", f"it has {_some(models)}")
        name = self.model or await self._only_model()
        self._probed = None
        known = await self._window()
        window = f", window {known:,} tokens" if known else ", window not said: set context_tokens"
        return f"{one if other else name} on {self._server.place}{window}{other}"

    def _connect(self) -> httpx.AsyncClient:
        options = client_options(self._server, self._settings)
        return httpx.AsyncClient(headers=UNCOMPRESSED, **options)  # type: ignore[arg-type]

    async def _hang_up(self, client: httpx.AsyncClient) -> None:
        await client.aclose()


def _some(models: dict[str, int]) -> str:
    return scrub(", ".join(sorted(models)[:5])) or "none"

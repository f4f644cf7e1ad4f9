"""Ollama by its own package: a window chosen from the prompt, and proof that the model saw all of it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing
from typing import Any, Literal

import httpx
import ollama

from engine.config_model import OllamaSettings
from engine.errors import ProviderError, ProviderUnreachable
from engine.model import Prompt, Usage
from engine.providers.base import Chunk, Done, Progress, Request, Text, Thinking
from engine.providers.http import Server, client_options
from engine.providers.messages import messages
from engine.providers.ollama_faults import faults
from engine.providers.ollama_pull import pulled
from engine.providers.ollama_window import check_loaded, choose, counts_only_new_tokens, own_limit
from engine.providers.patience import answered
from engine.providers.served import UNCOMPRESSED, Served
from engine.providers.window import check_seen, least_tokens, most_tokens, room

Think = bool | Literal["low", "medium", "high"] | None


class OllamaProvider(Served[ollama.AsyncClient]):
    """A model served by Ollama."""

    name = "ollama"

    def __init__(self, settings: OllamaSettings, model: str = "") -> None:
        remedy = "start it with `ollama serve`, or set provider.ollama.host"
        super().__init__(Server("Ollama", settings.host, remedy), settings, model or settings.model)
        self._settings = settings
        if self.model.endswith(("-cloud", ":cloud")):  # these run at ollama.com, through the local server
            self.local, self.endpoint = False, "ollama.com"
        self._shown: ollama.ShowResponse | None = None
        self._num_ctx = 0

    async def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        began = time.monotonic()
        think = self._think(await self._show())
        num_ctx = await self._choose_window(request)
        options: dict[str, float] = {
            "num_ctx": num_ctx,
            "num_predict": request.sampling.max_tokens,
            "temperature": request.sampling.temperature,
        }
        if request.sampling.seed is not None:
            options["seed"] = request.sampling.seed
        with self._faults():
            stream: AsyncGenerator[Any, None] = await self._open().chat(  # type: ignore[assignment]
                self.model, messages(request), stream=True, think=think,
                options=options, keep_alive=self._settings.keep_alive,
            )  # fmt: skip
        async with aclosing(stream):
            with self._faults():
                async for part in stream:
                    if part.message.thinking:
                        yield Thinking(part.message.thinking)
                    if part.message.content:
                        yield Text(part.message.content)
                    if part.done:
                        yield await self._done(part, request.prompt, num_ctx, began)
                        return
        raise ProviderUnreachable(f"{self._server} ended the answer before it was done", "see Ollama's log")

    def _think(self, shown: ollama.ShowResponse) -> Think:
        """What to say of thinking: nothing to a model that cannot, else as set, "auto" being yes."""
        if "thinking" not in (shown.capabilities or ()):
            return None
        wish = self._settings.think
        return wish if wish in ("low", "medium", "high") else wish != "off"

    async def _done(self, part: ollama.ChatResponse, prompt: Prompt, num_ctx: int, began: float) -> Done:
        """The end of an answer, once it is shown that the model saw all of the prompt."""
        seen = part.prompt_eval_count or 0
        loaded = await self._loaded()
        note = check_loaded(prompt, loaded, num_ctx, f"{self._server} loaded {self.model}")
        if 0 < seen < least_tokens(prompt) and loaded >= most_tokens(prompt) and await self._counts_new():
            note = f"this Ollama counts only tokens that it had not cached: {seen:,}"
        else:
            remedy = f"set provider.ollama.context_tokens above {max(most_tokens(prompt), num_ctx):,}"
            who = f"{self.model} in Ollama"
            check_seen(prompt, seen, num_ctx, who, f"{remedy}, or split the file")
        usage = Usage(seen, part.eval_count or 0, time.monotonic() - began)
        return Done(usage, truncated=part.done_reason == "length", note=note)

    async def _loaded(self) -> int:
        """The window that the model is loaded with, 0 where the server does not say: it is then believed."""
        try:
            with self._faults():
                async with answered(self._server):
                    running = (await self._open().ps()).models
        except ProviderError:
            return 0
        windows = [m.context_length for m in running if self.model in (m.model, m.name) and m.context_length]
        return min(windows, default=0)

    async def _counts_new(self) -> bool:
        """Whether the server's version counts only what it had not cached."""
        options = client_options(self._server, self._settings)
        try:
            with self._faults():
                async with (
                    answered(self._server),
                    httpx.AsyncClient(headers=UNCOMPRESSED, **options) as client,  # type: ignore[arg-type]
                ):
                    said = (await client.get(f"{self._server.url.rstrip('/')}/api/version")).json()
                    return counts_only_new_tokens(str(said["version"]))
        except ProviderError:
            return False

    async def pull(self) -> AsyncGenerator[Progress, None]:
        """Have Ollama fetch the model, telling how far it is. Raises ProviderError; closing it stops."""
        self._shown = None
        steps = pulled(self._open(), self.model, self._server, self._settings)
        async with aclosing(steps):
            async for step in steps:
                yield step

    async def prompt_window(self, max_tokens: int) -> int:
        """Tokens for the prompt beside the answer, by the model's own limit; 0 where it does not say."""
        return room(await self._limit(), max_tokens)

    async def _choose_window(self, request: Request) -> int:
        limit = await self._limit()
        chosen = choose(request, limit, self._num_ctx)
        if self._settings.context_tokens:
            return limit
        self._num_ctx = chosen
        return chosen

    async def _limit(self) -> int:
        return own_limit((await self._show()).modelinfo or {}, self._settings.context_tokens)

    async def _show(self) -> ollama.ShowResponse:
        if self._shown is None:
            with self._faults():
                async with answered(self._server):
                    self._shown = await self._open().show(self.model)
        return self._shown

    async def check(self) -> str:
        """Whether Ollama answers and has the model, with its window; raises ProviderError."""
        self._shown = None
        limit = await self._limit()
        window = f"window {limit:,} tokens" if limit else "window unknown"
        thinks = ", thinks" if self._think(await self._show()) else ""
        return f"{self.model} in {self._server}, {window}{thinks}"

    def _connect(self) -> ollama.AsyncClient:
        options = client_options(self._server, self._settings)
        return ollama.AsyncClient(self._settings.host, headers=UNCOMPRESSED, **options)

    async def _hang_up(self, client: ollama.AsyncClient) -> None:
        await client.close()  # type: ignore[no-untyped-call]

    def _faults(self) -> AbstractContextManager[None]:
        return faults(self._server, self._settings, self.model)

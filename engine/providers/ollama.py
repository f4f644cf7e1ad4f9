"""Ollama by its own package: a window chosen from the prompt, and proof that the model saw all of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

import ollama

from engine.config_model import OllamaSettings
from engine.errors import (
    ModelMissing,
    PromptTruncated,
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnreachable,
    RateLimited,
)
from engine.model import Prompt, Usage
from engine.prompting import estimate_tokens
from engine.providers.base import Chunk, Done, Progress, Request, Text, Thinking
from engine.providers.breaker import Breaker
from engine.providers.http import Server, client_options, translated
from engine.providers.messages import messages
from engine.providers.patience import answered, paced, persistent
from engine.providers.scrub import scrub
from engine.providers.window import check_seen, least_tokens, most_tokens

_SMALLEST = 4096


class OllamaProvider:
    """A model served by Ollama."""

    name = "ollama"
    uses_prompt = True

    def __init__(self, settings: OllamaSettings, model: str = "") -> None:
        self._settings = settings
        self.model = model or settings.model
        remedy = "start it with `ollama serve`, or set provider.ollama.host"
        self._server = Server("Ollama", settings.host, remedy)
        cloud = self.model.endswith(("-cloud", ":cloud"))  # these run at ollama.com, through the local server
        self.local = self._server.local and not cloud
        self._breaker = Breaker(str(self._server))
        self.endpoint = "ollama.com" if cloud else self._server.endpoint
        self._client: ollama.AsyncClient | None = None
        self._shown: ollama.ShowResponse | None = None
        self._num_ctx = 0

    def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Stream one completion; tried again where Ollama is not reached or busy. Raises ProviderError."""
        return persistent(lambda: paced(self._ask(request), self._server, self._settings), self._breaker)

    async def _ask(self, request: Request) -> AsyncGenerator[Chunk, None]:
        began = time.monotonic()
        thinks = "thinking" in ((await self._show()).capabilities or ())
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
                self.model, messages(request), stream=True, think=True if thinks else None,
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
                        done = self._done(part, request.prompt, num_ctx, began)
                        yield replace(done, note=await self._check_loaded(request.prompt, num_ctx))
                        return
        raise ProviderUnreachable(f"{self._server} ended the answer before it was done", "see Ollama's log")

    def _done(self, part: ollama.ChatResponse, prompt: Prompt, num_ctx: int, began: float) -> Done:
        seen = part.prompt_eval_count or 0
        larger = max(most_tokens(prompt), num_ctx)
        remedy = f"set provider.ollama.context_tokens above {larger:,}, or split the file"
        check_seen(prompt, seen, num_ctx, f"{self.model} in Ollama", remedy)
        usage = Usage(seen, part.eval_count or 0, time.monotonic() - began)
        return Done(usage, truncated=part.done_reason == "length")

    async def _check_loaded(self, prompt: Prompt, num_ctx: int) -> str:
        """A note where the server loaded the model with less than was asked for; "" where all is well.

        Raises PromptTruncated where the prompt cannot have fitted. A server that does not say is believed.
        """
        try:
            with self._faults():
                async with answered(self._server):
                    running = (await self._open().ps()).models
        except ProviderError:
            return ""
        loaded = [m.context_length for m in running if self.model in (m.model, m.name) and m.context_length]
        window = min(loaded, default=0)
        if not window or window >= num_ctx:
            return ""
        least = least_tokens(prompt)
        if least >= window:
            raise PromptTruncated(
                f"{self._server} loaded {self.model} with a window of {window:,} tokens in place of"
                f" {num_ctx:,}, and the prompt has at least {least:,}",
                "see OLLAMA_CONTEXT_LENGTH and memory on the server, or split the file",
            )
        return f"the server loaded the model with a window of {window:,} tokens in place of {num_ctx:,}"

    async def pull(self) -> AsyncGenerator[Progress, None]:
        """Have Ollama fetch the model, telling how far it is. Raises ProviderError; closing it stops."""
        self._shown = None
        with self._faults():
            # `aclosing` needs what the package returns: an async generator, typed as an iterator
            stream: AsyncGenerator[Any, None] = await self._open().pull(self.model, stream=True)  # type: ignore[assignment]
        last = ""
        async with aclosing(stream):
            with self._faults():
                while True:
                    try:
                        async with asyncio.timeout(self._settings.first_token_seconds):
                            part = await anext(stream)
                    except StopAsyncIteration:
                        break
                    except TimeoutError:
                        raise ProviderTimeout(
                            f"{self._server} stopped pulling {self.model}", f"ollama pull {self.model}"
                        ) from None
                    last = scrub(part.status or "")
                    yield Progress(f"pulling {self.model}: {last}", part.completed or 0, part.total or 0)
        if last != "success":
            raise ProviderUnreachable(
                f"{self._server} ended the pull of {self.model} before it was done",
                f"ollama pull {self.model}",
            )

    async def prompt_window(self, max_tokens: int) -> int:
        """Tokens for the prompt beside the answer, by the model's own limit; 0 where it does not say."""
        limit = await self._limit()
        return max(limit - max_tokens - 64, limit // 4) if limit else 0

    async def _choose_window(self, request: Request) -> int:
        """`num_ctx`: doubled until prompt and answer fit; never less than before, as a change reloads."""
        limit, prompt = await self._limit(), request.prompt
        needed = most_tokens(prompt) + estimate_tokens(request.said) + request.sampling.max_tokens
        if limit and least_tokens(prompt) >= limit:
            raise PromptTruncated(
                f"the prompt has at least {least_tokens(prompt):,} tokens, {self.model} takes {limit:,}",
                "use a model with a larger window, or split the file",
            )
        if self._settings.context_tokens:
            return limit
        wanted = max(_SMALLEST, self._num_ctx)
        while wanted < needed:
            wanted *= 2
        self._num_ctx = min(wanted, limit) if limit else wanted
        return self._num_ctx

    async def _limit(self) -> int:
        """The model's context length, or less where the configuration says so; 0 where neither says."""
        info = (await self._show()).modelinfo or {}
        known = [
            n for key, n in info.items() if key.endswith(".context_length") and isinstance(n, int) and n > 0
        ]
        chosen = self._settings.context_tokens
        return min([*known, chosen]) if chosen else min(known, default=0)

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
        return f"{self.model} in {self._server}, {window}"

    async def close(self) -> None:
        """Give back connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()  # type: ignore[no-untyped-call]

    def _open(self) -> ollama.AsyncClient:
        if self._client is None:
            options = client_options(self._server, self._settings)
            headers = {"Accept-Encoding": "identity"}
            self._client = ollama.AsyncClient(self._settings.host, headers=headers, **options)
        return self._client

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn whatever the package raises into our errors."""
        try:
            with translated(self._server, self._settings):
                yield
        except ollama.ResponseError as error:
            raise self._refusal(error) from None
        except ConnectionError:
            raise ProviderUnreachable(f"no answer from {self._server}", self._server.remedy) from None
        except (ValueError, AttributeError, TypeError, KeyError):  # the package trusts what it parses
            raise ProviderRefused(
                f"{self._server} does not speak Ollama's protocol", self._server.remedy
            ) from None

    def _refusal(self, error: ollama.ResponseError) -> Exception:
        said = scrub(str(error.error))
        if error.status_code == 404 and "not found" in said.lower():
            return ModelMissing(f"Ollama does not have {self.model}", f"ollama pull {self.model}")
        if error.status_code in (429, 503):
            return RateLimited(f"{self._server} is busy: {said}", "try again in a moment")
        if error.status_code in (401, 403):
            return ProviderRefused(f"{self._server} refuses: {said}", "sign in with `ollama signin`")
        return ProviderRefused(f"{self._server} failed: {said}", "see Ollama's log (`ollama ps`, server.log)")

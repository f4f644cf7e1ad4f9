"""Every model provider, made for a server of a test, and asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.config_model import GroqSettings, OllamaSettings, OpenAISettings
from engine.errors import (
    ProviderError,
)
from engine.model import Prompt, PromptForm, Sampling, Target, Task
from engine.providers.base import Chunk, Provider, Request
from engine.providers.groq import GroqProvider
from engine.providers.ollama import OllamaProvider
from engine.providers.openai import OpenAIProvider
from engine.workspace import Workspace
from tests.engine.servers.loopback import Handler, Loopback, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI

KEY = "gsk_Xy12345678901234567890secret"


REQUEST = Request(
    Task("t", "", Workspace(), Target("a.py"), {}),
    Prompt("You write Python.", "Write f, which returns one.", PromptForm.WRITE),
    Sampling(0.3, 7, 100),
)


def ollama(url: str, **more: object) -> OllamaProvider:
    settings = OllamaSettings(
        host=url, model="tiny:1b", keep_alive="7m", connect_seconds=2.0, first_token_seconds=1.0,
        between_tokens_seconds=0.6, context_tokens=0, think="auto",
    )  # fmt: skip
    return OllamaProvider(settings.model_copy(update=more))


def groq(url: str, **more: object) -> GroqProvider:
    settings = GroqSettings(
        model="tiny", key_env="TEST_KEY", base_url=url, connect_seconds=2.0, first_token_seconds=1.0,
        between_tokens_seconds=0.6,
    )  # fmt: skip
    return GroqProvider(settings.model_copy(update=more))


def openai(url: str, **more: object) -> OpenAIProvider:
    settings = OpenAISettings(
        base_url=f"{url}/v1", model="tiny", key_env="TEST_KEY", connect_seconds=2.0, first_token_seconds=1.0,
        between_tokens_seconds=0.6, context_tokens=8192,
    )  # fmt: skip
    return OpenAIProvider(settings.model_copy(update=more))


Make = Callable[..., Provider]


SERVED: dict[Make, Callable[..., Handler]] = {
    ollama: Ollama,
    groq: lambda **trouble: OpenAI(groq=True, **trouble),
    openai: OpenAI,
}


every = pytest.mark.parametrize("make", SERVED)


async def ask(provider: Provider, request: Request = REQUEST) -> list[Chunk]:
    try:
        return [chunk async for chunk in provider.complete(request)]
    finally:
        await provider.close()


async def fault(make: Make, handler: Handler, **more: object) -> tuple[ProviderError, Loopback]:
    async with serve(handler) as server:
        with pytest.raises(ProviderError) as error:
            await ask(make(server.url, **more))
    assert "\n" not in str(error.value) and KEY not in str(error.value) and error.value.message
    assert error.value.__cause__ is None  # nothing of the request hangs on to the error
    return error.value, server

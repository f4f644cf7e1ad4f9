"""The same questions to a live Ollama, where `OLLAMA_HOST` names one; its smallest model is asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import httpx
import pytest

from engine.config_model import OllamaSettings
from engine.errors import ModelMissing, PromptTruncated
from engine.providers.base import Done, Text, Thinking
from engine.providers.ollama import OllamaProvider
from engine.providers.planting import plant
from tests.engine.asked import REQUEST, ask

HOST = os.environ.get("OLLAMA_HOST", "")
pytestmark = [
    pytest.mark.live_ollama,
    pytest.mark.timeout(900),
]


def make(model: str, **more: object) -> OllamaProvider:
    url = HOST if "://" in HOST else f"http://{HOST}"
    settings = OllamaSettings(
        host=url, model=model, keep_alive="5m", connect_seconds=5.0, first_token_seconds=300.0,
        between_tokens_seconds=60.0, context_tokens=0, think="auto",
    )  # fmt: skip
    return OllamaProvider(settings.model_copy(update=more))


@pytest.fixture
async def model() -> AsyncIterator[str]:
    """The smallest model that is there."""
    async with httpx.AsyncClient() as client:
        url = HOST if "://" in HOST else f"http://{HOST}"
        models = (await client.get(f"{url}/api/tags")).json()["models"]
    assert models, "the live Ollama has no model: ollama pull qwen2.5-coder:0.5b"
    yield min(models, key=lambda row: row["size"])["name"]


async def test_a_live_answer_streams_and_counts_its_tokens(model: str) -> None:
    chunks = await ask(make(model))
    assert any(isinstance(chunk, Text | Thinking) for chunk in chunks)
    assert isinstance(chunks[-1], Done)
    assert chunks[-1].usage.prompt_tokens > 0 and chunks[-1].usage.completion_tokens > 0


async def test_a_live_answer_asked_twice_still_counts_its_whole_prompt(model: str) -> None:
    provider = make(model)
    long = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 1500))
    counts = []
    for _ in range(2):
        *_, done = [chunk async for chunk in provider.complete(long)]
        assert isinstance(done, Done)
        counts.append(done.usage.prompt_tokens)
    await provider.close()
    assert min(counts) >= 1350


async def test_a_live_model_sees_the_head_of_a_long_prompt(model: str) -> None:
    provider = make(model)
    assert "prompt of" in await plant(provider)
    await provider.close()


async def test_a_live_prompt_that_cannot_fit_is_an_error(model: str) -> None:
    long = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 3000))
    with pytest.raises(PromptTruncated):
        await ask(make(model, context_tokens=1024), long)


async def test_a_missing_live_model_comes_with_its_pull_line() -> None:
    with pytest.raises(ModelMissing, match="ollama pull no-such-model:1b"):
        await ask(make("no-such-model:1b"))


async def test_going_away_from_a_live_answer_returns_at_once(model: str) -> None:
    provider = make(model)
    async with aclosing(provider.complete(REQUEST)) as stream:
        await anext(stream)
    async with asyncio.timeout(5):
        await provider.close()

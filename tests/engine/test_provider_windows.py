"""Windows and models: whether the model saw all of a prompt, and one that is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine.errors import (
    PromptTruncated,
    ProviderError,
    ProviderRefused,
)
from engine.providers.base import Done
from engine.providers.planting import plant
from engine.providers.window import prompt_window
from tests.engine.asked import KEY, REQUEST, ask, fault, groq, ollama, openai
from tests.engine.servers.loopback import Answer, Asked, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)


async def test_the_window_follows_the_prompt_within_the_models_limit_and_never_shrinks() -> None:
    long = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 3000))
    longer = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 9000))
    async with serve(Ollama(context=10_000)) as server:
        provider = ollama(server.url)
        for request in (REQUEST, long, longer, REQUEST):
            [chunk async for chunk in provider.complete(request)]
        windows = [a.json["options"]["num_ctx"] for a in server.asked if a.path == "/api/chat"]  # type: ignore[index]
        assert await prompt_window(provider, 2000) == 7936
        await provider.close()
    assert windows == [4096, 8192, 10_000, 10_000]


async def test_a_silently_cut_prompt_is_an_error_and_not_an_attempt() -> None:
    long = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 3000))
    async with serve(Ollama(reads_at_most=2048)) as server:
        with pytest.raises(PromptTruncated, match="read 2,048 tokens of a prompt that has at least 2,7"):
            await ask(ollama(server.url), long)
    async with serve(Ollama()) as server:
        with pytest.raises(PromptTruncated, match="filled its whole window of 2,500"):
            await ask(
                ollama(server.url, context_tokens=2500),
                replace(long, prompt=replace(long.prompt, user="a;" * 2400)),
            )
    async with serve(OpenAI(prompt_tokens=2048)) as server:
        with pytest.raises(PromptTruncated, match="cut silently"):
            await ask(openai(server.url), long)


async def test_a_prompt_that_cannot_fit_is_not_sent() -> None:
    huge = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 30_000))
    async with serve(Ollama(context=8192)) as server:
        with pytest.raises(PromptTruncated, match="takes 8,192"):
            await ask(ollama(server.url), huge)
        assert all(asked.path != "/api/chat" for asked in server.asked)
    async with serve(OpenAI()) as server:
        with pytest.raises(PromptTruncated, match=r"context_tokens is 8,192"):
            await ask(openai(server.url), huge)
        assert server.asked == []


async def test_a_server_that_says_the_prompt_is_too_long_is_understood() -> None:
    body = {"error": {"message": "This model's maximum context length is 4096 tokens. You sent 5000."}}
    error, _ = await fault(openai, OpenAI(refusals=[(400, body, {})]))
    assert isinstance(error, PromptTruncated)


async def test_check_says_model_place_and_window() -> None:
    async with serve(Ollama()) as server:
        assert (
            await ollama(server.url).check() == f"tiny:1b in Ollama at {server.url[7:]}, window 32,768 tokens"
        )
    for make in (groq, openai):
        async with serve(OpenAI()) as server:
            assert "window 8,192 tokens" in await make(server.url).check()


async def test_a_model_loaded_with_a_smaller_window_is_noticed() -> None:
    long = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 3000))
    async with serve(Ollama(loaded_with=2048)) as server:
        with pytest.raises(PromptTruncated, match="window of 2,048 tokens in place of 8,192"):
            await ask(ollama(server.url), long)
        done = (await ask(ollama(server.url)))[-1]
        assert isinstance(done, Done) and "2,048 tokens in place of 4,096" in done.note
    async with serve(Ollama(loaded_with=4096)) as server:
        done = (await ask(ollama(server.url)))[-1]
        assert isinstance(done, Done) and done.note == ""


async def test_a_model_is_pulled_and_its_progress_told() -> None:
    async with serve(Ollama(model="other", pullable=True)) as server:
        provider = ollama(server.url)
        steps = [step async for step in provider.pull()]
        assert "window" in await provider.check()
        await provider.close()
    assert (steps[2].done, steps[2].total) == (400, 1000) and "success" in steps[-1].what


@pytest.mark.parametrize(("trouble", "said"), [("stall", "stopped pulling"), ("cut", "before it was done")])
async def test_a_pull_that_does_not_end_is_told(trouble: str, said: str) -> None:
    async with serve(Ollama(pullable=True, trouble=trouble)) as server:
        provider = ollama(server.url)
        with pytest.raises(ProviderError, match=said):
            [step async for step in provider.pull()]
        await provider.close()
    async with serve(Ollama(pullable=True, trouble="error")) as server:
        provider = ollama(server.url)
        with pytest.raises(ProviderRefused, match="no space left"):
            [step async for step in provider.pull()]
        await provider.close()


async def test_a_planted_word_shows_what_the_model_saw() -> None:
    async def repeats(asked: Asked, answer: Answer) -> None:
        word = re.search(r"zebra\d+", str(asked.json.get("messages")))
        await Ollama(pieces=(word[0] if word else "",))(asked, answer)

    async with serve(repeats) as server:
        provider = ollama(server.url)
        assert (await plant(provider)).startswith("saw a word planted at the head of a prompt of ")
        await provider.close()
    async with serve(Ollama(reads_at_most=2048)) as server:
        provider = ollama(server.url)
        with pytest.raises(PromptTruncated, match="read 2,048 tokens"):
            await plant(provider)
        await provider.close()
    async with serve(OpenAI(prompt_tokens=0)) as server:
        provider = openai(server.url)
        with pytest.raises(PromptTruncated, match="did not repeat"):
            await plant(provider)
        await provider.close()

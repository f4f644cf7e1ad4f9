"""Every model provider against real servers: what is sent, what is understood, how each fault ends."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import pytest

from engine.errors import (
    ModelMissing,
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnreachable,
)
from engine.providers.base import Done, Text, Thinking
from tests.engine.asked import KEY, REQUEST, SERVED, Make, ask, every, fault, groq, ollama, openai
from tests.engine.servers import chaos
from tests.engine.servers.loopback import Handler, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)


@every
async def test_an_answer_streams_with_its_cost_and_thinking_apart(make: Make) -> None:
    async with serve(SERVED[make](thinking=("Hm, ", "one."))) as server:
        provider = make(server.url)
        chunks = await ask(provider)
    assert [c.text for c in chunks if isinstance(c, Text)] == ["def f():\n", "    return 1\n"]
    assert "".join(c.text for c in chunks if isinstance(c, Thinking)) == "Hm, one."
    (done,) = [c for c in chunks if isinstance(c, Done)]
    assert chunks[-1] is done and done.usage.completion_tokens == 9 and not done.truncated
    assert provider.endpoint == "this machine" and provider.local and provider.uses_prompt
    sent = next(asked.json for asked in server.asked if "messages" in asked.json)
    assert sent["model"] == provider.model and sent["stream"] is True
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]  # type: ignore[attr-defined]


async def test_sampling_and_keep_alive_are_sent_as_asked() -> None:
    async with serve(Ollama()) as server:
        await ask(ollama(server.url))
    sent = next(asked.json for asked in server.asked if asked.path == "/api/chat")
    assert sent["options"] == {"num_ctx": 4096, "num_predict": 100, "temperature": 0.3, "seed": 7}
    assert sent["keep_alive"] == "7m" and "think" not in sent
    for make in (groq, openai):
        async with serve(SERVED[make]()) as server:
            await ask(make(server.url))
        sent = server.asked[-1].json
        assert (sent["temperature"], sent["seed"]) == (0.3, 7)
        assert 100 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))


@every
async def test_an_answer_stopped_at_its_token_limit_is_marked(make: Make) -> None:
    async with serve(SERVED[make](trouble="length")) as server:
        done = (await ask(make(server.url)))[-1]
    assert isinstance(done, Done) and done.truncated


@every
async def test_a_slow_first_token_ends_in_time(make: Make) -> None:
    began = time.monotonic()
    error, _ = await fault(make, SERVED[make](trouble="slow"))
    assert (
        isinstance(error, ProviderTimeout)
        and "first token" in error.message
        and "first_token_seconds" in error.remedy
    )
    assert time.monotonic() - began < 3


@every
async def test_a_stall_between_tokens_ends_in_time(make: Make) -> None:
    error, _ = await fault(make, SERVED[make](trouble="stall"))
    assert isinstance(error, ProviderTimeout) and "next token" in error.message


@every
async def test_a_connection_cut_in_a_line_is_not_a_finished_answer(make: Make) -> None:
    error, server = await fault(make, SERVED[make](trouble="cut"))
    assert isinstance(error, ProviderUnreachable | ProviderRefused)
    assert sum("chat" in asked.path for asked in server.asked) == 1  # what was shown is not asked for again


@pytest.mark.parametrize("make", [groq, openai])
async def test_an_answer_without_its_end_is_not_a_finished_answer(make: Make) -> None:
    error, _ = await fault(make, SERVED[make](trouble="short"))
    assert "before it was done" in error.message


@every
async def test_an_error_after_a_200_is_understood(make: Make) -> None:
    error, _ = await fault(make, SERVED[make](trouble="error"))
    assert isinstance(error, ProviderRefused) and (
        "out of memory" in str(error) or "worker died" in str(error)
    )


@pytest.mark.slow
@every
async def test_no_server_is_said_with_the_address(make: Make) -> None:
    async with serve(Ollama()) as server:
        pass
    with pytest.raises(ProviderUnreachable, match=server.url.removeprefix("http://")):
        await ask(make(server.url))
    with pytest.raises(ProviderUnreachable):
        await make(server.url).check()


@every
async def test_going_away_stops_the_server(make: Make) -> None:
    async with serve(SERVED[make](trouble="stall")) as server:
        provider = make(server.url, between_tokens_seconds=30.0)
        async with aclosing(provider.complete(REQUEST)) as stream:
            assert isinstance(await anext(stream), Text)
        await asyncio.wait_for(server.hung_up.wait(), 2)
        await provider.close()


@every
async def test_cancelling_stops_the_server(make: Make) -> None:
    async with serve(SERVED[make](trouble="stall")) as server:
        provider = make(server.url, between_tokens_seconds=30.0)
        asking = asyncio.create_task(ask(provider))
        await asyncio.sleep(0.4)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.wait_for(server.hung_up.wait(), 2)


@pytest.mark.slow
@every
@pytest.mark.parametrize("handler", chaos.ALL, ids=lambda handler: handler.__name__)
async def test_chaos_ends_in_a_typed_error_within_its_limit(make: Make, handler: Handler) -> None:
    began = time.monotonic()
    await fault(make, handler)
    async with serve(handler) as server:
        provider = make(server.url)
        with pytest.raises(ProviderError):
            await provider.check()
        await provider.close()
    assert time.monotonic() - began < 12


async def test_a_redirect_is_never_followed() -> None:
    async with serve(Ollama()) as other:

        async def away(asked: object, answer: object) -> None:
            await answer.whole(307, "", location=f"{other.url}{asked.path}")  # type: ignore[attr-defined]

        for make in SERVED:
            error, _ = await fault(make, away)
            assert "redirects elsewhere" in error.message
        assert other.asked == []


async def test_a_missing_model_comes_with_the_pull_line() -> None:
    error, _ = await fault(ollama, Ollama(model="other"))
    assert isinstance(error, ModelMissing) and error.remedy == "ollama pull tiny:1b"
    for make in (groq, openai):
        error, _ = await fault(make, OpenAI(model="other"))
        assert isinstance(error, ModelMissing)

"""Every model provider against real servers: what is sent, what is understood, how each fault ends."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

import pytest

from engine.config_model import GroqSettings, OllamaSettings, OpenAISettings
from engine.errors import (
    KeyMissing,
    ModelMissing,
    PromptTruncated,
    ProviderError,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnreachable,
    RateLimited,
)
from engine.model import Prompt, PromptForm, Sampling, Target, Task
from engine.providers.base import Chunk, Done, Progress, Provider, Request, Text, Thinking
from engine.providers.groq import GroqProvider
from engine.providers.limits import retry_after
from engine.providers.ollama import OllamaProvider
from engine.providers.openai import OpenAIProvider
from engine.providers.planting import plant
from engine.providers.scrub import scrub
from engine.providers.window import prompt_window
from engine.workspace import Workspace
from tests.engine.servers import chaos
from tests.engine.servers.loopback import Answer, Asked, Handler, Loopback, serve
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


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)


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


@pytest.mark.parametrize("make", [groq, openai])
async def test_a_rate_limit_is_waited_for_as_the_server_says(make: Make) -> None:
    body = {"error": {"message": "Rate limit reached: 30 requests per minute."}}
    began = time.monotonic()
    async with serve(OpenAI(refusals=[(429, body, {"retry_after": "1"})])) as server:
        chunks = await ask(make(server.url))
    assert isinstance(chunks[-1], Done) and time.monotonic() - began >= 1
    assert next(c.what for c in chunks if isinstance(c, Progress)).endswith(
        "30 requests per minute.; again in 1 s"
    )


@pytest.mark.parametrize("make", [groq, openai])
async def test_a_long_rate_limit_is_told_and_not_waited_for(make: Make) -> None:
    body = {"error": {"message": "Tokens per day (TPD): limit 100000."}}
    error, _ = await fault(make, OpenAI(refusals=[(429, body, {"retry_after": "1200"})]))
    assert isinstance(error, RateLimited) and error.retry_after == 1200 and "per day" in error.message


async def test_a_server_that_is_busy_once_is_asked_again() -> None:
    for make in (groq, openai):
        async with serve(OpenAI(refusals=[(503, "", {})])) as server:
            assert isinstance((await ask(make(server.url)))[-1], Done)


async def test_a_wrong_key_is_never_echoed() -> None:
    for make in (groq, openai):
        error, _ = await fault(make, OpenAI(key="sk-other"))
        assert isinstance(error, KeyMissing) and "TEST_KEY" in error.remedy and "[key]" in error.message


async def test_no_key_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_KEY")
    with pytest.raises(KeyMissing, match="TEST_KEY"):
        groq("http://127.0.0.1:9")


async def test_a_key_goes_only_to_a_plain_http_server_that_asks_for_one() -> None:
    async with serve(OpenAI()) as server:
        await ask(openai(server.url))
    assert "authorization" not in server.asked[0].headers
    async with serve(OpenAI(key=KEY)) as server:
        assert isinstance((await ask(openai(server.url)))[-1], Done)
        assert (await openai(server.url).check()).startswith("tiny on 127.0.0.1")


async def test_the_only_model_of_a_server_needs_no_name() -> None:
    async with serve(OpenAI(model="only-one")) as server:
        provider = openai(server.url, model="")
        await ask(provider)
    assert provider.model == "only-one" == server.asked[-1].json["model"]


async def test_check_says_model_place_and_window() -> None:
    async with serve(Ollama()) as server:
        assert (
            await ollama(server.url).check() == f"tiny:1b in Ollama at {server.url[7:]}, window 32,768 tokens"
        )
    for make in (groq, openai):
        async with serve(OpenAI()) as server:
            assert "window 8,192 tokens" in await make(server.url).check()


def test_a_cloud_model_is_not_called_local() -> None:
    provider = OllamaProvider(ollama("http://localhost:11434")._settings, "gpt-oss:120b-cloud")
    assert not provider.local and provider.endpoint == "ollama.com"
    assert not ollama("http://example.org:11434").local


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("-3", 0),
        ("nan", 0),
        ("inf", 0),
        ("soon", 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_in_every_form(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_what_looks_like_a_key_is_scrubbed_and_a_models_name_is_not() -> None:
    said = scrub(
        f"bad key {KEY} or Bearer abc.def-ghi sk-proj-a1b2c3d4\n\x1b[31m for model-x {'z' * 900}", ["zzz"]
    )
    assert KEY not in said and "abc.def" not in said and "a1b2" not in said and "zzz" not in said
    assert said.isprintable() and len(said) <= 300
    assert (
        scrub("meta-llama/llama-4-maverick-17b-128e-instruct")
        == "meta-llama/llama-4-maverick-17b-128e-instruct"
    )


def test_search_and_replay_import_no_network_code() -> None:
    code = (
        "import sys\nimport engine.providers.registry, engine.providers.replay\n"
        "print([m for m in ('ollama', 'groq', 'httpx', 'textual') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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

"""Keys, rate limits, names: what a provider keeps to itself, waits for, and calls things."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from engine.errors import (
    KeyMissing,
    RateLimited,
)
from engine.providers.base import Done, Progress
from engine.providers.limits import retry_after
from engine.providers.ollama import OllamaProvider
from engine.providers.scrub import scrub
from tests.engine.asked import KEY, Make, ask, fault, groq, ollama, openai
from tests.engine.servers.loopback import serve
from tests.engine.servers.openai import OpenAI


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)


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

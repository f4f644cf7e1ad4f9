"""What a server can do is asked of it, not assumed; each kind of server says it in its own way."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import pytest

from engine.errors import ModelMissing, PromptTruncated, ProviderTimeout, ProviderUnreachable, RateLimited
from engine.events import CompletionStreamed, Event
from engine.providers.base import Done, Text, Thinking
from engine.providers.window import prompt_window
from engine.streaming import stream
from tests.engine.asked import KEY, REQUEST, ask, fault, groq, ollama, openai
from tests.engine.servers.loopback import Answer, Asked, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI

LONG = replace(REQUEST, prompt=replace(REQUEST.prompt, user="word " * 3000))


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)


@dataclass
class Kind:
    """An OpenAI-compatible server that says its window in its own place."""

    row: dict[str, object] = field(default_factory=dict)
    elsewhere: dict[str, object] = field(default_factory=dict)

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        if asked.path == "/v1/models":
            await answer.whole(200, {"object": "list", "data": [{"id": "tiny", **self.row}]})
        elif asked.path in self.elsewhere:
            await answer.whole(200, self.elsewhere[asked.path])
        elif asked.path.endswith("/chat/completions"):
            await OpenAI()(asked, answer)
        else:
            await answer.whole(404, {"error": "File Not Found"})


KINDS = {
    "vllm": Kind({"max_model_len": 4096}),
    "llama.cpp": Kind({"meta": {"n_ctx": 4096, "n_ctx_train": 131_072}}),
    "llama.cpp, older": Kind(
        {"meta": {"n_ctx_train": 131_072}}, {"/props": {"default_generation_settings": {"n_ctx": 4096}}}
    ),
    "lm studio": Kind(
        elsewhere={
            "/api/v0/models": {
                "data": [
                    {"id": "other", "state": "not-loaded", "max_context_length": 8192},
                    {"id": "tiny", "max_context_length": 32_768, "loaded_context_length": 4096},
                ]
            }
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_the_window_is_found_where_the_server_says_it(kind: str) -> None:
    async with serve(KINDS[kind]) as server:
        provider = openai(server.url, context_tokens=0)
        assert await prompt_window(provider, 1000) == 4096 - 1000 - 64
        assert await prompt_window(provider, 1000) == 4096 - 1000 - 64
        asked = len(server.asked)
        assert "window 4,096 tokens" in await provider.check()
        await provider.close()
        with pytest.raises(PromptTruncated, match="has a window of 4,096"):
            await ask(
                openai(server.url, context_tokens=0),
                replace(LONG, prompt=replace(LONG.prompt, user="w " * 5000)),
            )
        assert asked <= 3 and not any("chat" in request.path for request in server.asked)


async def test_a_server_that_says_nothing_is_not_given_a_window() -> None:
    async with serve(Kind()) as server:
        provider = openai(server.url, context_tokens=0)
        assert await prompt_window(provider, 1000) == 0
        assert "set context_tokens" in await provider.check()
        assert isinstance((await ask(provider, LONG))[-1], Done)


async def test_a_server_that_is_down_for_the_window_is_asked_patiently_for_the_answer() -> None:
    for make in (ollama, groq, openai):
        async with serve(Ollama()) as server:
            pass
        provider = make(server.url)
        assert await prompt_window(provider, 100) in (0, 8192 - 164)
        await provider.close()


@pytest.mark.parametrize("name", ["stream_options", "seed", "temperature", "max_tokens"])
async def test_a_field_that_a_server_refuses_is_left_out_or_renamed(name: str) -> None:
    async def strict(asked: Asked, answer: Answer) -> None:
        if asked.path.endswith("completions") and name in asked.json:
            await answer.whole(
                400, {"error": {"message": f"Unsupported parameter: '{name}'.", "param": name}}
            )
        else:
            await OpenAI()(asked, answer)

    async with serve(strict) as server:
        provider = openai(server.url)
        for _ in range(2):
            assert isinstance([chunk async for chunk in provider.complete(REQUEST)][-1], Done)
        sent = [asked.json for asked in server.asked if asked.path.endswith("completions")]
        await provider.close()
    assert [name in body for body in sent] == [True, False, False]
    assert name != "max_tokens" or sent[-1]["max_completion_tokens"] == 100


async def test_a_stream_that_ends_without_a_word_is_explained() -> None:
    async def late(asked: Asked, answer: Answer) -> None:
        if asked.json.get("stream"):
            await answer.start(200, "text/event-stream")  # and gives up before the first event
        else:
            said = "This model's maximum context length is 1024 tokens. However, you requested 1698 tokens"
            await answer.whole(400, {"error": {"message": said, "code": "context_length_exceeded"}})

    error, server = await fault(openai, late)
    assert isinstance(error, PromptTruncated) and "1024 tokens" in error.message
    assert sum("chat" in asked.path for asked in server.asked) == 2
    async with serve(OpenAI(pieces=(), trouble="short")) as silent:
        with pytest.raises(ProviderUnreachable):
            await ask(openai(silent.url))


async def test_another_model_than_was_asked_for_is_named() -> None:
    async def other(asked: Asked, answer: Answer) -> None:
        await OpenAI(model="other")(replace(asked, body=asked.body.replace(b"tiny", b"other")), answer)

    async with serve(other) as server:
        done = (await ask(openai(server.url)))[-1]
    assert isinstance(done, Done) and done.note == "answered by other, not by tiny"


async def test_a_server_with_one_model_for_every_name_is_not_said_to_lack_it() -> None:
    async with serve(Kind({"owned_by": "llamacpp", "meta": {"n_ctx": 4096}})) as server:
        said = await openai(server.url, model="nope", context_tokens=0).check()
        assert said.startswith("tiny on ") and "window 4,096" in said and "nope too" in said
    async with serve(Kind({"owned_by": "vllm", "max_model_len": 4096})) as server:
        with pytest.raises(ModelMissing, match="does not have nope"):
            await openai(server.url, model="nope", context_tokens=0).check()


async def test_groqs_limits_are_told_in_words() -> None:
    headers = {
        "x_ratelimit_limit_requests": "1000", "x_ratelimit_remaining_requests": "0",
        "x_ratelimit_reset_requests": "7h12m", "x_ratelimit_limit_tokens": "18000",
        "x_ratelimit_remaining_tokens": "18000", "x_ratelimit_reset_tokens": "0s", "retry_after": "25920",
    }  # fmt: skip
    error, _ = await fault(
        groq, OpenAI(groq=True, refusals=[(429, {"error": {"message": "Limit"}}, headers)])
    )
    assert isinstance(error, RateLimited) and "asks to wait 7 h 12 min" in error.message
    assert "0 of 1,000 requests a day left, whole again in 7 h 12 min" in error.message
    assert "18,000 of 18,000 tokens a minute left" in error.message


@pytest.mark.parametrize(
    ("wish", "sent"), [("auto", True), ("on", True), ("off", False), ("low", "low"), ("high", "high")]
)
async def test_a_model_that_can_think_is_told_whether_to(wish: str, sent: object) -> None:
    async with serve(Ollama(thinking=("Hm.",))) as server:
        await ask(ollama(server.url, think=wish))
    assert next(asked.json for asked in server.asked if asked.path == "/api/chat")["think"] == sent
    async with serve(Ollama()) as server:
        await ask(ollama(server.url, think=wish))
    assert "think" not in next(asked.json for asked in server.asked if asked.path == "/api/chat")


async def test_a_version_that_counts_only_what_it_had_not_cached_is_believed_where_the_prompt_fits() -> None:
    for version, good in (("0.30.0", True), ("0.31.1", False), ("0.1.30", True), ("nonsense", False)):
        async with serve(Ollama(reads_at_most=40, loaded_with=16_384, version=version)) as server:
            if good:
                done = (await ask(ollama(server.url), LONG))[-1]
                assert isinstance(done, Done) and "counts only tokens that it had not cached: 40" in done.note
            else:
                with pytest.raises(PromptTruncated, match="cut silently"):
                    await ask(ollama(server.url), LONG)
    async with serve(Ollama(reads_at_most=40, version="0.30.0")) as server:  # what is loaded is not said
        with pytest.raises(PromptTruncated):
            await ask(ollama(server.url), LONG)


@pytest.mark.parametrize(
    ("pieces", "thought", "text"),
    [
        (["<think>", "Hm.", "</think>", "code"], "Hm.", "code"),
        (["\n<th", "ink>a <b", "> c</thi", "nk>\n", "x </think> y"], "a <b> c", "\nx </think> y"),
        (["<THINK>a</THINK>"], "a", ""),
        (["<think>cut off </thi"], "cut off </thi", ""),
        (["<", "thing"], "", "<thing"),
        (["<"], "", "<"),
        (["def f():", " # <think>no</think>"], "", "def f(): # <think>no</think>"),
        (["<reasoning>r</reasoning>c"], "r", "c"),
    ],
)
async def test_thinking_in_the_answer_is_told_apart(pieces: list[str], thought: str, text: str) -> None:
    async with serve(OpenAI(pieces=tuple(pieces))) as server:
        chunks = await ask(openai(server.url))
    assert "".join(c.text for c in chunks if isinstance(c, Thinking)) == thought
    assert "".join(c.text for c in chunks if isinstance(c, Text)) == text
    assert isinstance(chunks[-1], Done)


@pytest.mark.slow
async def test_a_piece_is_told_at_once_though_nothing_follows_it() -> None:
    told: list[tuple[float, Event]] = []

    async def emit(event: Event) -> None:
        told.append((time.monotonic(), event))

    async with serve(OpenAI(thinking=("Hm.",), trouble="stall")) as server:
        provider = openai(server.url, between_tokens_seconds=0.8)
        began = time.monotonic()
        with pytest.raises(ProviderTimeout):
            await stream(provider, REQUEST, emit, "run", "1")
        ended = time.monotonic()
        await provider.close()
    pieces = [(event.text, event.thinking) for _, event in told if isinstance(event, CompletionStreamed)]
    assert pieces == [("Hm.", True), ("def f():\n", False)]
    assert told[-1][0] - began < 0.5 and ended - told[-1][0] > 0.5

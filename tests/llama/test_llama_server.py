"""The contract against a server that nobody here wrote: what it streams, counts, refuses and forgets."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import load
from engine.config_model import OpenAISettings
from engine.errors import (
    KeyMissing,
    PromptTruncated,
    ProviderRefused,
    ProviderTimeout,
    ProviderUnreachable,
)
from engine.model import Sampling, Task
from engine.providers.base import Done, Text
from engine.providers.openai import OpenAIProvider
from engine.providers.planting import plant
from engine.session import Session
from engine.task_files import load_task
from sandbox.contract import Verdict
from tests.engine.asked import REQUEST, ask
from tests.llama.conftest import Start, free_port

pytestmark = [pytest.mark.llama_server, pytest.mark.timeout(240)]
KEY = "sk-Xy12345678901234567890secret"
SHORT = replace(REQUEST, sampling=Sampling(0.9, 7, 24))
NOTES = "line of the notes says "


def make(url: str, **more: object) -> OpenAIProvider:
    settings = OpenAISettings(
        base_url=url, model="tiny", key_env="TEST_KEY", connect_seconds=5.0, first_token_seconds=60.0,
        between_tokens_seconds=30.0, context_tokens=0,
    )  # fmt: skip
    return OpenAIProvider(settings.model_copy(update=more))


async def answer(url: str, seed: int | None, **more: object) -> str:
    request = replace(SHORT, sampling=replace(SHORT.sampling, seed=seed))
    return "".join(chunk.text for chunk in await ask(make(url, **more), request) if isinstance(chunk, Text))


async def test_an_answer_streams_and_is_marked_as_cut_at_its_limit(llama: Start) -> None:
    chunks = await ask(make(llama()), SHORT)
    texts = [chunk for chunk in chunks if isinstance(chunk, Text)]
    assert len(texts) > 5 and isinstance(chunks[-1], Done) and chunks[-1].truncated


async def test_a_seed_makes_an_answer_repeatable(llama: Start) -> None:
    assert await answer(llama(), 7) == await answer(llama(), 7) != await answer(llama(), 8)


async def test_check_names_the_model_and_that_its_window_is_not_said(llama: Start) -> None:
    provider = make(llama())
    assert (await provider.check()).startswith("tiny on 127.0.0.1:")
    assert "answers whatever name is asked for, other too" in await make(llama(), model="other").check()
    await provider.close()


async def test_the_only_model_needs_no_name_and_another_name_is_told(llama: Start) -> None:
    unnamed = make(llama(), model="")
    await ask(unnamed, SHORT)
    assert unnamed.model == "tiny"


async def test_a_prompt_that_does_not_fit_is_an_error_with_both_numbers(llama: Start) -> None:
    long = replace(SHORT, prompt=replace(SHORT.prompt, user=NOTES * 400))
    began = time.monotonic()
    with pytest.raises(PromptTruncated, match=r"1024 tokens.*requested \d{4} tokens"):
        await ask(make(llama()), long)
    assert time.monotonic() - began < 10


async def test_a_planted_word_that_is_not_repeated_is_never_called_seen(llama: Start) -> None:
    provider = make(llama("--n_ctx", "4096"))
    with pytest.raises(PromptTruncated, match="did not repeat a word"):
        await plant(provider, lines=100)
    await provider.close()


async def test_a_prompt_cut_by_us_fits_the_window_that_is_set(llama: Start) -> None:
    provider = make(llama(), context_tokens=1024)
    assert await provider.prompt_window(200) == 1024 - 200 - 64
    with pytest.raises(PromptTruncated, match="context_tokens is 1,024"):
        await ask(provider, replace(SHORT, prompt=replace(SHORT.prompt, user=NOTES * 400)))


async def test_going_away_frees_the_server(llama: Start) -> None:
    url = llama("--n_ctx", "4096")
    endless = replace(SHORT, sampling=Sampling(0.9, 3, 4000))
    provider = make(url)
    async with aclosing(provider.complete(endless)) as stream:
        assert isinstance(await anext(stream), Text)
    began = time.monotonic()
    assert await answer(url, 7)  # it answers one request at a time: the first must be over
    assert time.monotonic() - began < 5
    await provider.close()


async def test_several_requests_at_once_are_all_answered(llama: Start) -> None:
    url = llama("--interrupt_requests", "false")
    found = await asyncio.gather(*(answer(url, seed) for seed in (1, 2, 3, 1)))
    assert found[0] == found[3] and len(set(found)) == 3


async def test_an_answer_that_another_request_interrupts_is_not_a_finished_one(llama: Start) -> None:
    endless = replace(SHORT, sampling=Sampling(0.9, 3, 4000))
    provider = make(llama("--n_ctx", "4096"))
    first = asyncio.create_task(ask(provider, endless))
    await asyncio.sleep(0.5)
    assert await answer(llama("--n_ctx", "4096"), 7)
    with pytest.raises(ProviderUnreachable, match=r"one request at a time.*loop\.samples = 1"):
        await first


async def test_a_slow_prompt_ends_at_the_limit_for_the_first_token(llama: Start) -> None:
    long = replace(SHORT, prompt=replace(SHORT.prompt, user=NOTES * 600))
    with pytest.raises(ProviderTimeout, match="first token"):
        await ask(make(llama("--n_ctx", "4096"), first_token_seconds=0.05), long)


async def test_a_key_is_asked_for_sent_and_never_shown(llama: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    url = llama("--api_key", KEY)
    monkeypatch.setenv("TEST_KEY", KEY)
    assert await answer(url, 7)
    monkeypatch.setenv("TEST_KEY", KEY + "x")
    with pytest.raises(KeyMissing) as error:
        await ask(make(url), SHORT)
    assert KEY not in str(error.value) and "TEST_KEY" in error.value.remedy
    monkeypatch.delenv("TEST_KEY")
    with pytest.raises(KeyMissing, match="is needed"):
        await ask(make(url), SHORT)


async def test_a_wrong_address_says_so(llama: Start) -> None:
    with pytest.raises(ProviderRefused, match="often ends in /v1"):
        await ask(make(llama().removesuffix("/v1")), SHORT)
    with pytest.raises(ProviderUnreachable):
        await ask(make(f"http://127.0.0.1:{free_port()}/v1"), SHORT)


@pytest.mark.bubblewrap
async def test_a_whole_run_over_nonsense_ends_cleanly_and_keeps_every_word(
    llama: Start, tmp_path: Path
) -> None:
    code, tests = tmp_path / "double.py", tmp_path / "test_double.py"
    code.write_text("def double(x):\n    return x\n")
    tests.write_text("from double import double\n\n\ndef test_double():\n    assert double(2) == 4\n")
    settings: dict[str, object] = {
        "paths.state": str(tmp_path / "state"), "paths.cache": str(tmp_path / "cache"),
        "sandbox.isolation": "namespace", "search.first": False,
        "provider.openai.base_url": llama("--n_ctx", "4096"),
        "provider.openai.model": "tiny", "loop.attempts": 3, "loop.max_tokens": 40, "loop.seed": 5,
        "provider.openai.context_tokens": 4096,
    }  # fmt: skip
    task: Task = load_task(code, [tests])
    said = []
    async with Session(load(config_file=None, overrides=settings, cwd=tmp_path, environ={})) as session:
        for _ in range(2):
            run = await session.prepare(task, "openai")
            await session.begin(run)
            ended = await session.wait(run)
            assert ended is not None and ended.verdict is not Verdict.INFRASTRUCTURE and ended.attempts == 3
            said.append([a.completion for a in session.history(run).attempts.values() if a.completion])
    assert len(said[0]) == 3 and said[0] == said[1]  # one seed, one run

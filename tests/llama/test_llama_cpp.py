"""The contract against llama.cpp's own `llama-server`, where CODER_TUI_LLAMA_SERVER names the program."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import PromptTruncated, ProviderTimeout
from engine.model import Sampling
from engine.providers.base import Done, Text
from engine.providers.window import prompt_window
from tests.engine.asked import ask
from tests.llama.conftest import free_port, wait_for
from tests.llama.test_llama_server import NOTES, SHORT, answer, make

pytestmark = [pytest.mark.llama_cpp, pytest.mark.timeout(240)]
LONG = replace(SHORT, prompt=replace(SHORT.prompt, user=NOTES * 400))


@pytest.fixture(scope="module")
def url(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server with a window of 1,024 tokens."""
    port, log = free_port(), tmp_path_factory.mktemp("llama_cpp") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                os.environ["CODER_TUI_LLAMA_SERVER"], "-m", tiny_model, "-c", "1024", "-np", "1", "-t", "1",
                "--host", "127.0.0.1", "--port", str(port), "--chat-template", "chatml",
            ],
            stdout=out, stderr=out,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/v1", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


async def test_the_window_is_asked_of_it(url: str) -> None:
    provider = make(url, model="")
    assert "window 1,024 tokens" in await provider.check()
    assert await prompt_window(provider, 200) == 1024 - 200 - 64
    with pytest.raises(PromptTruncated, match="has a window of 1,024"):
        await ask(provider, LONG)


async def test_what_it_refuses_itself_is_understood(url: str) -> None:
    with pytest.raises(PromptTruncated, match=r"exceeds the available context size \(1024 tokens\)"):
        await ask(make(url, model="", context_tokens=100_000), LONG)


async def test_it_counts_all_of_a_prompt_also_what_it_had_cached(url: str) -> None:
    request = replace(SHORT, prompt=replace(SHORT.prompt, user=NOTES * 60))
    counts = [
        done.usage.prompt_tokens for _ in range(2) if isinstance(done := (await _last(url, request)), Done)
    ]
    assert counts[0] == counts[1] > 240


async def _last(url: str, request: object) -> object:
    return (await ask(make(url, model=""), request))[-1]  # type: ignore[arg-type]


async def test_another_name_is_answered_by_its_one_model_and_told(url: str) -> None:
    done = (await ask(make(url, model="nope"), SHORT))[-1]
    assert (
        isinstance(done, Done) and done.note.startswith("answered by ") and done.note.endswith("not by nope")
    )


async def test_seeds_hold_and_going_away_frees_it(url: str) -> None:
    assert await answer(url, 7, model="") == await answer(url, 7, model="") != await answer(url, 8, model="")
    provider = make(url, model="")
    endless = replace(SHORT, sampling=Sampling(0.9, 3, 900))
    async with aclosing(provider.complete(endless)) as stream:
        assert isinstance(await anext(stream), Text)
    began = time.monotonic()
    assert await answer(url, 7, model="")
    assert time.monotonic() - began < 5
    await provider.close()
    with pytest.raises(ProviderTimeout):
        await ask(make(url, model="", first_token_seconds=0.001), SHORT)

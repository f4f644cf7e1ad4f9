"""How a run spends what it has: cut answers, budgets, several providers, several samples, seeds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine import events as ev
from engine.config import load
from engine.errors import ProviderUnreachable, UsageError
from engine.history import History
from engine.model import Attempt, Prompt, PromptForm, Task, Usage
from engine.providers import breaker
from engine.providers.breaker import Breaker
from engine.session import Session
from engine.spending import Budget
from sandbox.contract import Verdict
from tests.engine.conftest import RIGHT
from tests.engine.servers.loopback import Asked, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI
from tests.engine.servers.scripted import Scripted

WRONG = "It never looks at high.\n```python\ndef clamp(x, low, high):\n    return min(high, x)\n```"
WORSE = "```python\ndef clamp(x, low, high):\n    return None\n```"
GOOD = f"The lower bound was lost.\n```python\n{RIGHT}```"
NOWHERE = "http://127.0.0.1:9"
sandboxed = pytest.mark.bubblewrap


async def run(
    folder: Path, task: Task, provider: str, model: str = "tiny:1b", **settings: object
) -> tuple[History, list[ev.Event]]:
    folder.mkdir(exist_ok=True)
    places = {"paths.state": str(folder / "state"), "paths.cache": str(folder / "cache")}
    fixed = {"sandbox.isolation": "namespace", "search.first": False, "provider.openai.model": "tiny:1b"}
    dotted = {key.replace("__", "."): value for key, value in settings.items()}
    config = load(overrides={**places, **fixed, **dotted}, cwd=folder, environ={})
    async with Session(config) as session:
        name = await session.prepare(task, provider, model)
        await session.begin(name)
        await session.wait(name)
        return session.history(name), list(session.events_of(name))


def reasons(events: list[ev.Event]) -> list[str]:
    return [event.reason for event in events if isinstance(event, ev.StrategyDecided)]


@sandboxed
@pytest.mark.parametrize("kind", [Ollama, OpenAI])
@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (GOOD[:60], GOOD[60:]),
        (GOOD[:60], "```python\n" + GOOD[60:]),
        (GOOD[:60], GOOD[40:]),
        (GOOD[:60], "Sorry, here it is whole:\n" + GOOD.partition("\n")[2]),
    ],
    ids=["exactly", "new fence", "overlap", "whole"],
)
async def test_an_answer_cut_at_its_limit_is_gone_on_with_once(
    tmp_path: Path, clamp: Task, kind: type[Ollama] | type[OpenAI], first: str, rest: str
) -> None:
    model = Scripted(kind, [(first, "length"), rest])
    address = "provider__ollama__host" if kind is Ollama else "provider__openai__base_url"
    async with serve(model) as server:
        url = server.url if kind is Ollama else f"{server.url}/v1"
        history, events = await run(
            tmp_path, clamp, "ollama" if kind is Ollama else "openai", **{address: url}
        )
    assert [a.verdict for a in history.attempts.values()] == [Verdict.FAILED, Verdict.PASSED]
    asked = model.sent[1]["messages"]
    assert isinstance(asked, list) and [m["role"] for m in asked] == ["system", "user", "assistant", "user"]
    assert asked[2]["content"] == first
    assert "attempt 1 stopped at its limit of 2,048 tokens: asked once to go on from there" in reasons(events)
    assert history.attempts["1"].usage.completion_tokens == 18


@sandboxed
async def test_an_answer_that_never_ends_costs_two_requests_an_attempt(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(Ollama, [(WRONG[:70], "length")])
    async with serve(model) as server:
        settings = {"provider__ollama__host": server.url, "loop__attempts": 2}
        history, _ = await run(tmp_path, clamp, "ollama", **settings)
    assert len(model.sent) == 4 and history.verdict is Verdict.FAILED


@sandboxed
async def test_a_second_half_that_does_not_come_leaves_the_first(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(Ollama, [(GOOD[:-3], "length"), ("x", "error")])
    async with serve(model) as server:
        history, events = await run(tmp_path, clamp, "ollama", provider__ollama__host=server.url)
    assert history.attempts["1"].verdict is Verdict.PASSED
    assert any(isinstance(e, ev.Notice) and "second half did not come" in e.message for e in events)


@sandboxed
async def test_tokens_and_cost_are_told_for_each_attempt_and_the_run(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(OpenAI, [WRONG, GOOD])
    prices = {"prices.openai/tiny:1b": [1.0, 1_000_000.0]}
    async with serve(model) as server:
        url = f"{server.url}/v1"
        history, events = await run(tmp_path, clamp, "openai", provider__openai__base_url=url, **prices)
    costs = [e.usage.cost for e in events if isinstance(e, ev.CompletionReceived)]
    assert costs == [pytest.approx(9.0), pytest.approx(9.0)]
    assert history.ended is not None
    assert history.ended.usage.cost == pytest.approx(18.0) and history.ended.usage.completion_tokens == 18
    assert ev.from_json(ev.to_json(history.ended)) == history.ended


@sandboxed
async def test_a_run_stops_when_its_tokens_are_used_up(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(Ollama, [WRONG, WORSE, GOOD])
    async with serve(model) as server:
        settings = {"provider__ollama__host": server.url, "budget__tokens": 700}
        history, _ = await run(tmp_path, clamp, "ollama", **settings)
    assert history.verdict is Verdict.FAILED and history.ended is not None
    assert "budget" in history.ended.message and 0 < len(model.sent) < 3
    spent = history.ended.usage
    assert spent.prompt_tokens + spent.completion_tokens <= 700
    assert all(sent["options"]["num_predict"] <= 700 for sent in model.sent)  # type: ignore[index]


@sandboxed
async def test_a_run_stops_when_its_money_is_used_up(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(OpenAI, [WRONG, WORSE, GOOD])
    settings: Mapping[str, object] = {"prices.openai/tiny:1b": [0.0, 1_000_000.0], "budget__money": 80.0}
    async with serve(model) as server:
        url = f"{server.url}/v1"
        history, _ = await run(tmp_path, clamp, "openai", provider__openai__base_url=url, **settings)
    assert history.verdict is Verdict.PASSED
    assert [sent["max_tokens"] for sent in model.sent] == [80, 71, 62]


async def test_money_without_a_price_is_refused_before_anything_is_sent(tmp_path: Path, clamp: Task) -> None:
    with pytest.raises(UsageError, match=r"needs the price of tiny:1b at models\.example"):
        url = "https://models.example/v1"
        await run(tmp_path, clamp, "openai", provider__openai__base_url=url, budget__money=1.0)


def test_an_answer_without_a_count_is_estimated_and_never_free() -> None:
    prompt = Prompt("", "x" * 300, PromptForm.WRITE)
    lost = Attempt("1", provider="p", model="m", prompt=prompt, completion="y" * 30)
    budget = Budget(tokens=105, prices={"p/m": [1e6, 1e6]})
    assert budget.spent([lost]) == Usage(100, 10, 0.0, 110.0)
    assert "110 spent" in budget.used_up([lost])
    assert budget.spent([replace(lost, completion="")]) == Usage()


@pytest.mark.slow
@sandboxed
async def test_the_next_provider_is_asked_when_one_is_not_there(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(OpenAI, [WRONG, GOOD])
    async with serve(model) as server:
        settings = {"provider__ollama__host": NOWHERE, "provider__openai__base_url": f"{server.url}/v1"}
        history, events = await run(tmp_path, clamp, "ollama,openai", **settings)
    assert history.verdict is Verdict.PASSED
    assert [a.provider for a in history.attempts.values()] == ["", "ollama", "openai", "openai"]
    said = [e.message for e in events if isinstance(e, ev.Notice) and e.level == "warning"]
    assert said == ["ollama failed: openai is next, prompts go to this machine"]


@sandboxed
async def test_the_next_provider_is_asked_after_its_share_of_attempts(tmp_path: Path, clamp: Task) -> None:
    first, second = Scripted(Ollama, [WRONG, WORSE]), Scripted(OpenAI, [GOOD])
    async with serve(first) as one, serve(second) as other:
        history, events = await run(
            tmp_path,
            clamp,
            "",
            "",
            provider__ollama__host=one.url,
            provider__ollama__model="tiny:1b",
            provider__openai__base_url=f"{other.url}/v1",
            provider__chain=["ollama", "openai"],
            provider__chain_after=2,
        )
    assert [a.provider for a in history.attempts.values()] == ["", "ollama", "ollama", "openai"]
    assert history.verdict is Verdict.PASSED
    assert any("ollama had its 2 attempts: openai" in reason for reason in reasons(events))


@pytest.mark.slow
@sandboxed
async def test_a_chain_whose_every_provider_fails_ends_as_a_fault(tmp_path: Path, clamp: Task) -> None:
    settings = {"provider__ollama__host": NOWHERE, "provider__openai__base_url": f"{NOWHERE}/v1"}
    history, _ = await run(tmp_path, clamp, "ollama,openai", **settings)
    assert history.verdict is Verdict.INFRASTRUCTURE
    assert [a.provider for a in history.attempts.values()] == ["", "ollama", "openai"]


async def test_a_chain_of_anything_but_models_is_refused(tmp_path: Path, clamp: Task) -> None:
    with pytest.raises(UsageError, match="replay cannot be part of a chain"):
        await run(tmp_path, clamp, "ollama,replay")


@sandboxed
async def test_samples_are_asked_for_at_once_with_seeds_of_their_own(tmp_path: Path, clamp: Task) -> None:
    model = Scripted(Ollama, [WRONG, WORSE, WRONG], pause=0.3)
    async with serve(model) as server:
        settings = {"provider__ollama__host": server.url, "loop__samples": 3, "loop__attempts": 3}
        history, events = await run(tmp_path, clamp, "ollama", loop__seed=7, **settings)
    assert model.most == 3 and len(model.sent) == 3
    built = [e for e in events if isinstance(e, ev.PromptBuilt)]
    assert sorted(e.seed for e in built if e.seed is not None) == [7, 8, 9]
    assert sorted(sent["options"]["seed"] for sent in model.sent) == [7, 8, 9]  # type: ignore[index]
    assert len({e.prompt.user for e in built}) == 1
    made = [a for a in history.attempts.values() if a.id != "0"]
    assert [a.verdict for a in made] == [Verdict.FAILED] * 3
    assert sum(bool(a.duplicate_of) for a in made) == 1, "two samples are the same program: one execution"


@sandboxed
async def test_a_sample_that_passes_stops_the_others(tmp_path: Path, clamp: Task) -> None:
    def answer(asked: Asked) -> tuple[str, str]:
        return (GOOD, "") if asked.json["options"]["seed"] == 8 else (WRONG, "stall")  # type: ignore[index]

    async with serve(Scripted(Ollama, answer=answer)) as server:
        settings = {"provider__ollama__host": server.url, "loop__samples": 3, "loop__seed": 7}
        async with asyncio.timeout(20):
            history, _ = await run(tmp_path, clamp, "ollama", **settings)
        await asyncio.wait_for(server.hung_up.wait(), 2)
    assert history.verdict is Verdict.PASSED and history.best == "2"
    assert all(a.verdict is not None for a in history.attempts.values())


@sandboxed
async def test_a_fixed_seed_repeats_a_run(tmp_path: Path, clamp: Task) -> None:
    def answer(asked: Asked) -> str:
        seed = asked.json["options"]["seed"]  # type: ignore[index]
        return [WRONG, WORSE, GOOD][seed % 3]

    told = []
    for name in ("one", "two"):
        async with serve(Scripted(Ollama, answer=answer)) as server:
            settings = {"provider__ollama__host": server.url, "loop__seed": 6}
            _, events = await run(tmp_path / name, clamp, "ollama", **settings)
        told.append([(e.prompt.user, e.seed) for e in events if isinstance(e, ev.PromptBuilt)])
    assert told[0] == told[1] and [seed for _, seed in told[0]] == [6, 7, 8]


def test_a_server_that_fails_more_often_than_not_is_left_alone_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Breaker("Ollama at here")
    for ok in (True, True, False, False):
        watched.record(ok)
        watched.allow()
    watched.record(False)
    with pytest.raises(ProviderUnreachable, match="3 of its last 5 requests failed"):
        watched.allow()
    monkeypatch.setattr(breaker, "REST_SECONDS", 0.0)
    watched.allow()
    watched.record(False)
    monkeypatch.setattr(breaker, "REST_SECONDS", 30.0)
    with pytest.raises(ProviderUnreachable):
        watched.allow()
    watched.record(True)
    watched.allow()

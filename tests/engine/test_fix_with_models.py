"""A whole repair with each model provider, over real HTTP, to a sealed pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine import events as ev
from engine.config import Config, load
from engine.history import History
from engine.model import Task
from engine.session import Session
from sandbox.contract import Verdict
from tests.engine.conftest import RIGHT
from tests.engine.servers.loopback import Answer, Asked, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI

pytestmark = pytest.mark.bubblewrap

KEY = "gsk_" + "s3cr3t" * 6
WRONG = "It never looks at high.\n```python\ndef clamp(x, low, high):\n    return min(high, x)\n```"
GOOD = f"The lower bound was lost.\n```python\n{RIGHT}```"


@dataclass
class Learns:
    """A model that answers wrongly first, and rightly once its prompt tells of that failure."""

    kind: type[Ollama] | type[OpenAI]
    seen: list[str] = field(default_factory=list)

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        if asked.path.endswith(("/chat", "/completions")):
            self.seen.append(str(asked.json["messages"]))
        text = GOOD if len(self.seen) > 1 else WRONG
        pieces = tuple(text[at : at + 7] for at in range(0, len(text), 7))
        await self.kind(model="tiny:1b", pieces=pieces)(asked, answer)


async def fix(
    tmp_path: Path, task: Task, provider: str, settings: Mapping[str, object]
) -> tuple[History, Session]:
    places = {"paths.state": str(tmp_path / "state"), "paths.cache": str(tmp_path / "cache")}
    fixed = {"sandbox.isolation": "namespace", "search.first": False}
    config: Config = load(overrides={**places, **fixed, **settings}, cwd=tmp_path, environ={})
    async with Session(config) as session:
        run = await session.prepare(task, provider, "tiny:1b")
        await session.begin(run)
        await session.wait(run)
        return session.history(run), session


@pytest.mark.parametrize("provider", ["ollama", "groq", "openai"])
async def test_a_failure_is_told_and_the_second_answer_passes(
    provider: str, tmp_path: Path, clamp: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = Learns(Ollama if provider == "ollama" else OpenAI)
    async with serve(model) as server:
        address = {
            "ollama": {"provider.ollama.host": server.url},
            "groq": {"provider.groq.base_url": server.url},
            "openai": {"provider.openai.base_url": f"{server.url}/v1"},
        }[provider]
        history, session = await fix(tmp_path, clamp, provider, address)
    assert [a.verdict for a in history.attempts.values()] == [Verdict.FAILED, Verdict.FAILED, Verdict.PASSED]
    assert history.attempts["2"].confirmed
    second = model.seen[1]
    assert "test_below" in second and "min(high, x)" in second, "the repair prompt tells what failed and how"
    kept = Path(session.places.journal).read_bytes()
    assert KEY.encode() not in kept and b"min(high, x)" in kept


async def test_the_answer_streams(tmp_path: Path, clamp: Task) -> None:
    async with serve(Learns(Ollama)) as server:
        history, session = await fix(tmp_path, clamp, "ollama", {"provider.ollama.host": server.url})
        reread = Session(session.config, session.places)
        events = list(reread.events_of(history.run))
        await reread.close()
    streamed = [e.text for e in events if isinstance(e, ev.CompletionStreamed) and e.attempt == "2"]
    assert "".join(streamed) == GOOD

"""A blocked answer is repaired by telling the model what to use instead, over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine import events as ev
from engine.config import Config
from engine.model import Severity, Task
from engine.session import Session
from sandbox.contract import Verdict
from tests.engine.conftest import RIGHT, Record, finish
from tests.engine.servers.loopback import Answer, Asked, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.test_fix_with_models import fix

pytestmark = pytest.mark.bubblewrap

BLOCKED = """A shell can compare.
```python
import os
compare = os.popen


def clamp(x, low, high):
    open("clamp.log", "w")  # coder-tui: allow G301
    return int(compare(f"echo {x}").read())
```"""
GOOD = f"Comparing needs no shell.\n```python\n{RIGHT}```"


@dataclass
class Heeds:
    """A model that reaches for a shell until it is told what to use instead."""

    told: list[str] = field(default_factory=list)

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        text = BLOCKED
        if asked.path.endswith("/chat"):
            self.told.append(str(asked.json["messages"]))
            text = GOOD if "Compute the result in Python" in self.told[-1] else BLOCKED
        await Ollama(model="tiny:1b", pieces=(text,))(asked, answer)


async def test_a_blocked_answer_is_not_told_what_to_use_instead(tmp_path: Path, clamp: Task) -> None:
    model = Heeds()
    async with serve(model) as server:
        settings = {"provider.ollama.host": server.url, "guardrails.policy": "standard"}
        history, session = await fix(tmp_path, clamp, "ollama", settings)
    assert [a.verdict for a in history.attempts.values()] == [
        Verdict.FAILED,
        Verdict.BLOCKED,
        Verdict.PASSED,
    ]
    found = {f.rule: f for f in history.attempts["1"].findings}
    assert found["G101"].severity is Severity.BLOCK
    assert found["G301"].severity is Severity.BLOCK, "a comment in a candidate changes nothing"
    repair = model.told[1]
    assert "line 2, `os.popen`" in repair and "was not run" in repair
    assert "Return the data, or write into io.StringIO" in repair
    reread = Session(session.config, session.places)
    (started,) = [e for e in reread.events_of(history.run) if isinstance(e, ev.RunStarted)]
    await reread.close()
    assert started.settings["guardrails"] == "standard"


async def test_each_attempt_records_the_policy_it_was_held_to(
    config: Config, clamp: Task, recording: Record
) -> None:
    strict = config.guardrails.model_copy(update={"policy": "strict", "allow": ["open"]})
    async with Session(config.model_copy(update={"guardrails": strict})) as session:
        history, _ = await finish(
            session, clamp, recording("```python\ndef clamp(x, low, high):\n    return x\n```")
        )
    checked = [attempt for attempt in history.attempts.values() if attempt.candidate is not None]
    assert [attempt.policy for attempt in checked] == ["strict, open allowed"] * 2

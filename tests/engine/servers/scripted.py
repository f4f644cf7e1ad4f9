"""A model that follows a script: for each request what it answers and how that goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.engine.servers.loopback import Answer, Asked
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI

Said = str | tuple[str, str]  # the answer, and the trouble with it


@dataclass
class Scripted:
    """Gives `answers` in order, the last one for ever, or what `answer` makes of the request.

    `sent` keeps the bodies of chat requests; `most` is how many were being answered at once.
    """

    kind: type[Ollama] | type[OpenAI]
    answers: list[Said] = field(default_factory=list)
    answer: Callable[[Asked], Said] | None = None
    pause: float = 0.0
    sent: list[dict[str, object]] = field(default_factory=list)
    now: int = 0
    most: int = 0

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        if not asked.path.endswith(("/chat", "/completions")):
            await self.kind(model="tiny:1b")(asked, answer)
            return
        self.sent.append(asked.json)
        said = self.answer(asked) if self.answer else self.answers[min(len(self.sent), len(self.answers)) - 1]
        text, trouble = (said, "") if isinstance(said, str) else said
        pieces = tuple(text[at : at + 7] for at in range(0, len(text), 7))
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.pause)
            await self.kind(model="tiny:1b", pieces=pieces, trouble=trouble)(asked, answer)
        finally:
            self.now -= 1

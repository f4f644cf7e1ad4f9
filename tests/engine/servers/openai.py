"""A server that speaks OpenAI's chat protocol over server-sent events; Groq's has another path."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from tests.engine.servers.loopback import Answer, Asked


@dataclass
class OpenAI:
    """`trouble` as in the Ollama server; `refusals` are answered, one each, before anything else."""

    model: str = "tiny"
    pieces: tuple[str, ...] = ("def f():\n", "    return 1\n")
    thinking: tuple[str, ...] = ()
    trouble: str = ""
    prompt_tokens: int = 0
    key: str = ""
    refusals: list[tuple[int, object, dict[str, str]]] = field(default_factory=list)
    groq: bool = False

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            wrong = asked.headers.get("authorization", "none").removeprefix("Bearer ")
            await answer.whole(401, {"error": {"message": f"Incorrect API key provided: {wrong}"}})
        elif self.refusals:
            status, body, headers = self.refusals.pop(0)
            await answer.whole(status, body, **headers)
        elif asked.path.endswith("/models"):
            row = {"id": self.model, "object": "model", "context_window": 8192, "max_model_len": 8192}
            await answer.whole(200, {"object": "list", "data": [row]})
        elif not asked.path.endswith("/chat/completions"):
            await answer.whole(404, "Not Found", "text/plain")
        elif asked.json.get("model") != self.model:
            await answer.whole(404, {"error": {"message": "The model `x` does not exist"}})
        else:
            await self._chat(answer)

    async def _chat(self, answer: Answer) -> None:
        await answer.start(200, "text/event-stream; charset=utf-8")
        await self._event(answer, [{"index": 0, "delta": {"role": "assistant", "content": ""}}])
        if self.trouble == "slow":
            while True:  # keep-alive lines are not tokens
                await answer.send(": ping\n\n")
                await asyncio.sleep(0.1)
        for thought in self.thinking:
            name = "reasoning" if self.groq else "reasoning_content"
            await self._event(answer, [{"index": 0, "delta": {name: thought}}])
        for piece in self.pieces:
            await self._event(answer, [{"index": 0, "delta": {"content": piece}}])
            if self.trouble == "stall":
                await asyncio.sleep(60)
            if self.trouble == "error":
                await answer.send(f"data: {json.dumps({'error': {'message': 'worker died'}})}\n\n")
                await answer.finish()
                return
        if self.trouble == "cut":
            await answer.send('data: {"choices": [{"del')
            return
        if self.trouble == "short":
            await answer.finish()
            return
        reason = "length" if self.trouble == "length" else "stop"
        usage = {"prompt_tokens": self.prompt_tokens, "completion_tokens": 9, "total_tokens": 9}
        more: dict[str, object] = {"x_groq": {"id": "r", "usage": usage}} if self.groq else {}
        await self._event(answer, [{"index": 0, "delta": {}, "finish_reason": reason}], **more)
        if not self.groq:
            await self._event(answer, [], usage=usage)
        await answer.send("data: [DONE]\n\n")
        await answer.finish()

    async def _event(self, answer: Answer, choices: list[dict[str, object]], **more: object) -> None:
        event = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.model,
            "choices": choices,
        }
        await answer.send(f"data: {json.dumps({**event, **more})}\n\n")

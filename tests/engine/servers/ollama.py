"""A server that follows Ollama's published API: show, tags, chat as streamed lines of JSON."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

from tests.engine.servers.loopback import Answer, Asked


@dataclass
class Ollama:
    """One model; `trouble` names what goes wrong in a chat: "", "slow", "stall", "cut", "error", "length"."""

    model: str = "tiny:1b"
    context: int = 32_768
    pieces: tuple[str, ...] = ("def f():\n", "    return 1\n")
    thinking: tuple[str, ...] = ()
    trouble: str = ""
    reads_at_most: int = 10**9
    loaded_with: int = 0
    pullable: bool = False
    version: str = "0.31.1"

    async def __call__(self, asked: Asked, answer: Answer) -> None:
        if asked.path == "/api/pull" and self.pullable:
            self.model = str(asked.json["model"])
        if asked.json.get("model", self.model) != self.model:
            await answer.whole(404, {"error": f"model '{asked.json['model']}' not found"})
        elif asked.path == "/api/show":
            capabilities = ["completion", *(["thinking"] if self.thinking else [])]
            info = {"general.architecture": "tiny", "tiny.context_length": self.context}
            await answer.whole(200, {"model_info": info, "capabilities": capabilities, "details": {}})
        elif asked.path == "/api/ps":
            row = {"name": self.model, "model": self.model, "context_length": self.loaded_with}
            await answer.whole(200, {"models": [row] if self.loaded_with else []})
        elif asked.path == "/api/version":
            await answer.whole(200, {"version": self.version})
        elif asked.path == "/api/pull":
            await self._pull(answer)
        elif asked.path == "/api/chat":
            await self._chat(asked, answer)
        else:
            await answer.whole(404, "404 page not found", "text/plain")

    async def _pull(self, answer: Answer) -> None:
        await answer.start(200, "application/x-ndjson")
        steps: list[dict[str, object]] = [{"status": "pulling manifest"}]
        steps += [{"status": "pulling ab12", "total": 1000, "completed": done} for done in (0, 400, 1000)]
        for step in steps:
            await answer.send(json.dumps(step) + "\n")
            if self.trouble == "stall":
                await asyncio.sleep(60)
        if self.trouble == "cut":
            await answer.finish()
            return
        last = {"error": "no space left on device"} if self.trouble == "error" else {"status": "success"}
        await answer.send(json.dumps(last) + "\n")
        await answer.finish()

    async def _chat(self, asked: Asked, answer: Answer) -> None:
        await answer.start(200, "application/x-ndjson")
        if self.trouble == "slow":
            await asyncio.sleep(60)
        for thought in self.thinking:
            await self._part(answer, {"role": "assistant", "content": "", "thinking": thought})
        for piece in self.pieces:
            await self._part(answer, {"role": "assistant", "content": piece})
            if self.trouble == "stall":
                await asyncio.sleep(60)
            if self.trouble == "error":
                await answer.send(
                    json.dumps({"error": "llama runner process has terminated: out of memory"}) + "\n"
                )
                await answer.finish()
                return
        if self.trouble == "cut":
            await answer.send('{"model":"tiny:1b","message":{"role":"assis')
            return
        said = " ".join(str(message["content"]) for message in asked.json["messages"])  # type: ignore[attr-defined]
        count = len(re.findall(r"\w+|[^\w\s]", said))
        last = {
            "done": True,
            "done_reason": "length" if self.trouble == "length" else "stop",
            "prompt_eval_count": min(count, int(asked.json["options"]["num_ctx"]), self.reads_at_most),  # type: ignore[index]
            "eval_count": 9,
            "total_duration": 5_000_000,
        }
        await self._part(answer, {"role": "assistant", "content": ""}, last)
        await answer.finish()

    async def _part(
        self, answer: Answer, message: dict[str, str], more: dict[str, object] | None = None
    ) -> None:
        part = {"model": self.model, "created_at": "2025-01-01T00:00:00Z", "message": message, "done": False}
        await answer.send(json.dumps({**part, **(more or {})}) + "\n")

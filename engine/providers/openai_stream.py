"""The chat stream that OpenAI-compatible servers and Groq share: from events to chunks."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.errors import ProviderRefused, ProviderUnreachable
from engine.model import Usage
from engine.providers.base import Chunk, Done, Text, Thinking
from engine.providers.http import Server
from engine.providers.scrub import scrub

OVER = object()
"""Stands among the events for the line with which a server says that there are no more."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Delta(_Wire):
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class _Choice(_Wire):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Usage(_Wire):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _XGroq(_Wire):
    usage: _Usage | None = None


class _Event(_Wire):
    model: str | None = None
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    x_groq: _XGroq | None = None


async def chunks(
    events: AsyncGenerator[object, None], server: Server, model: str
) -> AsyncGenerator[Chunk, None]:
    """Chunks of one answer; its end says so where another model than `model` gave it.

    Raises ProviderRefused for what is not the protocol, ProviderUnreachable when the answer breaks off
    before its finish.
    """
    began, finish, used, who, over = time.monotonic(), "", _Usage(), "", False
    async for raw in events:
        if raw is OVER:
            over = True
            break
        try:
            event = _Event.model_validate(raw)
        except ValidationError:
            remedy = "check that its base_url is an OpenAI-compatible one"
            raise ProviderRefused(f"{server} sends something that is not its protocol", remedy) from None
        who = event.model or who
        used = event.usage or (event.x_groq.usage if event.x_groq else None) or used
        for choice in event.choices[:1]:
            thought = choice.delta.reasoning_content or choice.delta.reasoning
            if thought:
                yield Thinking(thought)
            if choice.delta.content:
                yield Text(choice.delta.content)
            finish = choice.finish_reason or finish
    if not finish and over:  # llama-cpp-python does this when another request comes
        raise ProviderUnreachable(
            f"{server} broke off its answer: it may answer one request at a time only",
            "set loop.samples = 1, or see the server's log",
        )
    if not finish:
        raise ProviderUnreachable(f"{server} ended the answer before it was done", "see the server's log")
    usage = Usage(used.prompt_tokens, used.completion_tokens, time.monotonic() - began)
    note = "" if _same_model(who, model) else f"answered by {scrub(who)}, not by {model}"
    yield Done(usage, truncated=finish == "length", note=note)


def _same_model(answered: str, asked: str) -> bool:
    """Servers add a version, a path or an owner to a model's name."""
    one, other = answered.casefold(), asked.casefold()
    return one in other or other in one


def error_text(body: object) -> str:
    """The server's own words in an error body: `{"error": {"message"}}`, `{"error"}`, `{"detail"}`, text."""
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        if isinstance(inner, Mapping):
            inner = inner.get("message") or inner.get("detail") or inner.get("type") or ""
        return str(inner)
    return body if isinstance(body, str) else ""

"""An OpenAI-style error answer as one of our errors, with its remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import (
    KeyMissing,
    ModelMissing,
    PromptTruncated,
    ProviderError,
    ProviderRefused,
    ProviderUnreachable,
    RateLimited,
)
from engine.providers.http import Server
from engine.providers.limits import in_words, limits, retry_after, told
from engine.providers.openai_stream import error_text
from engine.providers.scrub import scrub

_TOO_LONG = re.compile(r"context.{0,20}(length|size|window)|too many tokens|prompt is too long", re.I)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom and what was asked: needed to say what mends an error. `key` is never shown.

    `spans` says what the service's limits count in ("requests": "a day").
    """

    server: Server
    model: str
    key_env: str
    key: str = ""
    spans: Mapping[str, str] | None = None


def refusal(asked: Asked, status: int, headers: Mapping[str, str], body: object) -> ProviderError:
    """The error that a status and a body amount to; status 0 is an error inside a stream."""
    server = asked.server
    text = error_text(body)
    said = "a web page" if text.lstrip()[:1] == "<" else scrub(text, [asked.key])
    why = f": {said}" if said else ""
    if status in (401, 403):
        done = "is not accepted" if asked.key else "is needed"
        return KeyMissing(f"a key {done} by {server}{why}", f"set {asked.key_env} in the environment")
    if status == 429:
        wait = retry_after(headers, said)
        again = f", asks to wait {in_words(wait)}" if wait else ""
        left = told(limits(headers, asked.spans))
        counted = f" ({left})" if left else ""
        return RateLimited(
            f"{server} limits its rate{again}{counted}{why}", "wait, or use another model", wait
        )
    if _TOO_LONG.search(said):
        return PromptTruncated(
            f"the prompt is too long for {asked.model}{why}", "use a model with a larger window"
        )
    if status == 404 and "model" in said.lower():
        return ModelMissing(
            f"{server} does not have {asked.model}{why}", "name one that it lists with --model"
        )
    if status == 404:
        return ProviderRefused(
            f"{server} has no chat completions there{why}", "check base_url: it often ends in /v1"
        )
    if status in (408, 502, 503, 504, 529):
        return ProviderUnreachable(f"{server} answers {status}{why}", "try again in a moment")
    known = f"answers {status}" if status else "failed during its answer"
    return ProviderRefused(f"{server} {known}{why}", "see the server's log")

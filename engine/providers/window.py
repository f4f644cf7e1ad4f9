"""What fits a model's window, and whether the model saw all of it."""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

from engine.errors import PromptTruncated, ProviderUnreachable, RateLimited
from engine.model import Prompt
from engine.prompting import estimate_tokens
from engine.providers.base import Provider

TEMPLATE_TOKENS = 64  # what a server's chat template adds around two messages


@runtime_checkable
class Windowed(Protocol):
    """A provider that knows how many tokens a prompt may have."""

    async def prompt_window(self, max_tokens: int) -> int: ...


async def prompt_window(provider: Provider, max_tokens: int) -> int:
    """Tokens left for the prompt beside an answer of `max_tokens`; 0 where the provider does not know.

    A server that cannot be asked now is asked again, and more patiently, for the completion itself.
    Raises ProviderError for other faults.
    """
    try:
        return await provider.prompt_window(max_tokens) if isinstance(provider, Windowed) else 0
    except (ProviderUnreachable, RateLimited):
        return 0


def room(limit: int, max_tokens: int) -> int:
    """Tokens for the prompt beside an answer of `max_tokens` in a window of `limit`; 0: none is known."""
    return max(limit - max_tokens - TEMPLATE_TOKENS, limit // 4) if limit else 0


def most_tokens(prompt: Prompt) -> int:
    """An upper bound for the prompt's tokens."""
    return estimate_tokens(prompt.system) + estimate_tokens(prompt.user) + TEMPLATE_TOKENS


def least_tokens(prompt: Prompt) -> int:
    """A lower bound: a token hardly ever spans two words, and a tenth is taken off for those that do."""
    return int(0.9 * len(re.findall(r"\w+", f"{prompt.system} {prompt.user}")))


def check_seen(prompt: Prompt, seen: int, window: int, who: str, remedy: str) -> None:
    """Raise PromptTruncated when the tokens that a server says it read cannot be the whole prompt.

    `seen` 0 means that the server does not say, `window` 0 that it is not known.
    """
    if seen <= 0:
        return
    if window and seen >= window:
        raise PromptTruncated(f"{who} filled its whole window of {window:,} tokens with the prompt", remedy)
    least = least_tokens(prompt)
    if seen < least:
        said = f"{who} read {seen:,} tokens of a prompt that has at least {least:,}: it was cut silently"
        raise PromptTruncated(said, remedy)

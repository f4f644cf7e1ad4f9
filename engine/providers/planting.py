"""Proof that a model sees the head of a long prompt: a word planted there, asked for at its end."""

from __future__ import annotations

import secrets
from contextlib import aclosing

from engine.errors import PromptTruncated
from engine.model import Prompt, PromptForm, Sampling, Target, Task
from engine.providers.base import Done, Provider, Request, Text
from engine.providers.window import least_tokens
from engine.workspace import Workspace

LINES = 400  # about 4,800 tokens: more than the windows that servers cut to by default
ANSWER = 1024  # room for a model that thinks first


async def plant(provider: Provider, lines: int = LINES) -> str:
    """One line on what the model saw; raises ProviderError, PromptTruncated where its head was lost."""
    word = f"zebra{secrets.randbelow(9000) + 1000}"
    filler = "\n".join(f"Line {number} of the notes says nothing of interest." for number in range(lines))
    asked = "Which word was to be remembered, at the very beginning? Answer with that word alone."
    prompt = Prompt(
        "You answer with one word.", f"Remember the word {word}.\n{filler}\n{asked}", PromptForm.WRITE
    )
    task = Task("planted", "", Workspace(), Target("none.py"), {})
    said: list[str] = []
    seen = 0
    async with aclosing(provider.complete(Request(task, prompt, Sampling(0.0, None, ANSWER)))) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Text):
                said.append(chunk.text)
            elif isinstance(chunk, Done):
                seen = chunk.usage.prompt_tokens
    counted = f"{seen:,} tokens" if seen else f"at least {least_tokens(prompt):,} tokens, by our count"
    if word in "".join(said):
        return f"saw a word planted at the head of a prompt of {counted}"
    if seen:  # a count below what the prompt has was an error already
        return f"read all of a prompt of {counted}, and did not repeat the word planted at its head"
    raise PromptTruncated(
        f"{provider.model} did not repeat a word planted at the head of a prompt of {counted}",
        "raise the server's context window, or try a larger model",
    )

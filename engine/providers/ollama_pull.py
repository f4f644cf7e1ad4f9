"""Having Ollama fetch a model, told step by step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import ollama

from engine.errors import ProviderTimeout, ProviderUnreachable
from engine.providers.base import Progress
from engine.providers.http import Patience, Server
from engine.providers.ollama_faults import faults
from engine.providers.scrub import scrub


async def pulled(
    client: ollama.AsyncClient, model: str, server: Server, patience: Patience
) -> AsyncGenerator[Progress, None]:
    """How far the pull is, until it is done. Raises ProviderError; closing it stops the pull."""
    by_hand = f"ollama pull {model}"
    with faults(server, patience, model):
        # `aclosing` needs what the package returns: an async generator, typed as an iterator
        stream: AsyncGenerator[Any, None] = await client.pull(model, stream=True)  # type: ignore[assignment]
    last = ""
    async with aclosing(stream):
        with faults(server, patience, model):
            while True:
                try:
                    async with asyncio.timeout(patience.first_token_seconds):
                        part = await anext(stream)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    raise ProviderTimeout(f"{server} stopped pulling {model}", by_hand) from None
                last = scrub(part.status or "")
                yield Progress(f"pulling {model}: {last}", part.completed or 0, part.total or 0)
    if last != "success":
        raise ProviderUnreachable(f"{server} ended the pull of {model} before it was done", by_hand)

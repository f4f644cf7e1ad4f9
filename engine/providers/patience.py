"""Waiting with limits: for the first token, for the next one, and before asking again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from engine.errors import (
    ProviderRefused,
    ProviderTimeout,
    ProviderUnreachable,
    RateLimited,
)
from engine.providers.base import Chunk, Progress, Text, Thinking
from engine.providers.breaker import Breaker
from engine.providers.http import Patience, Server
from engine.providers.limits import in_words

ANSWER_SECONDS = 20.0
TRIES = 3
FIRST_PAUSE = 0.5  # seconds, doubled each time
LONGEST_PAUSE = 60.0  # a server that asks for more is not waited for: the user is told

Stream = AsyncGenerator[Chunk, None]


@asynccontextmanager
async def answered(server: Server) -> AsyncGenerator[None, None]:
    """A limit for small questions about models, which no model has to be loaded for."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except TimeoutError:
        raise ProviderTimeout(f"{server} took longer than {ANSWER_SECONDS:g} s", server.remedy) from None


async def paced(stream: Stream, server: Server, patience: Patience) -> Stream:
    """The same chunks; ProviderTimeout when the first token, or the next one, takes too long.

    Only text counts: keep-alive lines and empty pieces do not reset the clock.
    """
    limit, what = patience.first_token_seconds, "first"
    async with aclosing(stream):
        while True:
            try:
                async with asyncio.timeout(limit):
                    chunk = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                setting = "first_token_seconds" if what == "first" else "between_tokens_seconds"
                raise ProviderTimeout(
                    f"the {what} token from {server} took longer than {limit:g} s",
                    f"raise {setting}, or use a smaller model",
                ) from None
            yield chunk
            if isinstance(chunk, Text | Thinking):
                limit, what = patience.between_tokens_seconds, "next"


async def persistent(ask: Callable[[], Stream], breaker: Breaker) -> Stream:
    """Ask again, up to three times in all, where no text has come and waiting may help.

    The pauses are shown as Progress. A rate limit is waited for as the server says. Where most requests
    fail the breaker stops this early.
    """
    pauses: list[tuple[str, float]] = []

    async def not_yet(seconds: float) -> None:
        """The pause is taken below, once it is told."""
        pauses.append((said, seconds))

    said = ""
    tries = AsyncRetrying(
        stop=stop_after_attempt(TRIES),
        wait=lambda state: _pause(state.outcome.exception() if state.outcome else None, state.attempt_number),
        retry=retry_if_exception(lambda error: _worth(error) and not breaker.is_open),
        sleep=not_yet,
        reraise=True,
    )
    async for attempt in tries:
        for why, pause in pauses:
            yield Progress(f"{why}; again in {in_words(pause)}" if pause >= 1 else f"{why}; again")
            await asyncio.sleep(pause)
        pauses.clear()
        started = False
        breaker.allow()
        try:
            async with aclosing(ask()) as stream:
                async for chunk in stream:
                    started = started or isinstance(chunk, Text | Thinking)
                    yield chunk
            breaker.record(True)
            return
        except (ProviderUnreachable, RateLimited) as error:
            breaker.record(isinstance(error, RateLimited))  # a server that limits its rate is well
            if started:
                raise
            said = error.message
            with attempt:  # what becomes of it is decided above
                raise
        except (ProviderTimeout, ProviderRefused):
            breaker.record(False)
            raise


def _worth(error: BaseException) -> bool:
    """Whether waiting may help, and for no longer than anyone wants to."""
    least = error.retry_after if isinstance(error, RateLimited) else 0.0
    return isinstance(error, ProviderUnreachable | RateLimited) and least <= LONGEST_PAUSE


def _pause(error: BaseException | None, number: int) -> float:
    backoff: float = FIRST_PAUSE * 2 ** (number - 1) * random.uniform(0.75, 1.25)
    return max(error.retry_after, backoff) if isinstance(error, RateLimited) else backoff

"""Thinking that a server leaves in the answer, told apart as it streams: `<think>…</think>` at its head."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from engine.providers.base import Chunk, Done, Text, Thinking

TAGS = {"<think>": "</think>", "<thinking>": "</thinking>", "<reasoning>": "</reasoning>"}
_LONGEST = max(len(tag) for tag in TAGS)


async def thoughts_apart(stream: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Chunk, None]:
    """The same chunks, a block of thinking at the very head of the answer turned into Thinking.

    Nothing is held back for longer than it takes to tell: a tag's length at most. Further on in the answer
    such a tag is text like any other.
    """
    head, end, over = "", "", False
    async with aclosing(stream):
        async for chunk in stream:
            if over or not isinstance(chunk, Text):
                if isinstance(chunk, Done) and head:
                    yield Thinking(head) if end else Text(head)
                    head = ""
                yield chunk
                continue
            head += chunk.text
            if not end:
                opened = next((tag for tag in TAGS if head.lstrip().lower().startswith(tag)), "")
                if opened:
                    end, head = TAGS[opened], head.lstrip()[len(opened) :]
                elif not _may_open(head):
                    over = True
                    yield Text(head)
                    head = ""
            if end:
                thought, closed, rest = _until(head, end)
                if thought:
                    yield Thinking(thought)
                head = rest
                if closed:
                    over, head = True, ""
                    if rest:
                        yield Text(rest)


def _may_open(head: str) -> bool:
    """Whether what has come so far may still become a tag."""
    start = head.lstrip().lower()
    return len(start) < _LONGEST and any(tag.startswith(start) for tag in TAGS)


def _until(text: str, end: str) -> tuple[str, bool, str]:
    """What stands before `end`, whether it is there, and the rest: behind it, or its possible beginning."""
    at = text.lower().find(end)
    if at >= 0:
        return text[:at], True, text[at + len(end) :]
    kept = next(
        (n for n in range(min(len(end) - 1, len(text)), 0, -1) if end.startswith(text[-n:].lower())), 0
    )
    return text[: len(text) - kept], False, text[len(text) - kept :]

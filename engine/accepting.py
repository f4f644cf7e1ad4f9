"""Accepting, taking back and turning down an attempt: what is done on the disk, and told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from engine import events as ev
from engine.errors import AcceptRefused, UsageError
from engine.recorder import Recorder


async def accept_attempt(
    recorder: Recorder, kept: Path, attempt: str, edits: Mapping[str, str] | None = None
) -> ev.FixAccepted:
    """Write an attempt's files, or `edits` of it; `kept` holds the former contents. Raises AcceptRefused."""
    from engine.accept import accept

    history = recorder.history
    node = history.attempts.get(attempt)
    if history.task is None or node is None or node.candidate is None:
        raise AcceptRefused(f"attempt {attempt or '?'} has no code to accept")
    done = await asyncio.to_thread(accept, history.task, node, kept, edits=edits)
    event = ev.FixAccepted(*recorder.stamp(), attempt, done.paths, done.backup)
    await recorder.emit(event)
    return event


async def undo_accepted(recorder: Recorder, kept: Path) -> ev.FixUndone:
    """Take the last accepted fix back. Raises AcceptRefused."""
    from engine.accept import undo

    history = recorder.history
    if history.task is None or not history.accepted:
        raise AcceptRefused("nothing was accepted in this run")
    paths = await asyncio.to_thread(undo, history.task, kept)
    event = ev.FixUndone(*recorder.stamp(), history.accepted, paths)
    await recorder.emit(event)
    return event


async def reject_attempt(recorder: Recorder, attempt: str, reason: str) -> None:
    """Turn an attempt down. Raises UsageError where it is not there."""
    if attempt not in recorder.history.attempts:
        raise UsageError(f"there is no attempt {attempt} in run {recorder.run}")
    await recorder.emit(ev.AttemptRejected(*recorder.stamp(), attempt, reason))

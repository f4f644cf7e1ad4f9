"""What is tried next."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import PromptForm


@dataclass(frozen=True, slots=True)
class Move:
    """The next attempt: who makes it, from which attempt, with what prompt, how boldly, and why."""

    provider: str
    parent: str
    form: PromptForm
    temperature: float
    decision: str
    reason: str

"""The part of the configuration that decides a result, and so travels with the work."""

from __future__ import annotations

from collections.abc import Mapping

from engine.config_model import Config
from engine.evaluation.unit import Brief

SECTIONS = ("provider", "search", "loop", "budget", "prices", "limits", "guardrails")


def travelling(config: Config) -> Mapping[str, Mapping[str, object]]:
    """The sections that decide how the loop works, as plain data; no key is ever in a configuration."""
    plain: dict[str, dict[str, object]] = config.model_dump(include=set(SECTIONS), mode="json")
    return plain


def settled(config: Config, brief: Brief) -> Config:
    """A machine's own configuration with the brief's in place of what decides a result."""
    own = config.model_dump()
    merged = Config.model_validate({**own, **brief.settings})
    seconds = merged.limits.seconds * brief.stretch
    limits = merged.limits.model_copy(update={"seconds": seconds})
    return merged.model_copy(update={"limits": limits})

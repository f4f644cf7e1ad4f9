"""Providers by name, each imported only when it is asked for."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from engine.config import Config
from engine.errors import UsageError
from engine.providers.base import Provider
from sandbox.contract import Sandbox

NAMES = ("search", "ollama", "groq", "openai", "replay")


def open_provider(
    name: str, model: str, config: Config, *, sandbox: Sandbox, recording: str = "", goes_first: bool = False
) -> Provider:
    """The named provider, ready to be asked; makes no network call.

    `model` "" takes the configuration's; `goes_first` is a search before a model, with less time.
    Raises UsageError for an unknown name or a missing recording,
    KeyMissing where a cloud provider has no key.
    """
    match name:
        case "search":
            from engine.providers.search.provider import SearchProvider

            seconds = config.search.seconds if goes_first else config.loop.seconds
            few = config.search.alternatives
            return SearchProvider(sandbox, seconds=seconds, alternatives=few, choosy=goes_first)
        case "replay":
            from engine.providers.replay import ReplayProvider

            if not recording:
                raise UsageError("replay needs a recording", "name one with --recording FILE.jsonl[.gz]")
            return ReplayProvider(Path(recording).expanduser(), model)
        case "ollama":
            from engine.providers.ollama import OllamaProvider

            return OllamaProvider(config.provider.ollama, model)
        case "groq":
            from engine.providers.groq import GroqProvider

            return GroqProvider(config.provider.groq, model)
        case "openai":
            from engine.providers.openai import OpenAIProvider

            return OpenAIProvider(config.provider.openai, model)
    nearest = get_close_matches(name, NAMES, 1, 0.5)
    hint = f"did you mean {nearest[0]}? " if nearest else ""
    raise UsageError(f"there is no provider {name!r}", f"{hint}There are {', '.join(NAMES)}")

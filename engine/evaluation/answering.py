"""Who will answer: the model by its name, and which version of the prompts it will read."""

from __future__ import annotations

from hashlib import sha256

from engine.config_model import Config
from engine.evaluation.unit import ALONE, REPLAY
from engine.places import Places
from engine.prompting import Prompts

UNPROMPTED = frozenset({*ALONE, REPLAY, "search"})


def model_of(config: Config, provider: str) -> str:
    """The configuration's model of the first provider of a chain; "" for one that has none."""
    match provider.partition(",")[0]:
        case "ollama":
            return config.provider.ollama.model
        case "groq":
            return config.provider.groq.model
        case "openai":
            return config.provider.openai.model
    return ""


def prompts_of(config: Config, provider: str) -> str:
    """A hash of all templates as they are now, the user's own over the shipped; "" where none is read.

    Of all, since which of them an evaluation comes to use depends on its answers. Raises ConfigError.
    """
    if set(provider.split(",")) <= UNPROMPTED:
        return ""
    prompts = Prompts(Places.of(config).prompts)
    texts = "\0".join(f"{name}\0{prompts.source(name)}" for name in prompts.names())
    return sha256(texts.encode("utf-8", "replace")).hexdigest()[:10]

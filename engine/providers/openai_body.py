"""What is sent to an OpenAI-compatible server, less what it has shown that it does not take."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.providers.base import Request
from engine.providers.messages import messages

OPTIONAL = ("stream_options", "seed", "temperature")
RENAMED = {"max_tokens": "max_completion_tokens"}


def body(model: str, request: Request, refused: Collection[str]) -> dict[str, object]:
    """The request's JSON; of what was `refused` the optional is left out, the rest goes by its other name."""
    sampling = request.sampling
    whole: dict[str, object] = {
        "model": model,
        "messages": messages(request),
        "temperature": sampling.temperature,
        "max_tokens": sampling.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if sampling.seed is not None:
        whole["seed"] = sampling.seed
    return {
        RENAMED.get(k, k) if k in refused else k: v for k, v in whole.items() if not _left_out(k, refused)
    }


def _left_out(name: str, refused: Collection[str]) -> bool:
    return name in OPTIONAL and name in refused


def refused_field(said: str, refused: Collection[str]) -> str:
    """The field that an error names as one that the server does not take; "" where it names none, or one
    that was left out already.
    """
    candidates = (*RENAMED, *OPTIONAL)
    return next((n for n in candidates if n not in refused and re.search(rf"\b{n}\b", said)), "")

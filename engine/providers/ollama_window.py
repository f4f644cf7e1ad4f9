"""How large a window Ollama is asked for, by the prompt and by the model's own limit."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import PromptTruncated
from engine.model import Prompt
from engine.prompting import estimate_tokens
from engine.providers.base import Request
from engine.providers.window import least_tokens, most_tokens

SMALLEST = 4096


def own_limit(info: Mapping[str, object], chosen: int) -> int:
    """The model's context length, or `chosen` where that is less; 0 where neither says."""
    known = [n for key, n in info.items() if key.endswith(".context_length") and isinstance(n, int) and n > 0]
    return min([*known, chosen]) if chosen else min(known, default=0)


def choose(request: Request, limit: int, before: int) -> int:
    """`num_ctx`: doubled until prompt and answer fit, never less than `before`, as a change reloads.

    Raises PromptTruncated where the prompt cannot fit the model's `limit` (0: not known).
    """
    least = least_tokens(request.prompt)
    if limit and least >= limit:
        raise PromptTruncated(
            f"the prompt has at least {least:,} tokens, the model takes {limit:,}",
            "use a model with a larger window, or split the file",
        )
    needed = most_tokens(request.prompt) + estimate_tokens(request.said) + request.sampling.max_tokens
    wanted = max(SMALLEST, before)
    while wanted < needed:
        wanted *= 2
    return min(wanted, limit) if limit else wanted


def check_loaded(prompt: Prompt, loaded: int, asked: int, who: str) -> str:
    """A note where the model was loaded with less than was asked for; "" where all is well or not known.

    Raises PromptTruncated where the prompt cannot have fitted.
    """
    if not loaded or loaded >= asked:
        return ""
    least = least_tokens(prompt)
    if least >= loaded:
        raise PromptTruncated(
            f"{who} with a window of {loaded:,} tokens in place of {asked:,},"
            f" and the prompt has at least {least:,}",
            "see OLLAMA_CONTEXT_LENGTH and memory on the server, or split the file",
        )
    return f"the server loaded the model with a window of {loaded:,} tokens in place of {asked:,}"


def counts_only_new_tokens(version: str) -> bool:
    """Whether this Ollama leaves what it had cached out of `prompt_eval_count`: before 0.3, and in 0.30.

    Sources: ollama/ollama pull requests 5371 and 16428, which mended it.
    """
    parts = version.split(".")
    major, minor = (int(part) if part.isdigit() else -1 for part in (*parts, "", "")[:2])
    return major == 0 and (0 <= minor < 3 or minor == 30)

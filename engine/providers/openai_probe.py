"""What an OpenAI-compatible server says of its models' windows: each kind has its own place for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

Get = Callable[[str], Awaitable[object]]
"""Gets the JSON at an address; None where there is nothing of use."""

# vLLM; Groq; OpenRouter and others; LM Studio's own list, for what is loaded.
_OF_A_ROW = ("max_model_len", "context_window", "context_length", "loaded_context_length")

# What llama.cpp's server and llama-cpp-python's say in `owned_by`.
_ONE_MODEL = ("llamacpp", "me")


def listed(body: object) -> dict[str, int] | None:
    """Model ids and their windows (0: not said) of a list of models; None where it is no such list."""
    rows = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and "id" in row for row in rows):
        return None
    return {str(row["id"]): _window(row) for row in rows}


def only_one(body: object) -> str:
    """The model of a server that answers by it whatever name is asked for (llama.cpp's), "" for others."""
    models = listed(body) or {}
    if len(models) != 1 or not isinstance(body, Mapping):
        return ""
    return next(iter(models)) if body["data"][0].get("owned_by") in _ONE_MODEL else ""


async def window_elsewhere(get: Get, base_url: str, model: str) -> int:
    """The window by llama.cpp's `/props` or LM Studio's `/api/v0/models`, 0 where neither is there."""
    root = base_url.removesuffix("/v1")
    props = await get(f"{root}/props")
    settings = props.get("default_generation_settings") if isinstance(props, Mapping) else None
    if isinstance(settings, Mapping) and (window := _whole(settings.get("n_ctx"))):
        return window
    return (listed(await get(f"{root}/api/v0/models")) or {}).get(model, 0)


def _window(row: Mapping[str, object]) -> int:
    meta = row.get("meta")  # llama.cpp: `n_ctx` is a slot's; `n_ctx_train` is not what is loaded
    found = _whole(meta.get("n_ctx")) if isinstance(meta, Mapping) else 0
    return found or next((window for name in _OF_A_ROW if (window := _whole(row.get(name)))), 0)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

"""Whatever Ollama, or its package, does wrong, as one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ollama

from engine.errors import ModelMissing, ProviderError, ProviderRefused, ProviderUnreachable, RateLimited
from engine.providers.http import Patience, Server, translated
from engine.providers.scrub import scrub


@contextmanager
def faults(server: Server, patience: Patience, model: str) -> Iterator[None]:
    """Turn whatever the package raises into our errors; `model` is the one that was asked for."""
    try:
        with translated(server, patience):
            yield
    except ollama.ResponseError as error:
        raise _refusal(error, server, model) from None
    except ConnectionError:
        raise ProviderUnreachable(f"no answer from {server}", server.remedy) from None
    except (ValueError, AttributeError, TypeError, KeyError):  # the package trusts what it parses
        raise ProviderRefused(f"{server} does not speak Ollama's protocol", server.remedy) from None


def _refusal(error: ollama.ResponseError, server: Server, model: str) -> ProviderError:
    said = scrub(str(error.error))
    if error.status_code == 404 and "not found" in said.lower():
        return ModelMissing(f"Ollama does not have {model}", f"ollama pull {model}")
    if error.status_code in (429, 503):
        return RateLimited(f"{server} is busy: {said}", "try again in a moment")
    if error.status_code in (401, 403):
        return ProviderRefused(f"{server} refuses: {said}", "sign in with `ollama signin`")
    return ProviderRefused(f"{server} failed: {said}", "see Ollama's log (`ollama ps`, server.log)")

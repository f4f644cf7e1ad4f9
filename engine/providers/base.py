"""The one small protocol that every provider speaks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from engine.model import Attempt, Prompt, Sampling, Task, Usage
from engine.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """One completion wanted. Model providers read `prompt` and `sampling`; search and replay read the rest.

    `number` counts completions asked of this provider in the run, from 1. `parent` is the attempt to
    start from (its candidate, execution and diagnosis), None when there is no code yet.
    `tried` holds digests of candidates already executed. `said` is the beginning of an answer that stopped
    at the token limit: the model is asked to go on from there. `others` are the run's other candidates.
    """

    task: Task
    prompt: Prompt
    sampling: Sampling
    number: int = 1
    parent: Attempt | None = None
    tried: frozenset[str] = frozenset()
    said: str = ""
    others: tuple[Workspace, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of the model's thinking; shown apart, never taken for code."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done before there is text; `total` 0 is unknown."""

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A test that would settle what the given ones leave open: the `doubt` in words, and the test to add."""

    doubt: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a completion.

    `edits` (path to whole new text) spare extraction where the provider knows them.
    `truncated` is true when the model stopped at its token limit. `note` is one line for the user
    ("< → <= on line 7; 2 alternatives differ"); `offer` is told when the candidate passes.
    """

    usage: Usage = field(default_factory=Usage)
    truncated: bool = False
    edits: Mapping[str, str] | None = None
    note: str = ""
    offer: Offer | None = None


Chunk = Text | Thinking | Progress | Done


class Provider(Protocol):
    """Turns a request into a stream of chunks that ends with exactly one `Done`.

    `endpoint` is where the prompt goes, in words for the status bar ("this machine", "api.groq.com").
    `local` is true when nothing leaves the machine. `uses_prompt` is false for search and replay.
    Closing the stream's iterator (or cancelling) stops the work, on a server too.
    """

    name: str
    model: str
    endpoint: str
    local: bool
    uses_prompt: bool

    def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Stream one completion. Raises ProviderError; Exhausted when there is no further one."""
        ...

    async def check(self) -> str:
        """One line saying that it can be used; raises ProviderError with the remedy when it cannot."""
        ...

    async def close(self) -> None:
        """Give back connections; may be called twice."""
        ...


@runtime_checkable
class Pulls(Protocol):
    """A provider whose server can fetch a model that it does not have."""

    def pull(self) -> AsyncGenerator[Progress, None]:
        """Fetch the model, telling how far it is. Raises ProviderError."""
        ...

"""What a worker is told: the brief, and how far its own sandbox and templates may differ from the user's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace
from functools import lru_cache
from importlib.metadata import version
from typing import TypeVar
from uuid import uuid4

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from engine.config_model import Config
from engine.evaluation.unit import Brief, Unit, UnitResult
from engine.prompt_scope import Scope
from engine.prompting import Prompts
from sandbox.contract import Isolation

T = TypeVar("T")


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Order:
    """All that the units of an evaluation have in common, on whichever machine; plain data.

    `id` is this pass's own. `isolation` and `minimum` are the user's: a worker may have something stronger
    than the minimum, never something weaker. `prompts` are the user's own templates by name.
    """

    id: str
    version: str
    brief: Brief
    isolation: str = "auto"
    minimum: str = "namespace"
    cache: bool = True
    calls: int = 1
    prompts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Look:
    """How a worker is: its isolation, or what keeps it from working."""

    isolation: str = ""
    problem: str = ""


order_adapter: TypeAdapter[Order] = TypeAdapter(Order)
look_adapter: TypeAdapter[Look] = TypeAdapter(Look)
batch_adapter: TypeAdapter[list[Unit]] = TypeAdapter(list[Unit])
results_adapter: TypeAdapter[list[UnitResult]] = TypeAdapter(list[UnitResult])


def order_for(brief: Brief, config: Config, prompts: Prompts, calls: int) -> Order:
    """The order for an evaluation that is begun or resumed now."""
    own = [name for name in prompts.names() if prompts.scope(name) is not Scope.SHIPPED]
    return Order(
        id=uuid4().hex[:12],
        version=version("coder-tui"),
        brief=brief,
        isolation=config.sandbox.isolation,
        minimum=config.sandbox.minimum,
        cache=config.cache.enabled,
        calls=calls,
        prompts={name: prompts.source(name) for name in own},
    )


def in_place(config: Config, order: Order, slots: int, stretch: float) -> tuple[Config, Brief]:
    """A worker's own configuration and the brief, as they hold on a machine of that speed."""
    strongest = max((config.sandbox.minimum, order.minimum), key=lambda name: Isolation(name).strength)
    isolation = config.sandbox.isolation if order.isolation == "auto" else order.isolation
    changed = {"isolation": isolation, "minimum": strongest, "warm": slots}
    sandbox = config.sandbox.model_copy(update=changed)
    cache = config.cache.model_copy(update={"enabled": config.cache.enabled and order.cache})
    brief = replace(order.brief, stretch=max(order.brief.stretch, stretch))
    return config.model_copy(update={"sandbox": sandbox, "cache": cache}), brief


class CarriedPrompts(Prompts):
    """The shipped templates, with the user's own that came with the order over them."""

    def __init__(self, carried: Mapping[str, str]) -> None:
        super().__init__()
        self._carried = carried

    def scope(self, name: str) -> Scope:
        """Whose version of it is used."""
        return Scope.USER if name in self._carried else super().scope(name)

    def source(self, name: str) -> str:
        """The text of the version that is used."""
        return self._carried[name] if name in self._carried else self.shipped(name)


def pack(adapter: TypeAdapter[T], value: T) -> bytes:
    """A value as JSON; half a surrogate pair, which a problem's text may hold, stays what it is."""
    try:
        return adapter.dump_json(value)
    except ValueError:
        return json.dumps(adapter.dump_python(value, mode="json")).encode()


def unpack(adapter: TypeAdapter[T], data: bytes) -> T:
    """What `pack` made. Raises ValueError for anything else."""
    try:
        return adapter.validate_json(data)
    except ValueError:
        return adapter.validate_python(json.loads(data))


@lru_cache(maxsize=4)
def order_of(data: bytes) -> Order:
    """An order as it travels with every unit; read once."""
    return unpack(order_adapter, data)

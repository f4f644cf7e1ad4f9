"""How a run begins in the journal."""

from __future__ import annotations

from collections.abc import Sequence

from engine import events as ev
from engine.config import Config
from engine.errors import UsageError
from engine.guarding import policy_name
from engine.model import Task
from engine.providers.base import Provider

CHAINABLE = ("ollama", "groq", "openai")


def run_started(
    run: str, at: float, task: Task, chain: Sequence[Provider], recording: str, config: Config
) -> ev.RunStarted:
    """The event that carries a whole task, so that the journal alone can rebuild the run.

    `chain` holds the providers in their order; most runs have one.
    """
    loop, provider = config.loop, chain[0]
    settings: dict[str, str | int | float | bool] = {
        "attempts": loop.attempts,
        "seconds": loop.seconds,
        "repairs_per_seed": loop.repairs_per_seed,
        "temperature": loop.temperature,
        "max_temperature": loop.max_temperature,
        "max_tokens": loop.max_tokens,
        "seed": loop.seed,
        "samples": loop.samples,
        "chain": ",".join(link.name for link in chain),
        "chain_after": config.provider.chain_after,
        "budget_tokens": config.budget.tokens,
        "budget_money": config.budget.money,
        "search_first": config.search.first,
        "search_between": config.search.first
        and config.search.between
        and (chain[0].uses_prompt or config.search.recorded),
        "recording": recording,
        "guardrails": policy_name(config.guardrails),
    }
    return ev.RunStarted(
        run=run,
        at=at,
        task=task.id,
        description=task.description,
        files={path: data.decode("utf-8") for path, data in task.workspace.files.items()},
        editable=tuple(sorted(task.workspace.editable)),
        file=task.target.file,
        function=task.target.function,
        tests={path: data.decode("utf-8") for path, data in task.tests.items()},
        limits=task.limits,
        source=task.source,
        test_source=task.test_source,
        provider=provider.name,
        model=provider.model,
        endpoint=", ".join(dict.fromkeys(link.endpoint for link in chain)),
        isolation=None,
        settings=settings,
        selection=task.selection,
        requirements=task.requirements,
    )


def chosen_chain(config: Config, named: str) -> list[str]:
    """The providers in their order: those named, separated by commas, else the configuration's.

    Raises UsageError for a chain with one that is no model's, or with one twice.
    """
    if not named:
        return list(dict.fromkeys(config.provider.chain)) or [config.provider.name]
    names = [name.strip() for name in named.split(",")]
    if len(names) > 1 and (strange := [name for name in names if name not in CHAINABLE]):
        raise UsageError(
            f"{strange[0] or 'nothing'} cannot be part of a chain", f"there are {', '.join(CHAINABLE)}"
        )
    return list(dict.fromkeys(names))


def check_budget(config: Config, chain: Sequence[Provider]) -> None:
    """Raise UsageError where a budget of money is set and a provider that may cost some has no price."""
    if not config.budget.money:
        return
    for link in chain:
        if not link.local and f"{link.name}/{link.model}" not in config.prices:
            raise UsageError(
                f"budget.money needs the price of {link.model or 'its model'} at {link.endpoint}",
                f'write [prices] "{link.name}/{link.model}" = [a million prompt tokens, a million answered]',
            )

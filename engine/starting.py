"""How a run begins in the journal."""

from __future__ import annotations

from engine import events as ev
from engine.config import Config
from engine.model import Task
from engine.providers.base import Provider


def run_started(
    run: str, at: float, task: Task, provider: Provider, recording: str, config: Config
) -> ev.RunStarted:
    """The event that carries a whole task, so that the journal alone can rebuild the run."""
    loop = config.loop
    settings: dict[str, str | int | float | bool] = {
        "attempts": loop.attempts,
        "seconds": loop.seconds,
        "repairs_per_seed": loop.repairs_per_seed,
        "temperature": loop.temperature,
        "max_temperature": loop.max_temperature,
        "max_tokens": loop.max_tokens,
        "seed": loop.seed,
        "search_first": config.search.first,
        "recording": recording,
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
        endpoint=provider.endpoint,
        isolation=None,
        settings=settings,
        selection=task.selection,
        requirements=task.requirements,
    )

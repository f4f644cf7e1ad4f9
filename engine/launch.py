"""From a task and a provider to a recorded start, and from a recorded start to a loop."""

from __future__ import annotations

from pydantic import TypeAdapter

from engine import events as ev
from engine.config import Config
from engine.judging import Judge
from engine.loop import Loop, Tools
from engine.model import Task
from engine.prompting import Prompts
from engine.providers.base import Provider
from engine.recorder import Recorder
from engine.strategy import RunSettings
from engine.workshop import Workshop


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


def build_loop(
    task: Task,
    started: ev.RunStarted,
    recorder: Recorder,
    workshop: Workshop,
    prompts: Prompts,
    config: Config,
) -> Loop:
    """The loop for a recorded start; raises UsageError or KeyMissing when its provider cannot be opened."""
    recording = str(started.settings.get("recording", ""))
    provider = workshop.provider(started.provider, started.model, recording)
    recorded = {**started.settings, "uses_prompt": provider.uses_prompt}
    settings = TypeAdapter(RunSettings).validate_python(recorded)
    providers = {provider.name: provider}
    if settings.search_first and provider.uses_prompt:
        providers["search"] = workshop.provider("search")
    tools = Tools(
        recorder=recorder,
        judge=Judge(task, workshop.executor, recorder),
        providers=providers,
        prompts=prompts,
        guardrails=config.guardrails,
    )
    return Loop(task, provider.name, settings, tools)

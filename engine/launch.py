"""From a recorded start to a loop; imported when a run begins, for it brings the whole engine with it."""

from __future__ import annotations

from pydantic import TypeAdapter

from engine import events as ev
from engine.asking import Asker
from engine.config import Config
from engine.judging import Judge
from engine.loop import Loop, Tools
from engine.model import Task
from engine.prompting import Prompts
from engine.providers.base import Provider
from engine.recorder import Recorder
from engine.spending import Budget
from engine.strategy import RunSettings
from engine.workshop import Workshop

_settings = TypeAdapter(RunSettings)


def build_loop(
    task: Task,
    started: ev.RunStarted,
    recorder: Recorder,
    workshop: Workshop,
    prompts: Prompts,
    config: Config,
    provider: Provider | None = None,
) -> Loop:
    """The loop for a recorded start; raises UsageError or KeyMissing when its provider cannot be opened.

    `provider` is one that is open already, in place of the one that the start names.
    """
    recording = str(started.settings.get("recording", ""))
    provider = provider or workshop.provider(started.provider, started.model, recording)
    recorded = {**started.settings, "uses_prompt": provider.uses_prompt}
    settings = _settings.validate_python(recorded)
    providers = {provider.name: provider}
    for name in settings.chain.split(","):
        if name and name not in providers:
            providers[name] = workshop.provider(name)
    if (settings.search_first and provider.uses_prompt) or settings.search_between:
        providers["search"] = workshop.provider("search", goes_first=True)
    budget = Budget(settings.budget_tokens, settings.budget_money, config.prices)
    tools = Tools(
        recorder=recorder,
        judge=Judge(task, workshop.executor, recorder),
        providers=providers,
        asker=Asker(task, settings, recorder, prompts, budget),
        guardrails=config.guardrails,
    )
    return Loop(task, provider.name, settings, tools)

"""The loop: generate → extract → guard → execute → diagnose → repair, until the tests really pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from engine import events as ev
from engine.concluding import end_attempt, end_open_attempts, end_run, solved
from engine.config_model import GuardrailSettings
from engine.errors import Exhausted, ProviderError
from engine.extract import extract
from engine.guarding import blocks, guard
from engine.ids import next_attempt, next_child
from engine.judging import Judge
from engine.model import Prompt, PromptForm, Sampling, Task
from engine.prompting import Prompts
from engine.providers.base import Provider, Request
from engine.providers.window import prompt_window
from engine.recorder import Recorder
from engine.repair import make_prompt
from engine.sameness import first_same, signature
from engine.strategy import GIVEN, Move, RunSettings, next_move
from engine.streaming import Completion, stream
from engine.workspace import Workspace
from sandbox.contract import Verdict


@dataclass(frozen=True)
class Tools:
    """What the loop works with; `providers` holds the run's own by name, and `search` where it goes first."""

    recorder: Recorder
    judge: Judge
    providers: Mapping[str, Provider]
    prompts: Prompts
    guardrails: GuardrailSettings


class Loop:
    """One run over one task. All state is in the run's history: a new Loop goes on where another ended."""

    def __init__(self, task: Task, provider: str, settings: RunSettings, tools: Tools) -> None:
        self._task = task
        self._provider = provider
        self._settings = settings
        self._tools = tools
        self._recorder = tools.recorder
        self._exhausted: dict[str, str] = {}

    async def run(self) -> ev.RunEnded:
        """Try until a pass, or until attempts, time or ideas are used up; records and returns the end."""
        try:
            async with asyncio.timeout(self._settings.seconds):
                message = await self._solve()
        except TimeoutError:
            message = f"the time limit of {self._settings.seconds:g} s is up"
            await end_open_attempts(self._recorder, message)
            return await end_run(self._recorder, self._task, message, cut_short=True)
        return await end_run(self._recorder, self._task, message)

    async def rerun(self, parent: str, prompt: Prompt | None) -> ev.RunEnded:
        """One more attempt as a child of `parent`, with the user's prompt where one is given."""
        origin = "edit" if prompt else "rerun"
        if prompt is not None and not self._tools.providers[self._provider].uses_prompt:
            unread = f"{self._provider} reads no prompt: it starts from attempt {parent} alone"
            remedy = "name a model with --provider and --model"
            await self._recorder.emit(ev.Notice(*self._recorder.stamp(), "warning", unread, remedy))
        move = Move(
            self._provider, parent, PromptForm.REPAIR, self._settings.temperature, origin, "asked for by you"
        )
        await self._attempt(move, next_child(self._recorder.history.attempts, parent), origin, prompt)
        return await end_run(self._recorder, self._task, "")

    async def _solve(self) -> str:
        if self._task.target.file in self._task.workspace.files and not self._given_is_judged():
            await self._judge_given()
        while not solved(history := self._recorder.history):
            move = next_move(history, self._settings, self._provider, frozenset(self._exhausted))
            if move is None:
                return self._exhausted.get(self._provider, f"{self._settings.attempts} attempts are used up")
            origin = "search" if move.provider == "search" else "loop"
            verdict = await self._attempt(move, next_attempt(history.attempts), origin, None)
            if verdict is Verdict.INFRASTRUCTURE:
                return "stopped by a fault that is not the code's: see above"
        return ""

    def _given_is_judged(self) -> bool:
        given = self._recorder.history.attempts.get(GIVEN)
        return given is not None and given.verdict not in (None, Verdict.INFRASTRUCTURE)

    async def _judge_given(self) -> None:
        began, say = time.monotonic(), self._recorder
        await say.emit(ev.AttemptStarted(*say.stamp(), GIVEN, "", "given", "", ""))
        await say.emit(ev.CandidateBuilt(*say.stamp(), GIVEN, {}))
        findings = guard(self._task.workspace, self._tools.guardrails)
        await say.emit(ev.GuardrailsChecked(*say.stamp(), GIVEN, findings))
        execution = await self._tools.judge.judge(GIVEN, self._task.workspace)
        await end_attempt(say, self._task, GIVEN, execution.verdict, began, execution)

    async def _attempt(self, move: Move, name: str, origin: str, prompt: Prompt | None) -> Verdict:
        began, say, task = time.monotonic(), self._recorder, self._task
        provider = self._tools.providers[move.provider]
        started = ev.AttemptStarted(*say.stamp(), name, move.parent, origin, provider.name, provider.model)
        await say.emit(started)
        reason = f"attempt {name}: {move.reason}"
        await say.emit(ev.StrategyDecided(*say.stamp(), name, move.decision, reason))
        try:
            completion = await self._generate(provider, move, name, prompt)
        except Exhausted as nothing_more:
            self._exhausted[provider.name] = str(nothing_more)
            return await end_attempt(say, task, name, Verdict.NO_CODE, began, message=str(nothing_more))
        except ProviderError as error:
            return await end_attempt(say, task, name, Verdict.INFRASTRUCTURE, began, message=str(error))
        candidate = await self._extract(name, move, completion)
        if candidate is None:
            return await end_attempt(
                say, task, name, Verdict.NO_CODE, began, message="there is no code in the answer"
            )
        findings = guard(candidate, self._tools.guardrails, given=task.workspace)
        await say.emit(ev.GuardrailsChecked(*say.stamp(), name, findings))
        if blocks(findings):
            return await end_attempt(say, task, name, Verdict.BLOCKED, began, message=findings[0].why)
        execution = await self._tools.judge.judge(name, candidate)
        return await end_attempt(say, task, name, execution.verdict, began, execution)

    async def _generate(self, provider: Provider, move: Move, name: str, prompt: Prompt | None) -> Completion:
        say, history = self._recorder, self._recorder.history
        parent = history.attempts.get(move.parent)
        seed = self._settings.seed if self._settings.seed >= 0 else None
        sampling = Sampling(move.temperature, seed, self._settings.max_tokens)
        if not provider.uses_prompt:
            prompt = Prompt("", "", move.form)
        else:
            if prompt is None:
                window = await prompt_window(provider, sampling.max_tokens)
                prompt = make_prompt(self._tools.prompts, self._task, history, parent, move.form, window)
            await say.emit(ev.PromptBuilt(*say.stamp(), name, prompt, sampling.temperature, seed))
        earlier = [a for a in history.attempts.values() if a.id != name]
        # An attempt that a fault cut off does not count: its completion is asked for again.
        answered = [a for a in earlier if a.verdict is not Verdict.INFRASTRUCTURE]
        request = Request(
            task=self._task,
            prompt=prompt,
            sampling=sampling,
            number=1 + sum(a.provider == provider.name for a in answered),
            parent=parent,
            tried=frozenset(signature(a.candidate) for a in earlier if a.candidate is not None),
        )
        return await stream(provider, request, say.emit, say.run, name)

    async def _extract(self, name: str, move: Move, completion: Completion) -> Workspace | None:
        history = self._recorder.history
        parent = history.attempts.get(move.parent)
        base = parent.candidate if parent and parent.candidate else self._task.workspace
        repairs: tuple[str, ...] = (completion.note,) if completion.note else ()
        edits = completion.edits
        if edits is None:
            extracted = extract(completion.text, self._task, base)
            edits, repairs = extracted.edits, (*repairs, *extracted.repairs)
        if not edits:
            return None
        candidate = base
        for path, text in edits.items():
            candidate = candidate.edit(path, text)
        same = first_same(candidate, {a.id: a.candidate for a in history.attempts.values() if a.id != name})
        changed = {path: candidate.text(path) for path in candidate.editable & candidate.files.keys()}
        say = self._recorder
        await say.emit(ev.CandidateBuilt(*say.stamp(), name, changed, repairs, same))
        return candidate

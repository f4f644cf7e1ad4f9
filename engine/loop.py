"""The loop: generate → extract → guard → execute → diagnose → repair, until the tests really pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine import events as ev
from engine.asking import Asker
from engine.between import next_search
from engine.building import build_candidate
from engine.chain import Chain
from engine.concluding import end_attempt, end_open_attempts, end_run, solved
from engine.config_model import GuardrailSettings
from engine.errors import BudgetSpent, Exhausted, ProviderError
from engine.guarding import blocks, guard, policy_name
from engine.history import History
from engine.ids import next_attempt, next_child
from engine.judging import Judge
from engine.model import Prompt, PromptForm, Task
from engine.moves import Move
from engine.providers.base import Provider
from engine.recorder import Recorder
from engine.strategy import GIVEN, RunSettings, next_move
from engine.streaming import Completion
from sandbox.contract import Verdict


@dataclass(frozen=True)
class Tools:
    """What the loop works with; `providers` holds the run's own by name, and `search` where it goes first."""

    recorder: Recorder
    judge: Judge
    providers: Mapping[str, Provider]
    asker: Asker
    guardrails: GuardrailSettings


class Loop:
    """One run over one task. All state is in the run's history: a new Loop goes on where another ended."""

    def __init__(self, task: Task, provider: str, settings: RunSettings, tools: Tools) -> None:
        self._task = task
        self._provider = provider
        self._settings = settings
        self._tools = tools
        self._recorder = tools.recorder
        self._chain = Chain(settings.chain.split(",") if settings.chain else [provider], settings.chain_after)
        self._policy = policy_name(tools.guardrails)
        self._spent = ""
        self._bench = asyncio.Lock()

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
            if spent := self._tools.asker.budget.used_up(history.attempts.values()):
                return spent
            provider = self._chain.turn(history.attempts.values())
            if (move := self._next(history, provider)) is None:
                used_up = f"{self._settings.attempts} attempts are used up"
                return used_up if provider else self._chain.why_none
            verdicts = await self._round(await self._introduced(move))
            if self._spent:
                return self._spent
            if all(v is Verdict.INFRASTRUCTURE for v in verdicts) and not self._chain.goes_on(move.provider):
                return "stopped by a fault that is not the code's: see above"
        return ""

    def _next(self, history: History, provider: str) -> Move | None:
        if provider:
            return next_move(history, self._settings, provider, frozenset(self._chain.exhausted))
        return next_search(history.attempts.values(), bold=True) if self._settings.search_between else None

    async def _introduced(self, move: Move) -> Move:
        """The move, and where another provider's turn has come a word about that."""
        why = self._chain.why_now(move.provider, self._recorder.history.attempts.values())
        if not why:
            return move
        where = self._tools.providers[move.provider].endpoint
        said = f"{why}: {move.provider} is next, prompts go to {where}"
        await self._recorder.emit(ev.Notice(*self._recorder.stamp(), "warning", said))
        return replace(move, reason=f"{why}: {move.provider}; {move.reason}")

    async def _round(self, move: Move) -> list[Verdict]:
        """One attempt; for a fresh start as many samples at once as the settings say, until one passes."""
        history, provider = self._recorder.history, self._tools.providers[move.provider]
        origin = "search" if move.provider == "search" else "loop"
        many = provider.uses_prompt and move.decision == "seed" and self._settings.samples > 1
        if not many:
            return [await self._attempt(move, next_attempt(history.attempts), origin, None)]
        return await self._samples(move, origin)

    async def _samples(self, move: Move, origin: str) -> list[Verdict]:
        made = sum(a.provider in self._chain.names for a in self._recorder.history.attempts.values())
        count = max(1, min(self._settings.samples, self._settings.attempts - made))
        names = []
        for number in range(1, count + 1):
            names.append(next_attempt(self._recorder.history.attempts))
            told = replace(move, reason=f"{move.reason}; sample {number} of {count} at once")
            await self._open(told, names[-1], origin)
        tasks = [asyncio.create_task(self._made(move, name, None)) for name in names]
        verdicts: list[Verdict] = []
        try:
            for ended in asyncio.as_completed(tasks):
                verdicts.append(await ended)
                if solved(self._recorder.history):
                    break
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await end_open_attempts(self._recorder, "another sample passed first")
        return verdicts

    def _given_is_judged(self) -> bool:
        given = self._recorder.history.attempts.get(GIVEN)
        return given is not None and given.verdict not in (None, Verdict.INFRASTRUCTURE)

    async def _judge_given(self) -> None:
        began, say = time.monotonic(), self._recorder
        await say.emit(ev.AttemptStarted(*say.stamp(), GIVEN, "", "given", "", ""))
        await say.emit(ev.CandidateBuilt(*say.stamp(), GIVEN, {}))
        findings = guard(self._task.workspace, self._tools.guardrails, own=True)
        await say.emit(ev.GuardrailsChecked(*say.stamp(), GIVEN, findings, self._policy))
        execution = await self._tools.judge.judge(GIVEN, self._task.workspace)
        await end_attempt(say, self._task, GIVEN, execution.verdict, began, execution)

    async def _attempt(self, move: Move, name: str, origin: str, prompt: Prompt | None) -> Verdict:
        await self._open(move, name, origin)
        return await self._made(move, name, prompt)

    async def _open(self, move: Move, name: str, origin: str) -> None:
        say, provider = self._recorder, self._tools.providers[move.provider]
        started = ev.AttemptStarted(*say.stamp(), name, move.parent, origin, provider.name, provider.model)
        await say.emit(started)
        reason = f"attempt {name}: {move.reason}"
        await say.emit(ev.StrategyDecided(*say.stamp(), name, move.decision, reason))

    async def _made(self, move: Move, name: str, prompt: Prompt | None) -> Verdict:
        began, say, task = time.monotonic(), self._recorder, self._task
        provider, asker = self._tools.providers[move.provider], self._tools.asker
        try:
            if prompt is None:
                prompt = await asker.prompt(provider, move)
            completion = await asker.complete(provider, move, name, prompt)
        except Exhausted as nothing_more:
            self._chain.exhausted[provider.name] = str(nothing_more)
            return await end_attempt(say, task, name, Verdict.NO_CODE, began, message=str(nothing_more))
        except BudgetSpent as enough:
            self._spent = enough.message
            return await end_attempt(say, task, name, Verdict.NO_CODE, began, message=enough.message)
        except ProviderError as error:
            self._chain.failed[provider.name] = str(error)
            return await end_attempt(say, task, name, Verdict.INFRASTRUCTURE, began, message=str(error))
        async with self._bench:  # samples that arrive together are judged one after the other
            return await self._judged(move, name, completion, began)

    async def _judged(self, move: Move, name: str, completion: Completion, began: float) -> Verdict:
        say, task = self._recorder, self._task
        candidate = await build_candidate(say, task, name, move, completion)
        if candidate is None:
            return await end_attempt(
                say, task, name, Verdict.NO_CODE, began, message="there is no code in the answer"
            )
        findings = guard(candidate, self._tools.guardrails, given=task.workspace)
        await say.emit(ev.GuardrailsChecked(*say.stamp(), name, findings, self._policy))
        if blocks(findings):
            return await end_attempt(say, task, name, Verdict.BLOCKED, began, message=findings[0].why)
        execution = await self._tools.judge.judge(name, candidate)
        verdict = await end_attempt(say, task, name, execution.verdict, began, execution)
        if verdict is Verdict.PASSED and completion.offer is not None:
            offer = completion.offer
            await say.emit(ev.Notice(*say.stamp(), "info", offer.doubt, offer.remedy, name))
        return verdict

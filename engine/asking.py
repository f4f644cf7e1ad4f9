"""From a move to a whole answer: the prompt, the seed, what may still be spent, and going on after a cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine import events as ev
from engine.errors import BudgetSpent, ProviderError
from engine.joining import joined
from engine.model import Attempt, Prompt, Sampling, Task
from engine.moves import Move
from engine.prompting import Prompts
from engine.providers.base import Provider, Request
from engine.providers.window import prompt_window
from engine.recorder import Recorder
from engine.repair import make_prompt
from engine.sameness import signature
from engine.spending import Budget, added
from engine.strategy import RunSettings
from engine.streaming import Completion, stream
from engine.workspace import Workspace
from sandbox.contract import Verdict


@dataclass(frozen=True)
class Asker:
    """Asks providers for completions and records all that goes to them and comes back."""

    task: Task
    settings: RunSettings
    recorder: Recorder
    prompts: Prompts
    budget: Budget

    async def prompt(self, provider: Provider, move: Move) -> Prompt:
        """What the model is to read for a move, fitted to its window; empty for one that reads nothing."""
        if not provider.uses_prompt:
            return Prompt("", "", move.form)
        window = await prompt_window(provider, self.settings.max_tokens)
        history = self.recorder.history
        parent = history.attempts.get(move.parent)
        return make_prompt(self.prompts, self.task, history, parent, move.form, window, provider.model)

    async def complete(self, provider: Provider, move: Move, name: str, prompt: Prompt) -> Completion:
        """The completion for attempt `name`; raises ProviderError, BudgetSpent where too little is left."""
        request = self._request(provider, move, name, prompt)
        say = self.recorder
        if provider.uses_prompt:
            sampling = request.sampling
            told = ev.PromptBuilt(*say.stamp(), name, prompt, sampling.temperature, sampling.seed)
            await say.emit(told)
        completion = await self._stream(provider, request, name)
        if completion.truncated and provider.uses_prompt and completion.edits is None:
            completion = await self._go_on(provider, request, name, completion)
        return completion

    def _request(self, provider: Provider, move: Move, name: str, prompt: Prompt) -> Request:
        attempts = self.recorder.history.attempts
        before = list(attempts)[: list(attempts).index(name)]
        earlier = [attempts[key] for key in before]
        # An attempt that a fault cut off does not count: its completion is asked for again.
        answered = [a for a in earlier if a.verdict is not Verdict.INFRASTRUCTURE]
        number = 1 + sum(a.provider == provider.name for a in answered)
        fixed = self.settings.seed >= 0
        # One seed for all would answer the same question the same way for ever.
        seed = (self.settings.seed + number - 1) % 2**31 if fixed else None
        most = self._most(provider, prompt)
        return Request(
            task=self.task,
            prompt=prompt,
            sampling=Sampling(move.temperature, seed, most),
            number=number,
            parent=attempts.get(move.parent),
            tried=frozenset(signature(a.candidate) for a in earlier if a.candidate is not None),
            others=_others(earlier, move.parent),
        )

    def _most(self, provider: Provider, prompt: Prompt) -> int:
        most = self.settings.max_tokens
        if not provider.uses_prompt:
            return most
        attempts = list(self.recorder.history.attempts.values())
        allowed = self.budget.allowance(attempts, prompt, most, provider.name, provider.model)
        if not allowed:
            raise BudgetSpent("what is left of the budget is too little for another answer")
        return allowed

    async def _go_on(self, provider: Provider, request: Request, name: str, cut: Completion) -> Completion:
        """The answer with its second half; the first alone where going on is not possible."""
        say, limit = self.recorder, request.sampling.max_tokens
        stopped = f"attempt {name} stopped at its limit of {limit:,} tokens"
        if not cut.text.strip():
            spent = f"{stopped} before any code: raise loop.max_tokens"
            await say.emit(ev.StrategyDecided(*say.stamp(), name, "stop", spent))
            return cut
        longer = replace(request.prompt, user=request.prompt.user + cut.text)
        try:
            sampling = replace(request.sampling, max_tokens=self._most(provider, longer))
        except BudgetSpent as enough:
            await say.emit(ev.StrategyDecided(*say.stamp(), name, "stop", f"{stopped}: {enough.message}"))
            return cut
        reason = f"{stopped}: asked once to go on from there"
        await say.emit(ev.StrategyDecided(*say.stamp(), name, "continue", reason))
        try:
            rest = await self._stream(provider, replace(request, said=cut.text, sampling=sampling), name, cut)
        except ProviderError as error:
            kept = "the second half did not come; what there is of the answer is used"
            await say.emit(ev.Notice(*say.stamp(), "warning", f"{kept}: {error.message}", error.remedy, name))
            told = ev.CompletionReceived(*say.stamp(), name, cut.text, cut.usage, cut.thinking)
            await say.emit(told)
            return cut
        return rest

    async def _stream(
        self, provider: Provider, request: Request, name: str, first: Completion | None = None
    ) -> Completion:
        found = await stream(provider, request, self.recorder.emit, self.recorder.run, name)
        usage = self.budget.price(found.usage, provider.name, provider.model)
        whole = replace(found, usage=usage)
        if first is not None:
            whole = replace(
                whole,
                text=joined(first.text, found.text),
                thinking=first.thinking + found.thinking,
                usage=added((first.usage, usage)),
            )
        say = self.recorder
        await say.emit(ev.CompletionReceived(*say.stamp(), name, whole.text, whole.usage, whole.thinking))
        return whole


def _others(attempts: list[Attempt], parent: str) -> tuple[Workspace, ...]:
    """What other attempts came to, best passing first, each program once."""
    best_first = sorted(attempts, key=lambda attempt: -attempt.passed)
    return tuple(
        a.candidate for a in best_first if a.candidate is not None and a.id != parent and not a.duplicate_of
    )

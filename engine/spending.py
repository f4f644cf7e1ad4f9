"""What a run costs, and when that is enough: tokens and money, counted from its attempts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.model import Attempt, Prompt, Usage
from engine.prompting import estimate_tokens

Prices = Mapping[str, Sequence[float]]
LEAST_ANSWER = 32  # tokens: an answer that may not be longer holds no code
PER = 1_000_000


def priced(usage: Usage, provider: str, model: str, prices: Prices) -> Usage:
    """The usage with its cost, where the configuration has a price for the model (for a million tokens)."""
    price = prices.get(f"{provider}/{model}")
    if price is None:
        return usage
    cost = (usage.prompt_tokens * price[0] + usage.completion_tokens * price[1]) / PER
    return replace(usage, cost=cost)


def added(usages: Iterable[Usage]) -> Usage:
    """Several usages as one; its cost is None where no part has one."""
    parts = list(usages)
    costs = [part.cost for part in parts if part.cost is not None]
    return Usage(
        prompt_tokens=sum(part.prompt_tokens for part in parts),
        completion_tokens=sum(part.completion_tokens for part in parts),
        seconds=sum(part.seconds for part in parts),
        cost=sum(costs) if costs else None,
    )


def prompt_tokens(prompt: Prompt) -> int:
    """The prompt's tokens, estimated high."""
    return estimate_tokens(prompt.system) + estimate_tokens(prompt.user)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that a run may use; 0 is no limit. `prices` are needed for money alone."""

    tokens: int = 0
    money: float = 0.0
    prices: Prices | None = None

    def price(self, usage: Usage, provider: str, model: str) -> Usage:
        """The usage with its cost, where that is known."""
        return priced(usage, provider, model, self.prices or {})

    def spent(self, attempts: Iterable[Attempt]) -> Usage:
        """What attempts have used; estimated, high, for answers whose server did not say or broke off."""
        return added(self._used(attempt) for attempt in attempts)

    def _used(self, attempt: Attempt) -> Usage:
        known = attempt.usage
        answered = attempt.completion or attempt.thinking
        if known.prompt_tokens or known.completion_tokens or attempt.prompt is None or not answered:
            return known
        guess = Usage(prompt_tokens(attempt.prompt), estimate_tokens(attempt.completion + attempt.thinking))
        return self.price(guess, attempt.provider, attempt.model)

    def used_up(self, attempts: Iterable[Attempt]) -> str:
        """Why no further attempt may be made, "" while one may."""
        spent = self.spent(attempts)
        tokens = spent.prompt_tokens + spent.completion_tokens
        if self.tokens and tokens >= self.tokens:
            return f"the budget of {self.tokens:,} tokens is used up: {tokens:,} spent"
        if self.money and (spent.cost or 0.0) >= self.money:
            return f"the budget of {self.money:g} is used up: {spent.cost:.4g} spent"
        return ""

    def allowance(
        self, attempts: Iterable[Attempt], prompt: Prompt, most: int, provider: str, model: str
    ) -> int:
        """How long the next answer may be, up to `most` tokens; 0 where there is not enough left for one."""
        spent = self.spent(attempts)
        asked = prompt_tokens(prompt)
        if self.tokens:
            most = min(most, self.tokens - spent.prompt_tokens - spent.completion_tokens - asked)
        price = (self.prices or {}).get(f"{provider}/{model}")
        if self.money and price is not None and price[1] > 0:
            left = self.money - (spent.cost or 0.0) - asked * price[0] / PER
            most = min(most, int(left * PER / price[1]))
        return most if most >= LEAST_ANSWER else 0

"""What to try next: a pure function of a run's history, so that a resumed run decides as it would have.

Sources of the defaults: published repair runs gain almost wholly in the first two rounds, several
seeds beat deep chains, and most repair attempts repeat an earlier one (DESIGN, the loop).
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.between import SEARCH, next_search
from engine.history import History
from engine.model import Attempt, PromptForm
from engine.moves import Move
from sandbox.contract import Verdict

GIVEN = "0"
LOOP_ORIGINS = frozenset({"loop", "search"})


@dataclass(frozen=True, slots=True)
class RunSettings:
    """A run's own settings, as recorded in `RunStarted.settings`; `chain` is names separated by commas."""

    attempts: int = 8
    seconds: float = 300.0
    repairs_per_seed: int = 2
    temperature: float = 0.2
    max_temperature: float = 1.0
    max_tokens: int = 2048
    seed: int = -1
    search_first: bool = True
    search_between: bool = False
    uses_prompt: bool = False
    chain: str = ""
    chain_after: int = 0
    samples: int = 1
    budget_tokens: int = 0
    budget_money: float = 0.0


def next_move(
    history: History, settings: RunSettings, provider: str, exhausted: frozenset[str]
) -> Move | None:
    """The next move, or None when attempts or ideas are used up."""
    asked = _asked(history, settings, provider, exhausted)
    between = settings.search_between and (settings.uses_prompt or asked is None)
    if between and (asked is None or asked.provider != SEARCH):
        return next_search(history.attempts.values(), bold=asked is None) or asked
    return asked


def _asked(history: History, settings: RunSettings, provider: str, exhausted: frozenset[str]) -> Move | None:
    """The next move without a search between answers."""
    made = [
        a
        for a in history.attempts.values()
        if a.origin in LOOP_ORIGINS and a.verdict is not Verdict.INFRASTRUCTURE
    ]
    by_provider = [a for a in made if a.provider == provider]
    counted = [a for a in made if a.provider == provider or a.provider != "search"]
    if len(counted) >= settings.attempts:
        return None
    if not settings.uses_prompt:
        return None if provider in exhausted else _without_prompt(history, settings, provider)
    searched = "search" in exhausted or any(a.provider == "search" for a in made)
    if settings.search_first and GIVEN in history.attempts and not searched:
        reason = "a search costs no tokens: before a model is asked"
        return Move("search", GIVEN, PromptForm.REPAIR, 0.0, "search", reason)
    if provider in exhausted:
        return None
    return _with_prompt(history, settings, provider, by_provider)


def _without_prompt(history: History, settings: RunSettings, provider: str) -> Move:
    parent = history.best or (GIVEN if GIVEN in history.attempts else "")
    reason = f"{provider} from attempt {parent}" if parent else f"{provider}: there is no code yet"
    return Move(provider, parent, PromptForm.REPAIR, 0.0, provider, reason)


def _with_prompt(history: History, settings: RunSettings, provider: str, made: list[Attempt]) -> Move:
    base = history.best or (GIVEN if GIVEN in history.attempts else "")
    if not made:
        if base:
            reason = f"repair attempt {base}, the best so far"
            return Move(provider, base, PromptForm.REPAIR, settings.temperature, "seed", reason)
        return Move(provider, "", PromptForm.WRITE, settings.temperature, "seed", "there is no code yet")
    last = made[-1]
    warmth = _temperature_of(history, last.id, settings)
    if last.duplicate_of:
        return _escalate(history, settings, provider, made, warmth)
    if _repairs_since_seed(history, made) >= settings.repairs_per_seed:
        return _fresh(
            history, settings, provider, f"{settings.repairs_per_seed} repairs did not help: a new seed"
        )
    if last.verdict is Verdict.BLOCKED:
        reason = f"guardrails blocked attempt {last.id}: say what to use instead"
        return Move(provider, last.id, PromptForm.BLOCKED, warmth, "repair", reason)
    if last.verdict is Verdict.NO_CODE:
        warmer = _warmer(warmth, settings)
        reason = f"attempt {last.id} had no code: temperature {warmth:g} → {warmer:g}"
        form = PromptForm.REPAIR if last.parent else PromptForm.WRITE
        return Move(provider, last.parent, form, warmer, "repair", reason)
    best = history.attempts.get(history.best, last)
    start = best if best.passed > last.passed else last
    reason = f"repair attempt {start.id}"
    if start is not last:
        reason += f": {start.passed} tests pass there, {last.passed} in {last.id}"
    return Move(provider, start.id, PromptForm.REPAIR, settings.temperature, "repair", reason)


def _escalate(
    history: History, settings: RunSettings, provider: str, made: list[Attempt], warmth: float
) -> Move:
    last = made[-1]
    repeats = 0
    for attempt in reversed(made):
        if not attempt.duplicate_of:
            break
        repeats += 1
    said = f"attempt {last.id} repeats {last.duplicate_of}"
    warmer, hottest = _warmer(warmth, settings), settings.max_temperature
    form = PromptForm.REPAIR if last.parent else PromptForm.WRITE
    if repeats == 1 and warmer > warmth:
        return Move(
            provider, last.parent, form, warmer, "escalate", f"{said}: temperature {warmth:g} → {warmer:g}"
        )
    if repeats <= 2 and last.parent not in ("", GIVEN):
        reason = f"{said}: attempt {last.parent} asked about in another way, without the history"
        return Move(provider, last.parent, PromptForm.FRESH, hottest, "escalate", reason)
    return _fresh(history, settings, provider, f"{said}: history dropped, a fresh sample", hottest)


def _fresh(
    history: History, settings: RunSettings, provider: str, reason: str, temperature: float | None = None
) -> Move:
    parent = GIVEN if GIVEN in history.attempts else ""
    form = PromptForm.FRESH if parent else PromptForm.WRITE
    warmth = _warmer(settings.temperature, settings) if temperature is None else temperature
    return Move(provider, parent, form, warmth, "seed", reason)


def _warmer(temperature: float, settings: RunSettings) -> float:
    return min(settings.max_temperature, max(0.4, temperature * 2))


def _temperature_of(history: History, attempt: str, settings: RunSettings) -> float:
    return history.temperatures.get(attempt, settings.temperature)


def _repairs_since_seed(history: History, made: list[Attempt]) -> int:
    decision = {d.attempt: d.decision for d in history.decisions}
    count = 0
    for attempt in reversed(made):
        if decision.get(attempt.id) == "seed":
            break
        count += 1
    return count

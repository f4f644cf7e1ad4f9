"""A search between answers: from each candidate of a model that is worth one, the best first."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model import Attempt, PromptForm
from engine.moves import Move
from sandbox.contract import Verdict

SEARCH = "search"
_WORTH = frozenset({Verdict.FAILED, Verdict.TIMEOUT})


def next_search(attempts: Iterable[Attempt]) -> Move | None:
    """From the candidate with most tests passed that no search began at yet; None when there is none.

    Only code that ran and failed is worth it, each program once; what a search made is not searched again.
    """
    known = list(attempts)
    begun = {attempt.parent for attempt in known if attempt.provider == SEARCH}
    open_ones = [attempt for attempt in known if attempt.id not in begun and _worth(attempt)]
    if not open_ones:
        return None
    best = max(open_ones, key=lambda attempt: attempt.passed)  # of equals the earliest
    reason = f"a search costs no tokens: from attempt {best.id}, which passes {best.passed} of {best.total}"
    return Move(SEARCH, best.id, PromptForm.REPAIR, 0.0, SEARCH, reason)


def _worth(attempt: Attempt) -> bool:
    made_by_model = attempt.provider not in ("", SEARCH)
    return made_by_model and attempt.verdict in _WORTH and not attempt.duplicate_of

"""A search between answers: from each candidate of a model that is worth one, the best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.model import Attempt, PromptForm
from engine.moves import Move
from sandbox.contract import Verdict

SEARCH = "search"
BOLD = 1.0  # the temperature of a search that may offer what only looks like a repair
_WORTH = frozenset({Verdict.FAILED, Verdict.TIMEOUT})


def next_search(attempts: Iterable[Attempt], *, bold: bool) -> Move | None:
    """From the candidate with most tests passed that no search began at yet; None when there is none.

    Only code that ran and failed is worth it, each program once; what a search made is not searched again.
    With `bold`, for when nothing else is left to do, those that gave nothing have a second turn, in which
    unlikely patches are offered too.
    """
    known = list(attempts)
    searches = [attempt for attempt in known if attempt.provider == SEARCH]
    begun = {attempt.parent for attempt in searches}
    fresh = [attempt for attempt in known if attempt.id not in begun and _worth(attempt)]
    if fresh:
        return _move(fresh, 0.0)
    if not bold:
        return None
    in_vain = [a.parent for a in searches if a.verdict is Verdict.NO_CODE]
    once = [a for a in known if in_vain.count(a.id) == 1 and sum(s.parent == a.id for s in searches) == 1]
    return _move(once, BOLD) if once else None


def _move(choice: Sequence[Attempt], temperature: float) -> Move:
    best = max(choice, key=lambda attempt: attempt.passed)  # of equals the earliest
    what = "a search costs no tokens" if not temperature else "nothing else is left: unlikely patches too"
    reason = f"{what}: from attempt {best.id}, which passes {best.passed} of {best.total}"
    return Move(SEARCH, best.id, PromptForm.REPAIR, temperature, SEARCH, reason)


def _worth(attempt: Attempt) -> bool:
    made_by_model = attempt.provider not in ("", SEARCH)
    return made_by_model and attempt.verdict in _WORTH and not attempt.duplicate_of

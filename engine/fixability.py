"""How likely a later attempt of the run mends a failed one, as far as recorded runs say.

Fitted by `tests/bench/calibration.py` to 230 failed candidates: answers of CodeLlama-34B to HumanEval, and
code as given with one bug in it (docs/replay.md). What tells is where the code comes from and how often it
was tried; the kind of error and the share of tests that pass told nothing that held on problems left out.
"""

from __future__ import annotations

import math

from sandbox.contract import Verdict

# Log-odds.
BASE = -1.66
GIVEN = 4.4  # code of the user with a bug in it, against an answer of a model that is wrong
EACH_TRY = -1.87  # for each attempt of the run that failed before
MOST_TRIES = 3
_HOPELESS = {Verdict.INFRASTRUCTURE: 0.0, Verdict.TAMPERED: 0.05}


def fixability(verdict: Verdict, given: bool, tried: int) -> float:
    """Between 0 and 1: for code as `given`, or an answer before which `tried` attempts failed."""
    odds = BASE + (GIVEN if given else 0.0) + EACH_TRY * min(tried, MOST_TRIES)
    return round(_HOPELESS.get(verdict, 1 / (1 + math.exp(-odds))), 3)

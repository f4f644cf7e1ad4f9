"""What is said when the program itself is at fault: where, and never a value, for keys are values too."""

from __future__ import annotations

import traceback

from engine.providers.scrub import redact
from tui.neutral import neutral

DEFECT = (
    "coder-tui broke: this is a defect of the program, not of your code. What was shown is in the journal"
)


def crash_report(error: BaseException) -> str:
    """Places and messages of the error and of what led to it; no local variables, no keys."""
    lines = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    return neutral(redact(f"{lines}{DEFECT}."))

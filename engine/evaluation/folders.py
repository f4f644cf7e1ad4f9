"""Where an evaluation is kept."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.plan import Plan
from engine.evaluation.store import PLAN, read_plan
from engine.places import private_folder

FOLDER = "evaluations"


def choose_folder(out: str, plan: Plan, state: Path, *, resume: bool) -> Path:
    """The folder that was named; else a new one, or to resume the newest of this plan. Raises UsageError."""
    if out:
        folder = Path(out).expanduser().absolute()
        if resume and not (folder / PLAN).exists():
            raise UsageError(f"there is no evaluation in {folder} to go on with", "leave --resume out")
        return folder
    home = private_folder(state / FOLDER, "paths.state", named=False)
    if not resume:
        return home / f"{time.strftime('%Y%m%d-%H%M')}-{plan.benchmark[:40]}-{secrets.token_hex(3)}"
    for folder in sorted((path.parent for path in home.glob(f"*/{PLAN}")), reverse=True):
        try:
            if not plan.differences(read_plan(folder)):
                return folder
        except UsageError:
            continue
    raise UsageError("no evaluation like this one was begun", "leave --resume out, or name its --out")

"""From an answer to a candidate: code taken out of it, set into what it answers to, repeats noticed."""

from __future__ import annotations

from engine import events as ev
from engine.edit_blocks import find_edits
from engine.extract import extract
from engine.model import PromptForm, Task
from engine.moves import Move
from engine.recorder import Recorder
from engine.sameness import first_same
from engine.streaming import Completion
from engine.workspace import Workspace


async def build_candidate(
    say: Recorder, task: Task, name: str, move: Move, completion: Completion
) -> Workspace | None:
    """Record and return the candidate of attempt `name`; None when there is no code in the answer."""
    history = say.history
    parent = history.attempts.get(move.parent)
    base = parent.candidate if parent and parent.candidate else task.workspace
    repairs: tuple[str, ...] = (completion.note,) if completion.note else ()
    edits = completion.edits
    if edits is None:
        if move.form is PromptForm.BLOCKED and not find_edits(completion.text):
            base = task.workspace  # a part set into what was blocked would be blocked again
        extracted = extract(completion.text, task, base)
        edits, repairs = extracted.edits, (*repairs, *extracted.repairs)
    if not edits:
        return None
    candidate = base
    for path, text in edits.items():
        candidate = candidate.edit(path, text)
    same = first_same(candidate, {a.id: a.candidate for a in history.attempts.values() if a.id != name})
    changed = {path: candidate.text(path) for path in candidate.editable & candidate.files.keys()}
    await say.emit(ev.CandidateBuilt(*say.stamp(), name, changed, repairs, same))
    return candidate

"""Steering the run: start, re-run, stop, accept, undo, reject, quit."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from engine.model import Task
from sandbox.contract import Verdict
from tui.panes.diff import Diff
from tui.screens.jumping import Jumping
from tui.state import base_of
from tui.words import doubt, is_sealed_pass


class Steering(Jumping):
    """Every command that asks the session to do something."""

    def begin(self) -> None:
        """Start the run, or go on with one that stopped."""
        if not self.state.begun and self.current == 2:
            self.action_pane(1)  # where it can be watched
        self.state = replace(self.state, since=self.coder.clock())
        self.call(self.session.begin(self.run))

    async def action_go(self) -> None:
        """Start, or go on with a run that is not solved; re-run from the selected attempt of one that is."""
        if self.running:
            self.notice("the run is going already")
        elif self.state.history.verdict is Verdict.PASSED:
            self.action_rerun()
        else:
            self.begin()

    def action_open(self) -> None:
        """Enter runs a run that is ready."""
        if self.state.begun or self.running:
            super().action_open()
        else:
            self.begin()

    def action_rerun(self) -> None:
        """Re-run from the selected attempt as its child; a run that has not begun is begun."""
        attempt = self.state.attempt
        if attempt is not None:
            self.call(self.session.rerun(self.run, attempt.id), f"re-run from {attempt.id}")
        elif not self.running:
            self.begin()

    def action_stop(self) -> None:
        """Stop the run."""
        if self.running:
            self.call(self.session.stop(self.run), "stopped; F5 goes on")
        else:
            self.notice("nothing is running")

    def action_accept(self) -> None:
        """Write the selected attempt's files; ask first unless its pass is sealed."""
        attempt = self.state.attempt
        if attempt is None or attempt.candidate is None:
            self.notice("there is no code to accept here")
        elif attempt.verdict is None:
            self.notice(f"attempt {attempt.id} is still being made")
        elif is_sealed_pass(attempt):
            self._accept(attempt.id)
        else:
            self.ask_yes(doubt(attempt), lambda: self._accept(attempt.id))

    def _accept(self, attempt: str) -> None:
        task = self.state.history.task
        where = (task.source or task.target.file) if task else ""
        self.call(self.session.accept(self.run, attempt), f"accepted {attempt}: {where} is written, u undoes")

    def action_accept_hunk(self) -> None:
        """Write the hunk at the cursor alone, after a question: only the whole was tested."""
        attempt, task, diff = self.state.attempt, self.state.history.task, self.panes[2]
        base = base_of(self.state)
        assert isinstance(diff, Diff)
        here = diff.hunk_here
        if attempt is None or attempt.candidate is None or task is None or base is None or here is None:
            self.notice("there is no hunk to accept: go to one in Diff (3)")
            return
        if attempt.verdict is None:
            self.notice(f"attempt {attempt.id} is still being made")
            return
        file, number = here
        name, count = attempt.id, len(file.hunks)
        before, after = (w.text(file.path) if file.path in w.files else "" for w in (base, attempt.candidate))

        def accept() -> None:
            self.call(self._accept_hunk(task, name, (file.path, before, after, number)), f"accepted {which}")

        which = f"hunk {number + 1} of {count} of {name}"
        self.ask_yes(f"accept only {which} in {file.path}? it was not tested alone:", accept)

    async def _accept_hunk(self, task: Task, attempt: str, hunk: tuple[str, str, str, int]) -> None:
        from engine.hunks import hunk_edit

        edits = await asyncio.to_thread(hunk_edit, task, *hunk)
        await self.session.accept(self.run, attempt, edits)

    def action_undo(self) -> None:
        """Take back the accepted fix."""
        accepted = self.state.history.accepted
        if accepted:
            self.call(self.session.undo(self.run), f"took back {accepted}: the file is as it was")
        else:
            self.notice("nothing is accepted")

    def action_reject(self) -> None:
        """Turn an attempt down; the reason enters the next prompt."""
        attempt = self.state.attempt
        if attempt is None:
            self.notice("there is no attempt to reject")
            return
        chosen = attempt.id

        def reject(reason: str) -> None:
            self.call(self.session.reject(self.run, chosen, reason.strip()), f"rejected {chosen}")

        self.ask_text(f"reject {chosen}, why (may be empty):", reject)

    def action_leave_program(self) -> None:
        """Quit; ask while a run is going or waits for its turn."""
        going, waiting = len(self.session.going()), len(self.session.queue.waiting)
        if going or waiting:
            words = ["a run is going" if going == 1 else f"{going} runs are going"] if going else []
            words += [f"{waiting} queued"] if waiting else []
            which = "it" if going + waiting == 1 else "all"
            self.ask_yes(f"{', '.join(words)}: stop {which} and quit?", self._stop_and_leave)
        else:
            self.coder.exit()

    async def _stop_and_leave(self) -> None:
        try:
            await self.session.stop(self.run)
        finally:
            self.coder.exit()

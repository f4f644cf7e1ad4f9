"""Steering the run: start, re-run, stop, accept, undo, reject, quit."""

from __future__ import annotations

from engine.model import Attempt
from sandbox.contract import Verdict
from tui.screens.moving import Moving
from tui.state import is_sealed_pass
from tui.words import tests_word, verdict_word


class Steering(Moving):
    """Every command that asks the session to do something."""

    def begin(self) -> None:
        """Start the run, or go on with one that stopped."""
        if not self.state.begun and self.current == 2:
            self.action_pane(1)  # where it can be watched
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
        """Quit; ask while a run is going."""
        if self.running:
            self.ask_yes("a run is going: stop it and quit?", self._stop_and_leave)
        else:
            self.coder.exit()

    async def _stop_and_leave(self) -> None:
        try:
            await self.session.stop(self.run)
        finally:
            self.coder.exit()


def doubt(attempt: Attempt) -> str:
    """Why accepting this attempt deserves a question."""
    if attempt.verdict is Verdict.PASSED:
        how = attempt.execution.assurance if attempt.execution else "cached"
        sealed = "not confirmed" if not attempt.confirmed else str(how)
        return f"the pass of {attempt.id} is not sealed ({sealed}): accept it?"
    tests = tests_word(attempt.execution)
    return f"{attempt.id} is no pass ({verdict_word(attempt.verdict)} {tests}): accept it?"

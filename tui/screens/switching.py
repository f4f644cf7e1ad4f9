"""From this run to another one, an old or a new one."""

from __future__ import annotations

from engine.places import Places
from tui.screens.sending import Sending


class Switching(Sending):
    """What is going on here goes on while another run is looked at, as long as the program lives."""

    def action_runs(self) -> None:
        """The runs of the journal."""
        from tui.screens.runs import Runs

        self.coder.push_screen(Runs(self.session, self.run), self._open_run)

    def action_new_task(self) -> None:
        """The form for a new task."""
        from tui.screens.new_task import NewTask

        self.coder.push_screen(NewTask(self.session), self._made)

    def _made(self, made: tuple[str, bool] | None) -> None:
        """A run that is ready: opened, or put at the end of the queue."""
        if made is None:
            return
        run, queued = made
        if queued:
            self.session.queue.add(run)
            self.notice(f"queued {run}; R shows all runs")
        else:
            self._open_run(run)

    def action_evaluations(self) -> None:
        """The evaluations made on this machine."""
        from tui.screens.evaluations import Evaluations

        self.coder.push_screen(Evaluations(Places.of(self.session.config).state))

    def _open_run(self, run: str | None) -> None:
        if run is not None and run != self.run:
            self.coder.exit(run)

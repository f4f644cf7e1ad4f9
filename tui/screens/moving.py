"""Moving about: panes, lines, attempts, finding, filtering, zoom, copying, help."""

from __future__ import annotations

from collections.abc import Callable

from engine.model import Attempt
from tui import state as st
from tui.clipboard import send
from tui.job_control import has_shell, stand_aside
from tui.panes.attempts import Attempts
from tui.panes.base import Pane
from tui.screens.talking import Talking


class Moving(Talking):
    """Everything that changes what is seen and nothing else."""

    @property
    def pane(self) -> Pane:
        """The current pane."""
        return self.panes[self.current - 1]

    def action_pane(self, number: int) -> None:
        """Go to a pane by number."""
        self.current = number
        self.arrange_panes()
        self.paint_lines()  # before the focus, whose styles take time: then both are in one picture
        self.focus_current()

    def action_pane_step(self, step: int) -> None:
        """Go to the next or former pane, round the end."""
        self.action_pane((self.current - 1 + step) % len(self.panes) + 1)

    def on_descendant_focus(self) -> None:
        """A click can change the pane too."""
        if self.editing:
            self.focus_current()
        elif isinstance(self.focused, Pane) and self.focused.number != self.current:
            self.current = self.focused.number
            self.paint_lines()

    def action_attempt(self, step: int) -> None:
        """Select another attempt from anywhere."""
        self.change(st.move(self.state, step))

    def on_attempts_chosen(self, event: Attempts.Chosen) -> None:
        """An attempt was clicked on."""
        self.change(st.select(self.state, event.attempt))

    def action_down(self, step: int) -> None:
        """A line down or up."""
        self._move(step, lambda: self.pane.move(step))

    def action_up(self, step: int) -> None:
        """See `action_down`."""
        self.action_down(step)

    def action_page(self, direction: int) -> None:
        """A page down or up."""
        self._move(direction * max(1, self.pane.size.height - 2), lambda: self.pane.page(direction))

    def action_end(self, direction: int) -> None:
        """To the first or last line."""
        self._move(direction * len(self.state.history.attempts), lambda: self.pane.end(direction))

    def _move(self, attempts: int, lines: Callable[[], None]) -> None:
        if self.current == 1:
            self.change(st.move(self.state, attempts))
        else:
            lines()

    def action_sideways(self, step: int) -> None:
        """Scroll by columns."""
        self.pane.sideways(step)

    def action_part(self, step: int) -> None:
        """To the next hunk, failure, section or finding; in Attempts to the next attempt."""
        self._move(step, lambda: self.pane.part(step))

    def action_find(self) -> None:
        """Ask what to find in this pane."""
        self.ask_text("find:", self._found, self.pane.term)

    def _found(self, term: str) -> None:
        if term and not self._find(term, 1, here=True):
            self.notice(f"{term!r} is not in this pane")
        elif not term:
            self.pane.forget()

    def action_find_again(self, step: int) -> None:
        """Find the next or former one."""
        term = self.pane.term
        if not term:
            self.action_find()
        elif not self._find(term, step):
            self.notice(f"{term!r} is not in this pane")

    def _find(self, term: str, step: int, *, here: bool = False) -> bool:
        found = self.pane.find(term, step, here=here)
        if found and self.current == 1:
            self.change(st.select(self.state, st.visible(self.state)[self.pane.cursor].id))
        return found

    def action_follow(self) -> None:
        """Follow the newest attempt, or stop."""
        self.change(st.toggle_follow(self.state))
        self.notice(
            "following the newest attempt" if self.state.follow else "the selection stays where it is"
        )

    def action_filter(self) -> None:
        """List fewer attempts, or all again."""
        self.change(st.next_filter(self.state))
        self.notice(f"attempts listed: {self.state.filter}")

    def action_base(self) -> None:
        """Compare with something else."""
        self.change(st.next_base(self.state))
        self.notice(f"compared with: {self.state.base}")

    def action_mark(self) -> None:
        """Mark the selected attempt, so that any other can be compared with it."""
        self.change(st.toggle_mark(self.state))
        marked = self.state.marked
        self.notice(f"marked {marked}: others are compared with it" if marked else "no attempt is marked")

    def action_zoom(self) -> None:
        """This pane alone, or all."""
        self.zoomed = not self.zoomed
        self.arrange_panes()

    def action_copy(self) -> None:
        """Copy what the current pane shows."""
        code = candidate_text(self.state.attempt, self.state) if self.current == 1 else ""
        self._copy(code or self.pane.text(), self.pane.name_)

    def action_copy_code(self) -> None:
        """Copy the candidate's file."""
        self._copy(candidate_text(self.state.attempt, self.state), "the code")

    def _copy(self, text: str, what: str) -> None:
        if text:
            self.call(send(self.coder, text), f"sent {what} to the clipboard: {len(text):,} characters")
        else:
            self.notice("there is nothing to copy here")

    def action_suspend(self) -> None:
        """To the shell; `fg` comes back."""
        if self.coder.can_suspend and has_shell():
            stand_aside()
        else:
            self.notice("there is no shell to go back to here")

    def action_palette(self) -> None:
        """Every command by name."""
        from tui.screens.palette import open_palette

        open_palette(self.coder)

    def action_help(self) -> None:
        """What can I do here."""
        from tui.screens.help import Help

        self.coder.push_screen(Help(self.current, self.pane.name_, self.coder.effective_keys))


def candidate_text(attempt: Attempt | None, state: st.State) -> str:
    """The target file as the attempt has it, or as given."""
    task = state.history.task
    if task is None:
        return ""
    workspace = attempt.candidate if attempt is not None and attempt.candidate is not None else task.workspace
    return workspace.text(task.target.file) if task.target.file in workspace.files else ""

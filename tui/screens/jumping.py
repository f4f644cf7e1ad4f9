"""From a failure or a finding to the line of code that it speaks of, and back."""

from __future__ import annotations

from dataclasses import replace

from tui.bridge import Session
from tui.panes.diff import Diff
from tui.screens.moving import Moving
from tui.state import Base

FROM = (4, 5)
CODE = 3


class Jumping(Moving):
    """Enter goes to what the line under the cursor speaks of; in Diff it goes back."""

    def __init__(self, session: Session, run: str) -> None:
        super().__init__(session, run)
        self._came_from = 0

    def action_open(self) -> None:
        """From an attempt to its diff, from a failure or finding to its line, and from there back."""
        if self.current == 1:
            self._came_from = 1
            self.action_pane(CODE)
        elif self.current in FROM:
            self._to_code()
        elif self.current == CODE and self._came_from:
            back, self._came_from = self._came_from, 0
            self.action_pane(back)

    def _to_code(self) -> None:
        at = self.pane.speaks_of()
        if at is None:
            self.notice("nothing here names a line of the code")
            return
        diff = self.panes[CODE - 1]
        assert isinstance(diff, Diff)
        if not diff.go_to_code(at):  # not in what has changed: the whole file has it
            self.change(replace(self.state, base=Base.NONE))
        self._came_from = self.current
        found = diff.go_to_code(at)
        self.action_pane(CODE)
        self.notice(f"{at[0]} line {at[1]}{'' if found else ' is not shown'}; Enter goes back")

"""Keeping where the reader stands, and going back there when the run is opened again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tui.bridge import Session
from tui.panes.prompt import TaskPrompt
from tui.place import Place, load_place, save_place
from tui.screens.editing import Editing
from tui.state import Base, Filter, State
from tui.tour import end_tour, is_first, tour_lines


class Keeping(Editing):
    """The place of the reader, on the disk a second after each change and when the screen is left."""

    def __init__(self, session: Session, run: str, folder: Path | None) -> None:
        super().__init__(session, run)
        self._folder = folder
        self._kept = load_place(folder)
        self._wanted = self._kept

    def offer_tour(self) -> None:
        """Five lines for who is here for the first time."""
        prompt = self.panes[1]
        assert isinstance(prompt, TaskPrompt)
        if is_first(self._folder.parent if self._folder else None):
            prompt.tour = tour_lines(self.coder.effective_keys)

    def begin(self) -> None:
        """Start the run; who has done that from what was shown knows the way."""
        super().begin()
        if self.state.history.task is not None:
            end_tour(self._folder.parent if self._folder else None)

    def place(self) -> Place:
        """Where the reader stands now."""
        state = self.state
        return Place(
            pane=self.current,
            attempt=state.selected,
            follow=state.follow,
            base=state.base,
            filter=state.filter,
            zoomed=self.zoomed,
            marked=state.marked,
            spots={str(pane.number): pane.spot for pane in self.panes},
        )

    def keep(self) -> None:
        """Write the place down if it has changed; what cannot be written is only a convenience lost."""
        if self._folder is None or self._wanted is not None or not self.state.begun:
            return
        place = self.place()
        if place != self._kept:
            self._kept = place
            with suppress(OSError):
                save_place(self._folder, place)

    def restore(self) -> None:
        """Go to where the reader stood, once the run's past is on the screen."""
        place, self._wanted = self._wanted, None
        if place is None:
            return
        self.state = restored(self.state, place)
        self.zoomed = place.zoomed
        self.paint()
        self.action_pane(place.pane)
        self.call_after_refresh(self._restore_spots, place)

    def _restore_spots(self, place: Place) -> None:
        for pane in self.panes:
            if str(pane.number) in place.spots and self.state.selected == place.attempt:
                pane.go_to_spot(place.spots[str(pane.number)])

    def on_unmount(self) -> None:
        """The last word, also when the program is told to end."""
        self.keep()


def restored(state: State, place: Place) -> State:
    """The state with what the reader had chosen, as far as the run still has it."""
    known = state.history.attempts
    with suppress(ValueError):  # a word of another version
        state = replace(state, base=Base(place.base), filter=Filter(place.filter))
    chosen = place.attempt if place.attempt in known else state.selected
    marked = place.marked if place.marked in known else ""
    return replace(state, selected=chosen, follow=place.follow, marked=marked)

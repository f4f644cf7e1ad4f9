"""A pane that scrolls and draws its own scrollbar; a widget for that costs two more pictures a key.

Textual restyles and draws a scrollbar each time its pane gets or loses the keys, after the pane, and lays the
whole screen out anew when one comes or goes. Here it is the last column of the lines.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

WHEEL = 3
"""Lines by which one step of the mouse wheel scrolls."""


class ScrollingPane(ScrollView, inherit_bindings=False):
    """Rows in all columns but the last one, which tells how far down they are."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--thumb"}
    DEFAULT_CSS = "ScrollingPane { overflow-x: hidden; overflow-y: hidden; }"
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)  # the pane's own place stays

    def watch_virtual_size(self, _size: Size) -> None:
        """More or fewer rows: the scrollbar tells."""
        self.scroll_y = self.validate_scroll_y(self.scroll_y)
        self.refresh(Region(self.columns, 0, 1, self.size.height))

    @property
    def columns(self) -> int:
        """Cells of a row: all but the scrollbar's."""
        return max(0, self.size.width - 1)

    def bring(self, *, x: int | None = None, y: int | None = None) -> None:
        """Scroll to a row and a column, as far as there are any."""
        self.scroll_to(x=x, y=y, animate=False, force=True)

    def render_row(self, y: int) -> Strip:
        """One row, `columns` wide."""
        return Strip.blank(self.columns, self.rich_style)

    def render_line(self, y: int) -> Strip:
        """One row and its piece of the scrollbar."""
        top, end = self._thumb()
        mark = Segment("▐" if top <= y < end else " ", self.get_component_rich_style("lines--thumb"))
        return Strip.join([self.render_row(y), Strip([mark], 1)])

    def _thumb(self) -> tuple[int, int]:
        height, rows = self.size.height, self.virtual_size.height
        if rows <= height:
            return 0, 0
        size = max(1, height * height // rows)
        top = round(self.scroll_offset.y / (rows - height) * (height - size))
        return top, top + size

    def scrollbar_clicked(self, event: events.Click) -> bool:
        """Whether the scrollbar was clicked on; then what is that far down is shown."""
        place = event.get_content_offset(self)
        if place is None or place.x < self.columns:
            return False
        self.bring(y=round(place.y / max(1, self.size.height - 1) * self.max_scroll_y))
        return True

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self._wheel(event, -WHEEL)

    def _wheel(self, event: events.MouseEvent, step: int) -> None:
        event.stop()
        event.prevent_default()
        self.bring(y=self.scroll_offset.y + step)

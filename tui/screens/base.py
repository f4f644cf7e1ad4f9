"""The main screen's ground: its widgets, its state, and how one becomes the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.bridge import Session
from tui.keys import bindings
from tui.panes.attempts import Attempts
from tui.panes.base import Pane
from tui.panes.diff import Diff
from tui.panes.guardrails import Guardrails
from tui.panes.hints import Bottom, hint_line, hint_words
from tui.panes.log import TestLog
from tui.panes.prompt import TaskPrompt
from tui.panes.status import Status, status_line
from tui.panes.strips import attempt_strip, tabs, tests_strip
from tui.state import State

if TYPE_CHECKING:
    from tui.app import CoderTui

WIDE, SMALLEST = 100, (60, 15)
TOO_SMALL = (
    "This terminal is {} × {}; the screen needs {} × {}.\nEnlarge it, or leave with q and use the command\n"
    "line: coder-tui fix FILE --tests TESTS --plain"
)


class Side(Vertical):
    """A column of panes: its own place does not follow from what is in it."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)


class Ground(Screen[None], inherit_bindings=False):
    """State in, picture out; what the keys do is in the classes built on this one."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings())
    AUTO_FOCUS = None
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # the two panes draw themselves
    HORIZONTAL_BREAKPOINTS = [(0, "-usual"), (160, "-huge")]  # noqa: RUF012  # as Textual declares it

    def __init__(self, session: Session, run: str) -> None:
        super().__init__()
        self.session = session
        self.run = run
        self.state = State()
        self.current = 1
        self.zoomed = False
        self.notice_text = ""
        self.panes: tuple[Pane, ...] = (Attempts(), TaskPrompt(), Diff(), TestLog(), Guardrails())
        self.status = Status()
        self.bottom = Bottom()
        self.strips = [Static("", markup=False, classes="strip") for _ in range(3)]

    @property
    def coder(self) -> CoderTui:
        """The app, as what it is."""
        return cast("CoderTui", self.app)

    @property
    def running(self) -> bool:
        """Whether the run's loop is at work."""
        return self.session.is_running(self.run)

    @property
    def editing(self) -> bool:
        """Whether an editor stands in place of pane 2."""
        return False

    def compose(self) -> ComposeResult:
        """The status line, strips for a narrow screen, the panes, the bottom line."""
        yield self.status
        yield from self.strips
        with Horizontal(id="panes"):
            with Side(id="left"):
                yield from self.panes[:2]
            with Side(id="right"):
                yield from self.panes[2:]
        yield Static("", id="too-small", markup=False)
        yield self.bottom

    def paint(self) -> None:
        """Draw the state; what has not changed is not drawn again."""
        for pane in self.panes:
            pane.update_state(self.state)
        self.paint_lines()

    def paint_lines(self) -> None:
        """Draw the lines around the panes."""
        width = self.size.width
        running = self.running
        others = others_word(self.session, self.run)
        self.status.show(status_line(self.state, self.coder.clock(), running, width, others))
        if width < WIDE:
            texts = (tabs(self.current), attempt_strip(self.state), tests_strip(self.state))
            for strip, text in zip(self.strips, texts, strict=True):
                if strip.content != text:
                    strip.update(text, layout=False)
        if self.notice_text:
            self.bottom.show(self.notice_text, notice=True)
        else:
            _, parts = self.panes[self.current - 1].part_here()
            words = hint_words(self.state, running, self.current, parts > 0, self.editing)
            self.bottom.show(hint_line(words, self.coder.effective_keys, width))

    def arrange_panes(self) -> None:
        """Show the panes that there is room for: all of them, or the current one."""
        width, height = self.size
        narrow = width < WIDE
        small = width < SMALLEST[0] or height < SMALLEST[1]
        alone = narrow or self.zoomed
        for pane in self.panes:
            replaced = self.editing and pane.number == 2
            pane.display = not replaced and (not alone or pane.number == self.current)
        self.query_one("#left").display = not alone or self.current <= 2
        self.query_one("#right").display = not alone or self.current > 2
        for strip in self.strips:
            strip.display = narrow and not small
        self.query_one("#panes").display = not small
        notice = self.query_one("#too-small", Static)
        notice.display = small
        if small:
            notice.update(TOO_SMALL.format(width, height, *SMALLEST))
        self.set_class(alone, "alone")
        self.set_class(self.editing, "editing")

    def on_resize(self, event: events.Resize) -> None:
        """Another size: other panes."""
        self.arrange_panes()
        self.paint_lines()

    def on_screen_resume(self) -> None:
        """Back from another screen: what was changed there stands in the lines at once."""
        if self.bottom.is_attached:
            self.paint_lines()

    def change(self, state: State) -> None:
        """Take a new state and draw it."""
        self.state = state
        self.paint()


def others_word(session: Session, run: str) -> str:
    """What goes on beside the run that is shown: "1 more running, 3 queued"; "" for nothing."""
    going, waiting = len(set(session.going()) - {run}), len(session.queue.waiting)
    words = [f"{going} more running"] if going else []
    return ", ".join(words + ([f"{waiting} queued"] if waiting else []))

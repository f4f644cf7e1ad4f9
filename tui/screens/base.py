"""The main screen's ground: its widgets, its state, and how one becomes the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from engine.errors import CoderTuiError
from sandbox.errors import SandboxError
from tui.bridge import Session
from tui.keys import BY_ACTION, Mode, bindings
from tui.neutral import neutral_line
from tui.panes.ask import Answer, Ask, AskText, AskYes
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


class Ground(Screen[None], inherit_bindings=False):
    """State in, picture out; what the keys do is in the classes built on this one."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings())
    AUTO_FOCUS = None
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
        self._asked: Callable[[str], Awaitable[None] | None] | None = None

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
            with Vertical(id="left"):
                yield from self.panes[:2]
            with Vertical(id="right"):
                yield from self.panes[2:]
        yield Static("", id="too-small", markup=False)
        yield self.bottom

    # drawing

    def paint(self) -> None:
        """Draw the state; what has not changed is not drawn again."""
        for pane in self.panes:
            pane.update_state(self.state)
        self.paint_lines()

    def paint_lines(self) -> None:
        """Draw the lines around the panes."""
        width = self.size.width
        running = self.running
        self.status.show(status_line(self.state, self.coder.clock(), running, width))
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

    def change(self, state: State) -> None:
        """Take a new state and draw it."""
        self.state = state
        self.paint()

    # talking

    def notice(self, text: str) -> None:
        """Say something in the bottom line; the next key takes it away."""
        self.notice_text = f" {neutral_line(text)}"
        self.paint_lines()

    def ask_text(self, question: str, then: Callable[[str], Awaitable[None] | None], value: str = "") -> None:
        """Ask for a line of text in the bottom line; `then` is not called when it was left."""
        self._ask(AskText(neutral_line(question), value), then)

    def ask_yes(self, question: str, then: Callable[[], Awaitable[None] | None]) -> None:
        """Ask yes or no in the bottom line; `then` is called on yes."""
        self._ask(AskYes(neutral_line(question)), lambda _: then())

    def _ask(self, ask: Ask, then: Callable[[str], Awaitable[None] | None]) -> None:
        self._asked = then
        self.bottom.display = False
        self.mount(ask)

    @on(Ask.Answered)
    async def _answered(self, event: Ask.Answered) -> None:
        then, self._asked = self._asked, None
        await self.query(Ask).remove()
        self.bottom.display = True
        self.focus_current()
        answer: Answer = event.answer
        if then is not None and answer is not None:
            waiting = then(answer)
            if waiting is not None:
                await waiting

    def focus_current(self) -> None:
        """Give the keys back to the current pane."""
        self.set_focus(self.panes[self.current - 1])

    def call(self, work: Awaitable[object], done: str = "") -> None:
        """Let the session do something; what it refuses is said in one line."""

        async def guarded() -> None:
            try:
                await work
            except (CoderTuiError, SandboxError) as error:
                self.notice(str(error))
            else:
                if done:
                    self.notice(done)
            self.paint_lines()

        self.run_worker(guarded(), group="session")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep commands out of editors and questions, and clear the notice when one is given."""
        key = BY_ACTION.get(action)
        if key is None:
            return True
        if self._asked is not None:
            return False
        return (Mode.EDIT if self.editing else Mode.LOOK) in key.mode

    def on_key(self, event: events.Key) -> None:
        """Any key that no command took clears the notice."""
        self.clear_notice()

    def clear_notice(self) -> None:
        """Back to the hints."""
        if self.notice_text:
            self.notice_text = ""
            self.paint_lines()

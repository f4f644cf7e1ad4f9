"""Notices and questions in the bottom line, and what the session is asked to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import events, on

from engine.errors import CoderTuiError
from sandbox.errors import SandboxError
from tui.bridge import Session
from tui.keys import BY_ACTION, Mode
from tui.neutral import neutral_line
from tui.panes.ask import Answer, Ask, AskText, AskYes
from tui.screens.base import Ground


class Talking(Ground):
    """Says, asks and calls; commands keep out of questions and editors."""

    def __init__(self, session: Session, run: str) -> None:
        super().__init__(session, run)
        self._asked: Callable[[str], Awaitable[None] | None] | None = None
        self._notices = 0  # how many there have been

    @property
    def settled(self) -> bool:
        """Whether a question that was asked has the keys, and one that was answered is gone."""
        asks = self.query(Ask)
        if self._asked is None:
            return not asks
        return (
            bool(asks)
            and self.focused is not None
            and self.focused in asks.first().walk_children(with_self=True)
        )

    def notice(self, text: str) -> None:
        """Say something in the bottom line; the next key takes it away."""
        self._notices += 1
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

        before = self._notices

        async def guarded() -> None:
            try:
                await work
            except (CoderTuiError, SandboxError) as error:
                told = str(error)
            else:
                told = done
            newer = self.notice_text.strip() if self._notices != before else ""
            if told:  # what came late does not hide what has been said since
                self.notice(f"{newer} · {told}" if newer else told)
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

"""What can I do here: the table of keys, as it is in force, and what the words mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.keys import TABLE, shown, split
from tui.panes.line import Kind, Line
from tui.panes.lines import LinesPane
from tui.tour import tour_lines

HERE: dict[int, tuple[str, ...]] = {
    1: ("One row an attempt, re-runs below their parent. > marks the selected one; the other panes show it.",
        "m marks one to compare others with it; r re-runs from it, e with another prompt.",
        "GUARD counts findings: B blocks, W warns. from: parent, how it was made, =3 same code as 3."),
    2: ("The prompt as it was sent, the answer as it arrives, and the task.",
        "e edits this prompt and F5 runs it as a child of this attempt; nothing is overwritten."),
    3: ("What the attempt changed. d changes what it is compared with, [ and ] go from hunk to hunk.",
        "A accepts one hunk. To compare any two attempts: m marks one, then select the other.",
        "From 160 columns old and new stand side by side, in a narrower terminal when zoomed (z)."),
    4: ("Failed tests first, then passed ones, then the output. [ and ] go from failure to failure.",
        "Enter goes to the line of code that failed, and from there back."),
    5: ("What the guardrails found before anything ran, and how to fix it.",
        "Enter goes to the line of code, and from there back."),
}  # fmt: skip

WORDS = (
    "PASS all tests passed      FAIL a test failed          ERR does not import or collect",
    "TIME over the time limit   MEM over the memory limit   KILL ended by a signal",
    "BLOCK by the guardrails    TAMP tampered with tests    NOCODE no code in the answer",
    "INFRA a fault of ours, never counted against the code",
    "sealed: the candidate ran in a process of its own and cannot have forged the pass",
)


def help_lines(pane: int, name: str, keymap: Mapping[str, str]) -> list[Line]:
    """The help for one pane."""
    lines = [Line(f"{pane} {name}", Kind.HEAD, part=True), *(Line(f"  {text}") for text in HERE[pane])]
    group = ""
    for key in TABLE:
        if key.group != group:
            group = key.group
            lines += [Line(""), Line(group, Kind.HEAD, part=True)]
        keys = " ".join(shown(single) for single in split(keymap[key.id]))
        lines.append(Line(f"  {keys:<14} {key.title}"))
    lines += [Line(""), Line("The tour", Kind.HEAD, part=True), *(Line(f"  {t}") for t in tour_lines(keymap))]
    return [*lines, Line(""), Line("Verdicts", Kind.HEAD, part=True), *(Line(f"  {text}") for text in WORDS)]


class Help(ModalScreen[None], inherit_bindings=False):
    """The help, over everything."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("escape,q,question_mark,f1,enter", "dismiss(None)", show=False),
    ]

    def __init__(self, pane: int, name: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self.lines_ = help_lines(pane, name, keymap)
        self.pane = LinesPane("Help  Esc closes, j k scroll", wrapped=True, id="help")

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self.pane

    def on_mount(self) -> None:
        """From the top."""
        self.pane.show(self.lines_)
        self.pane.focus()

    def action_move(self, step: int) -> None:
        """By a line: the text scrolls, the cursor does not matter here."""
        self.pane.bring(y=self.pane.scroll_offset.y + step)

    def action_page(self, direction: int) -> None:
        """By a page."""
        self.action_move(direction * max(1, self.pane.size.height - 1))

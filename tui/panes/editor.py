"""A text editor in place of pane 2: a prompt, or a template with live validation."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.widgets import TextArea

from engine.prompt_scope import Scope
from tui.neutral import neutral

LONG = 20_000
"""Characters of a line from which on it is not folded: each key would fold all of it again."""

FOLD = 2000
"""Characters at which a pasted line as long as that is folded: each key would draw all of it again."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is edited: the prompt of an attempt, or the template of a name, for all projects or for one."""

    attempt: str = ""
    template: str = ""
    scope: Scope = Scope.USER

    @property
    def title(self) -> str:
        """It in words."""
        whom = " for this project" if self.scope is Scope.PROJECT else ""
        return f"template {self.template}{whom}" if self.template else f"prompt of {self.attempt}"


class PromptEditor(TextArea):
    """The editor. Keys that are not text belong to the screen's table: Esc, F5 and ctrl+g."""

    def __init__(self, subject: Subject, text: str) -> None:
        super().__init__(
            neutral(text),
            id="editor",
            soft_wrap=_folds(text),
            tab_behavior="indent",
            show_line_numbers=bool(subject.template),
        )
        self.cursor_blink = False
        self.subject = subject
        self.border_title = f"2 Edit {subject.title}"

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted may come from anywhere."""
        event.text, folded = fold(neutral(event.text))
        if folded:
            self.complain(f"{folded} pasted line{'s' * (folded > 1)} folded at {FOLD:,} characters")

    def complain(self, reason: str) -> None:
        """Say in the border why the text cannot be used, "" when it can."""
        self.border_subtitle = neutral(reason).replace("[", "\\[")
        self.set_class(bool(reason), "invalid")


def fold(text: str) -> tuple[str, int]:
    """The text with line ends in its absurdly long lines, and how many those were."""
    long, kept = 0, []
    for line in text.split("\n"):
        if len(line) < LONG:
            kept.append(line)
        else:
            long += 1
            kept += [line[at : at + FOLD] for at in range(0, len(line), FOLD)]
    return "\n".join(kept), long


def _folds(text: str) -> bool:
    return all(len(line) < LONG for line in text.split("\n"))

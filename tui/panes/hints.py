"""The bottom line: which keys act here, or the latest notice until the next key."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from textual.widgets import Static

from tui.keys import BY_ID, shown, split
from tui.state import State

_LAST = ("help", "quit")


def hint_words(state: State, running: bool, pane: int, parts: bool, editing: bool) -> list[tuple[str, str]]:
    """Binding ids and words, the most useful here first."""
    if editing:
        return [("leave", "leave (draft kept)"), ("go", "run"), ("editor", "$EDITOR")]
    words: list[tuple[str, str]] = []
    if not state.begun and not running:
        words += [("open", "run"), ("next-pane", "pane"), ("palette", "commands")]
    else:
        part = {2: "section", 3: "hunk", 4: "failure", 5: "finding"}.get(pane)
        words += [("stop", "stop")] if running else [("accept", "accept")]
        words += [("undo", "undo")] if state.history.accepted else []
        words += [("next-part", part)] if part and parts else []
        words += [("open", "code")] if pane in (4, 5) and parts else []
        words += [("accept-hunk", "accept hunk")] if pane == 3 and parts and not running else []
        words += [(i, BY_ID[i].hint) for i in ("next-pane", "rerun", "edit", "reject")]
        words += [("next-attempt", "attempt")] if pane != 1 else []
        words += [(i, BY_ID[i].hint) for i in ("base", "zoom", "find", "copy")]
        words += [("accept", "accept")] if running else []
    return words


def hint_line(words: list[tuple[str, str]], keymap: Mapping[str, str], width: int) -> str:
    """As many hints as fit, help and quit always."""

    def written(name: str, word: str) -> str:
        return f"{shown(split(keymap[name])[0])} {word}"

    editing = any(name == "leave" for name, _ in words)
    last = "" if editing else "  ".join(written(name, BY_ID[name].hint) for name in _LAST)
    line = ""
    for name, word in words:
        more = f"{line}{'  ' if line else ''}{written(name, word)}"
        if cell_len(more) + cell_len(last) + 4 > width:
            break
        line = more
    return f" {line}  {last}"


class Bottom(Static):
    """One line of hints; a notice takes its place, in as many lines as it needs up to three."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="bottom")
        self.line = ""

    def show(self, line: str, *, notice: bool = False) -> None:
        """Show hints or a notice."""
        if line == self.line:
            return
        self.line = line
        tall = notice or self.has_class("notice")  # hints are one line: nothing else has to move for them
        self.set_class(notice, "notice")
        self.update(line, layout=tall)

"""The top line: task, where the prompt goes, isolation, what is selected, what is going on."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.widgets import Static

from sandbox.contract import Verdict
from tui.neutral import neutral_line
from tui.state import State, made
from tui.words import verdict_word

LOCAL = "this machine"


def _parts(state: State) -> list[tuple[int, str]]:
    """The left side, each part with its weight: the lightest go first where there is no room."""
    history = state.history
    started = history.started
    if started is None:
        return [(9, "coder-tui")]
    where = "(local)" if started.endpoint in ("", LOCAL) else f"→ {started.endpoint}"
    attempts = made(state)
    passed = sum(a.verdict is Verdict.PASSED for a in attempts)
    cached = sum(a.cached for a in attempts)
    parts = [
        (0, "coder-tui"),
        (5, started.task),
        (7, " ".join(word for word in (started.provider, started.model, where) if word)),
        (8, str(history.isolation) if history.isolation else "no sandbox yet"),
    ]
    if state.selected:
        parts.append((4, f"attempt {state.selected}"))
    if attempts:
        parts.append((3, f"passed {passed} of {len(attempts)}"))
        parts.append((1, f"cached {cached}"))
    return parts


def elapsed_word(seconds: float) -> str:
    """Minutes and seconds: "0:07", "12:30", "1:02:03"."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def doing(state: State, now: float, running: bool) -> str:
    """The right side: the attempt being made and how long it has taken, or how the run stands."""
    history = state.history
    if state.running and running:
        return f"{state.running} RUN {history.status} {elapsed_word(now - state.since)}"
    if running:
        opening = history.status in ("ready", "resumed")  # nothing else is said before there is a sandbox
        return f"RUN {'opening the sandbox' if opening else history.status} {elapsed_word(now - state.since)}"
    if history.accepted:
        return f"accepted {history.accepted}"
    if history.ended is not None:
        return f"{verdict_word(history.ended.verdict)} {history.ended.message}".rstrip()
    return "not running, F5 goes on" if state.begun else "ready"


def status_line(state: State, now: float, running: bool, width: int, others: str = "") -> str:
    """Both sides in exactly `width` cells; `others` is what goes on beside this run."""
    right = neutral_line(doing(state, now, running))
    right = set_cell_size(right, min(cell_len(right), width // 2))
    parts = [*_parts(state), *([(6, others)] if others else [])]
    room = width - cell_len(right) - 4
    while len(parts) > 1 and cell_len("  ".join(text for _, text in parts)) > room:
        parts.remove(min(parts))
    left = neutral_line("  ".join(text for _, text in parts))
    return f" {set_cell_size(left, max(0, room))}  {right} "


class Status(Static):
    """One line, drawn only when it says something new."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="status")
        self.line = ""

    def show(self, line: str) -> None:
        """Show this line."""
        if line != self.line:
            self.line = line
            self.update(line, layout=False)

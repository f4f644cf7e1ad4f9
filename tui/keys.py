"""One table of keys: bindings, hints, help and palette all come from it, and the configuration remaps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Flag, auto
from typing import TYPE_CHECKING

from engine.errors import ConfigError

if TYPE_CHECKING:
    from textual.binding import Binding


class Mode(Flag):
    """When a key acts: while looking at panes, while editing a prompt or template."""

    LOOK = auto()
    EDIT = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """One command. `keys` are Textual key names, comma-separated; `hint` is its word in the bottom line.

    `quiet` commands (one line down) come last in the palette; `priority` ones act even inside an editor.
    """

    id: str
    keys: str
    action: str
    group: str
    title: str
    hint: str = ""
    mode: Mode = Mode.LOOK
    quiet: bool = False
    priority: bool = False


MOVE, STEER, LOOK, EDIT, PROGRAM = "Move", "Steer the run", "Look", "In an editor", "Program"

TABLE: tuple[Key, ...] = (
    Key("accept", "a", "accept", STEER, "accept: write this attempt's files", hint="accept"),
    Key("accept-hunk", "A", "accept_hunk", STEER, "accept only the hunk at the cursor of Diff"),
    Key("undo", "u", "undo", STEER, "undo the accepted fix", hint="undo"),
    Key("reject", "x", "reject", STEER, "reject, with a reason for the next prompt", hint="reject"),
    Key("edit", "e", "edit", STEER, "edit this attempt's prompt", hint="edit"),
    Key("template", "E", "template", STEER, "edit a prompt template"),
    Key("rerun", "r", "rerun", STEER, "run; or re-run from this attempt as its child", hint="re-run"),
    Key("go", "f5", "go", STEER, "run or go on; in an editor: run with this text", mode=Mode.LOOK | Mode.EDIT,
        priority=True),
    Key("stop", "s", "stop", STEER, "stop the run", hint="stop"),
    Key("pull", "P", "pull", STEER, "have Ollama fetch the model that is missing, then go on; again: stop"),
    Key("follow", "F", "follow", LOOK, "follow the newest attempt, or stop following"),
    Key("filter", "f", "filter", LOOK, "list all, failed, passed, not blocked attempts"),
    Key("base", "d", "base", LOOK, "compare with parent, original, accepted, marked, nothing", hint="base"),
    Key("mark", "m", "mark", LOOK, "mark this attempt to compare others with it; again: take it away"),
    Key("zoom", "z", "zoom", LOOK, "this pane alone, or all", hint="zoom"),
    Key("find", "/", "find", LOOK, "find in this pane", hint="find"),
    Key("find-next", "n", "find_again(1)", LOOK, "find the next one"),
    Key("find-previous", "N", "find_again(-1)", LOOK, "find the one before"),
    Key("copy", "y", "copy", LOOK, "copy what this pane shows", hint="copy"),
    Key("copy-code", "Y", "copy_code", LOOK, "copy the whole candidate file"),
    Key("down", "j,down", "down(1)", MOVE, "one line down (in Attempts: the next attempt)", quiet=True),
    Key("up", "k,up", "down(-1)", MOVE, "one line up (in Attempts: the one before)", quiet=True),
    Key("page-down", "pagedown,space,ctrl+d", "page(1)", MOVE, "one page down", quiet=True),
    Key("page-up", "pageup,ctrl+u", "page(-1)", MOVE, "one page up", quiet=True),
    Key("left", "h,left", "sideways(-8)", MOVE, "scroll to the left", quiet=True),
    Key("right", "l,right", "sideways(8)", MOVE, "scroll to the right", quiet=True),
    Key("top", "g,home", "end(-1)", MOVE, "to the first line", quiet=True),
    Key("bottom", "G,end", "end(1)", MOVE, "to the last line", quiet=True),
    Key("next-attempt", "J", "attempt(1)", MOVE, "the next attempt, from any pane"),
    Key("previous-attempt", "K", "attempt(-1)", MOVE, "the attempt before, from any pane"),
    Key("next-part", "]", "part(1)", MOVE, "the next hunk, failure, section or finding"),
    Key("previous-part", "[", "part(-1)", MOVE, "the hunk, failure, section or finding before"),
    Key("next-pane", "tab", "pane_step(1)", MOVE, "the next pane", hint="pane"),
    Key("previous-pane", "shift+tab", "pane_step(-1)", MOVE, "the pane before"),
    Key("pane-1", "1", "pane(1)", MOVE, "to Attempts"),
    Key("pane-2", "2", "pane(2)", MOVE, "to Task / Prompt"),
    Key("pane-3", "3", "pane(3)", MOVE, "to Diff"),
    Key("pane-4", "4", "pane(4)", MOVE, "to Test log"),
    Key("pane-5", "5", "pane(5)", MOVE, "to Guardrails"),
    Key("open", "enter", "open", MOVE, "run a run that is ready; to the diff; to the line of code, and back"),
    Key("leave", "escape", "leave", EDIT, "leave the editor; the draft is kept", mode=Mode.EDIT,
        priority=True),
    Key("editor", "ctrl+g", "external", EDIT, "open the text in $VISUAL or $EDITOR", mode=Mode.EDIT,
        priority=True),
    Key("runs", "R", "runs", PROGRAM, "other runs: open one, search them all"),
    Key("new-task", "t", "new_task", PROGRAM, "a new task: code, tests, what is wanted"),
    Key("evaluations", "V", "evaluations", PROGRAM, "evaluations: what each model and prompt solved"),
    Key("export", "X", "export", PROGRAM, "export this run as an HTML page or as Markdown"),
    Key("settings", "S", "settings", PROGRAM, "settings: look at them, change them"),
    Key("palette", ":,ctrl+p", "palette", PROGRAM, "every command by name", quiet=True),
    Key("help", "?,f1", "help", PROGRAM, "what can I do here", hint="help"),
    Key("suspend", "ctrl+z", "suspend", PROGRAM, "stand aside for the shell; fg comes back"),
    Key("quit", "q,ctrl+q,ctrl+c", "leave_program", PROGRAM, "quit (asks while a run is going)", hint="quit"),
)  # fmt: skip

BY_ID: Mapping[str, Key] = {key.id: key for key in TABLE}
BY_ACTION: Mapping[str, Key] = {key.action.partition("(")[0]: key for key in TABLE}


def split(keys: str) -> list[str]:
    """The single keys of a comma-separated list."""
    return [key.strip() for key in keys.split(",")]


def keymap(remapped: Mapping[str, str]) -> dict[str, str]:
    """Every binding id with its keys, the configuration's first; raises ConfigError for what cannot be."""
    for name, keys in remapped.items():
        if name not in BY_ID:
            near = get_close_matches(name, BY_ID, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(BY_ID)}"
            raise ConfigError(f"keys.{name}: there is no such binding", hint)
        if not all(split(keys)):
            raise ConfigError(f"keys.{name}: {keys!r} is not a list of keys", 'write for example "j,down"')
    merged = {key.id: remapped.get(key.id, key.keys) for key in TABLE}
    taken = Counter(key for keys in merged.values() for key in set(split(keys)))
    for key, times in taken.items():
        if times > 1:
            users = [name for name, keys in merged.items() if key in split(keys)]
            raise ConfigError(
                f"keys: {key!r} is bound to {' and '.join(users)}", "give one of them another key"
            )
    return merged


def changed(effective: Mapping[str, str]) -> dict[str, str]:
    """The bindings whose keys are not the table's: Textual goes through all it is told at every key."""
    return {name: keys for name, keys in effective.items() if keys != BY_ID[name].keys}


def bindings() -> Iterator[Binding]:
    """The table as Textual bindings; their ids are what a keymap names."""
    from textual.binding import Binding

    for key in TABLE:
        for single in split(key.keys):
            yield Binding(single, key.action, key.title, id=key.id, priority=key.priority, show=False)


_SHOWN = {
    "escape": "Esc", "enter": "Enter", "tab": "Tab", "shift+tab": "Shift+Tab", "pagedown": "PgDn",
    "pageup": "PgUp", "space": "Space", "down": "↓", "up": "↑", "left": "←", "right": "→",
    "home": "Home", "end": "End",
}  # fmt: skip


def shown(key: str) -> str:
    """A key as people write it: Esc, ^G, F5, a."""
    if key.startswith("ctrl+") and len(key) == 6:
        return f"^{key[-1].upper()}"
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _SHOWN.get(key, key)

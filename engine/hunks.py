"""Single hunks of a fix: found between two texts, put into the file as it stands on the disk."""

from __future__ import annotations

from difflib import SequenceMatcher

from engine.errors import AcceptRefused
from engine.model import Task
from engine.workspace import read_source

CONTEXT = 3
Opcode = tuple[str, int, int, int, int]
Hunk = list[Opcode]


def lines_of(text: str) -> list[str]:
    """The lines without their ends; no text has none."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def hunks(before: list[str], after: list[str]) -> list[Hunk]:
    """What differs, in groups with up to three equal lines around, as `difflib` writes it down."""
    return list(SequenceMatcher(None, before, after).get_grouped_opcodes(CONTEXT)) if before != after else []


def with_hunk(current: str, before: str, after: str, number: int) -> str:
    """`current` with hunk `number` (from 0) between `before` and `after` put into it.

    Raises AcceptRefused when the lines that the hunk replaces are not in `current` as they are in `before`.
    """
    old, new, here = lines_of(before), lines_of(after), lines_of(current)
    same = SequenceMatcher(None, old, here, autojunk=False).get_matching_blocks()
    changed = [code for code in hunks(old, new)[number] if code[0] != "equal"]
    for _, first, end, new_first, new_end in reversed(changed):  # from below, so that places above hold
        for block in same:
            # Bounds count as inside: a line may be added where two blocks of equal lines meet.
            if block.a <= first and end <= block.a + block.size:
                at = first - block.a + block.b
                here[at : at + end - first] = new[new_first:new_end]
                break
        else:
            raise AcceptRefused(
                f"line {first + 1} is not there as this hunk expects it",
                "Undo what was accepted, or accept the whole attempt",
            )
    return "".join(f"{line}\n" for line in here)


def hunk_edit(task: Task, path: str, before: str, after: str, number: int) -> dict[str, str]:
    """The edits that accept one hunk of `path` on top of what is on the disk. Raises AcceptRefused."""
    from engine.accept import place_of  # the screen needs hunks for its first picture, and this not

    place = place_of(task, path)
    current = read_source(place).decode("utf-8") if place.exists() else ""
    return {path: with_hunk(current, before, after, number)}

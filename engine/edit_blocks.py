"""SEARCH/REPLACE edit blocks and unified diffs in a model's answer, and applying them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.code_blocks import named_path

_SEARCH = re.compile(r"^\s*<{5,9}\s*(SEARCH|ORIGINAL|HEAD)?\b.*$")
_MIDDLE = re.compile(r"^\s*={5,9}\s*$")
_REPLACE = re.compile(r"^\s*>{5,9}\s*(REPLACE|UPDATED)?\b.*$")
_HUNK = re.compile(r"^@@(?: .*)?@@.*$|^@@\s*$")
_HEADERS = ("--- ", "+++ ", "@@", "diff ", "index ")
_DIFF_FENCE = re.compile(r"^(`{3,}|~{3,})(diff|patch)\b")


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines to find and lines to put in their place; `path` is the file named, "" for none."""

    path: str
    search: tuple[str, ...]
    replace: tuple[str, ...]


def find_edits(answer: str) -> tuple[Edit, ...]:
    """Every edit block of the answer, or, where there is none, every hunk of a unified diff."""
    lines = answer.split("\n")
    return _search_replace(lines) or _diff_hunks(lines)


def _search_replace(lines: list[str]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    path, at = "", 0
    while at < len(lines):
        if not _SEARCH.match(lines[at]):
            path = named_path(lines[at]) if len(lines[at]) < 100 and named_path(lines[at]) else path
            at += 1
            continue
        middle = _next(lines, at + 1, _MIDDLE)
        end = _next(lines, middle + 1, _REPLACE)
        if end >= len(lines):  # the answer broke off inside this block: what it would put in is not known
            break
        edits.append(Edit(path, tuple(lines[at + 1 : middle]), tuple(lines[middle + 1 : end])))
        at = end + 1
    return tuple(edits)


def _next(lines: list[str], start: int, mark: re.Pattern[str]) -> int:
    return next((n for n in range(start, len(lines)) if mark.match(lines[n])), len(lines))


def _diff_hunks(lines: list[str]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    path, at = "", 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("+++ "):
            path = named_path(line[4:].removeprefix("b/"))
        headless = _DIFF_FENCE.match(line) and not lines[min(at, len(lines) - 1)].startswith(_HEADERS)
        if not _HUNK.match(line) and not headless:
            continue
        old: list[str] = []
        new: list[str] = []
        while at < len(lines) and not _HUNK.match(lines[at]):
            body = lines[at]
            if body.startswith(("--- ", "diff ", "```", "~~~")) or (body and body[0] not in " +-\\"):
                break
            if not body.startswith(("+", "\\")):
                old.append(body[1:])
            if not body.startswith(("-", "\\")):
                new.append(body[1:])
            at += 1
        while old and new and not old[-1].strip() and not new[-1].strip():
            old.pop(), new.pop()
        if old != new:
            edits.append(Edit(path, tuple(old), tuple(new)))
    return tuple(edits)


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, int]:
    """The text with every edit that finds its place applied, and how many did not find one."""
    lost = 0
    lines = text.split("\n")
    for edit in edits:
        changed = _apply(lines, edit)
        lost += changed is None
        lines = changed if changed is not None else lines
    return "\n".join(lines), lost


def _apply(lines: list[str], edit: Edit) -> list[str] | None:
    search = list(edit.search)
    if not any(line.strip() for line in search):
        empty = not any(line.strip() for line in lines)
        return list(edit.replace) if empty else [*lines, *edit.replace]
    while search and not search[0].strip():
        search.pop(0)
    while search and not search[-1].strip():
        search.pop()
    exact = _places(lines, search, str)
    loose = exact or _places(lines, search, str.rstrip) or _places(lines, search, str.strip)
    if not loose:
        return None
    at = loose[0]
    found = lines[at : at + len(search)]
    return [*lines[:at], *_shift(edit.replace, search[0], found[0]), *lines[at + len(search) :]]


def _places(lines: list[str], search: list[str], view: Callable[[str], str]) -> list[int]:
    want = [view(line) for line in search]
    have = [view(line) for line in lines]
    return [n for n in range(len(have) - len(want) + 1) if have[n : n + len(want)] == want]


def _shift(replace: Iterable[str], wanted: str, found: str) -> list[str]:
    """The new lines moved by as much as the found place is indented differently."""
    depth = (len(found) - len(found.lstrip())) - (len(wanted) - len(wanted.lstrip()))
    if depth >= 0:
        return [" " * depth + line if line.strip() else line for line in replace]
    return [line[min(-depth, len(line) - len(line.lstrip())) :] for line in replace]

"""Blocks of code in a model's answer: fenced or bare, with the file that each one names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from textwrap import dedent

from engine.static_fixes import drop_numbers, parse, parse_or_line

PYTHON = {"", "python", "python3", "py", "py3", "pyi", "python-repl", "code"}
_FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,})([^`\n]*)$")
_NAMED = re.compile(r"[\w./-]*\w\.py\b")
_CODE_START = re.compile(
    r"from\s+[\w.]+\s+import\b|import\s+\w|(async\s+)?def\s+\w+\s*\(|class\s+\w+\s*[:(]|@\w|[\"']{3}"
    r"|[A-Za-z_]\w*\s*(:\s*[\w\[\], .|]+)?=[^=]"
)
_BLOCK_START = re.compile(
    r"(if|elif|else|for|while|try|except|finally|with|return|raise|assert)\b.*[:)\]]?\s*$"
)
# Bounds on the work that an absurd answer can cause.
_MOST_PARSES = 40
_MOST_BLOCKS = 200
_MOST_MENDED = 40_000


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of code; `path` is the file it names ("" for none); not `closed` when the answer broke off."""

    text: str
    language: str = ""
    path: str = ""
    closed: bool = True


def fenced_blocks(answer: str) -> tuple[Block, ...]:
    """Every fenced block in order; a fence inside a docstring does not end its block."""
    lines = answer.split("\n")
    blocks: list[Block] = []
    at = 0
    while at < len(lines) and len(blocks) < _MOST_BLOCKS:
        opening = _FENCE.match(lines[at])
        if opening is None:
            at += 1
            continue
        end, closed = _closing(lines, at, opening)
        info = opening[3].strip()
        language, _, rest = info.partition(" ")
        if "." in language or ":" in language:  # ```path.py or ```python:path.py
            language, rest = "python", info
        heading = next((line for line in reversed(lines[max(0, at - 2) : at]) if line.strip()), "")
        body = lines[at + 1 : end]
        path = named_path(rest) or _named_by_comment(body) or _named_by_heading(heading)
        blocks.append(Block("\n".join(body), language.lower().strip("{}."), path, closed))
        at = end + 1
    return tuple(blocks)


def _closing(lines: list[str], start: int, opening: re.Match[str]) -> tuple[int, bool]:
    """Where the block ends: the first closing fence after which the code parses, else the first one."""
    mark = opening[2]
    ends = (
        number
        for number in range(start + 1, len(lines))
        if lines[number].strip().startswith(mark) and not lines[number].strip().strip(mark[0])
    )
    closings = list(islice(ends, 4))
    for number in closings:
        inside = lines[start + 1 : number]
        if sum(_FENCE.match(line) is not None for line in inside) % 2 == 0 and parse("\n".join(inside)):
            return number, True
    return (closings[0], True) if closings else (len(lines), False)


def named_path(text: str) -> str:
    """The first Python path in a text, "" when there is none."""
    found = _NAMED.search(text)
    return found[0].removeprefix("./") if found else ""


def _named_by_comment(body: list[str]) -> str:
    """The path in a first line like `# pkg/a.py` or `# file: a.py`, not in prose about some file."""
    first = body[0].strip() if body else ""
    found = re.fullmatch(r"(?:#|//)\s*(?:file(?:name)?|path)?\s*:?\s*([\w./-]*\w\.py)\s*", first, re.I)
    return found[1].removeprefix("./") if found else ""


def _named_by_heading(line: str) -> str:
    """The path in a heading above a fence: short, and with little beside the path."""
    path = named_path(line)
    beside = re.sub(r"\W|file|name|path|here|is|the|updated|new|fixed|corrected|in", "", line.lower())
    return path if path and len(beside) <= len(re.sub(r"\W", "", path)) + 12 else ""


def bare_code(answer: str) -> str:
    """The code of an answer without fences: stretches that parse, prose between them left out."""
    lines = answer.split("\n")
    parts: list[str] = []
    at = parses = 0
    while parses < _MOST_PARSES:
        while at < len(lines) and not _CODE_START.match(lines[at]):
            at += 1
        if at >= len(lines):
            break
        end, tried = _parsing_end(lines, at, _MOST_PARSES - parses)
        parses += tried
        if end > at:
            parts.append("\n".join(lines[at:end]).strip("\n"))
        at = max(end, at + 1)
    return "\n\n\n".join(parts)


def without_prose(code: str) -> str:
    """The code of a text that has prose in it; "" where what would be left out looks like code."""
    if len(code) > _MOST_MENDED:
        return ""
    for text in dict.fromkeys((code, dedent(code), drop_numbers(code))):
        kept = bare_code(text)
        inside = set(kept.split("\n"))
        left_out = [line for line in text.split("\n") if line.strip() and line not in inside]
        if kept and parse(kept) and not any(map(_is_code, left_out)):
            return kept
    return ""


def _is_code(line: str) -> bool:
    return line[0].isspace() or bool(_CODE_START.match(line) or _BLOCK_START.match(line))


def _parsing_end(lines: list[str], start: int, most: int) -> tuple[int, int]:
    """The end of the stretch left by cutting before each syntax error in turn, and how often that took."""
    end = len(lines)
    for tried in range(1, most + 1):
        wrong = parse_or_line("\n".join(lines[start:end]))
        if not isinstance(wrong, int):
            return end, tried
        end = min(end - 1, start + wrong - 1) if wrong else start
        while end > start and lines[end][:1] in (" ", "\t", ")", "]", "}"):
            end -= 1  # a statement that the error is inside of goes as a whole
        if end <= start:
            return start, tried
    return start, most


def owner(path: str, editable: Iterable[str], target: str) -> str:
    """The editable file that a block is for: the target when it names none, "" when it names another file."""
    if not path:
        return target
    names = sorted(editable)
    if path in names:
        return path
    same = [name for name in names if PurePosixPath(name).name == PurePosixPath(path).name]
    return same[0] if len(same) == 1 else ""

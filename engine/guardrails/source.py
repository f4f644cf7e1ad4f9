"""From bytes or text to a syntax tree, or to the finding that says why there is none."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from engine.guardrails.budget import most_tokens

LARGEST = 1_000_000
_LETTERS = bytes(n for n in range(256) if n >= 128 or chr(n).isalnum() or n == ord("_"))
_WORDS = bytes(n if n in _LETTERS else 32 for n in range(256))
_NO_SIGNS = _LETTERS + bytes(range(33)) + b"\x7f"
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_PLAIN = frozenset({b"utf-8", b"utf8", b"ascii", b"us-ascii", b"utf-8-sig", b"utf_8"})


class Refusal(NamedTuple):
    """Why a source was not checked: the rule, the place and what is shown."""

    rule: str
    line: int
    column: int
    name: str


class Source(NamedTuple):
    """A source that could be parsed."""

    text: str
    tree: ast.Module
    tokens: int


def load(source: str | bytes) -> Source | Refusal:
    """Parse `source` as Python would read it from a UTF-8 file."""
    if len(source) > LARGEST:
        return Refusal("G003", 1, 0, f"{len(source):,} characters, at most {LARGEST:,}")
    try:
        data = source.encode() if isinstance(source, str) else bytes(source)
        text = data.decode("utf-8-sig")
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        return Refusal("G002", 1, 0, error.reason)
    # Parsing costs by the token, not by the byte: data in one long string is cheap.
    tokens, most = _tokens(data), most_tokens(len(data))
    if tokens > most:
        return Refusal("G003", 1, 0, f"{tokens:,} tokens, at most {most:,} in this size")
    if "\0" in text:
        return Refusal("G002", text.count("\n", 0, text.index("\0")) + 1, 0, "null byte")
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 2)[:2], 1):
        cookie = _COOKIE.match(line)
        if cookie and cookie[1].lower() not in _PLAIN:
            return Refusal("G002", number, 0, f"encoding {cookie[1].decode('latin-1')}")
    return _parse(text, tokens)


def _tokens(data: bytes) -> int:
    """About as many tokens as the source has, or more: words, single signs and ends of lines."""
    lines = data.count(b"\n") - data.count(b"\n\n")
    words = data.translate(_WORDS).split()
    # Python normalises names that are not ASCII, which takes as long as another token.
    foreign = 0 if data.isascii() else sum(not word.isascii() for word in words)
    return len(words) + foreign + len(data.translate(None, _NO_SIGNS)) + lines


def _parse(text: str, tokens: int) -> Source | Refusal:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Source(text, ast.parse(text), tokens)
    except SyntaxError as error:
        return Refusal("G001", max(error.lineno or 1, 1), max((error.offset or 1) - 1, 0), error.msg)
    except (RecursionError, MemoryError):
        return Refusal("G003", 1, 0, "nested too deeply")
    except ValueError as error:
        return Refusal("G002", 1, 0, str(error))

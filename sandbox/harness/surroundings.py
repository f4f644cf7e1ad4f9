"""What a candidate's print, input, warnings and log records do: they happen in the tester."""

from __future__ import annotations

import builtins
import io
import logging
import sys
import warnings
from collections.abc import Callable
from os import write
from typing import Any

from sandbox.harness.output import ASIDE, HANDED_OVER

Note = Callable[[str, list[Any]], None]
Ask = Callable[[dict[str, Any], dict[str, Any]], Any]

MOST_OUTPUT = 2_000_000


class Early:
    """Tells the supervisor the head of what is printed at once: it outlives this process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._written = 0

    def add(self, text: str) -> None:
        """Pass `text` on while there is room."""
        if self._descriptor >= 0 and self._written < ASIDE:
            data = text.encode("utf-8", "backslashreplace").replace(HANDED_OVER, b"?")
            self._written += len(data)
            self._write(data[:ASIDE])

    def handed_over(self) -> None:
        """The tester gets it all now."""
        if self._written:
            self._written = 0
            self._write(HANDED_OVER)

    def _write(self, data: bytes) -> None:
        try:
            write(self._descriptor, data)
        except OSError:
            self._descriptor = -1  # the candidate closed it: its own loss


class Stream(io.TextIOBase):
    """A standard stream that gathers text until it is told to hand it over."""

    def __init__(self, number: int, sink: list[tuple[int, str]], early: Early) -> None:
        self._number = number
        self._sink = sink
        self._early = early
        self.buffer = _Binary(self)
        self.left = MOST_OUTPUT

    encoding = "utf-8"
    errors = "strict"

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.left > 0:
            taken = str.__str__(text[: self.left])
            self._sink.append((self._number, taken))
            self._early.add(taken)
            self.left -= len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number


class _Binary(io.RawIOBase):
    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


class Input(io.TextIOBase):
    """Standard input, read by the tester."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        return str(self._ask({"ask": "stdin", "name": "read"}, {"args": (-1 if size is None else size,)}))

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        return str(self._ask({"ask": "stdin", "name": "readline"}, {"args": ()}))

    def __next__(self) -> str:  # type: ignore[override]
        line = self.readline()
        if not line:
            raise StopIteration
        return line


class _LogHandler(logging.Handler):
    def __init__(self, note: Note) -> None:
        super().__init__()
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        args = record.args if type(record.args) is tuple and all(map(_is_plain, record.args)) else None
        text = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        more = tuple(
            (name, v) for name, v in vars(record).items() if name not in _IN_EVERY_RECORD and _is_plain(v)
        )
        where = [record.funcName or "", record.lineno]
        said = [text if args is None else str(record.msg), args or (), error, more]
        self._note("log", [record.name, record.levelno, *where, *said])


_IN_EVERY_RECORD = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime"))


def _is_plain(value: object) -> bool:
    return type(value) in (str, int, float, bool, type(None))


class Surroundings:
    """Installs the stand-ins once, before the candidate is loaded."""

    def __init__(self, ask: Ask, aside: int) -> None:
        self.notes: list[Any] = []
        self._early = Early(aside)
        self._text: list[tuple[int, str]] = []
        self._ask = ask

    def install(self) -> None:
        """Put them in place."""
        sys.stdout = sys.__stdout__ = Stream(1, self._text, self._early)  # type: ignore[misc,assignment]
        sys.stderr = sys.__stderr__ = Stream(2, self._text, self._early)  # type: ignore[misc,assignment]
        sys.stdin = sys.__stdin__ = Input(self._ask)  # type: ignore[misc,assignment]
        builtins.input = self._input
        logging.root.handlers[:] = [_LogHandler(self._gather)]
        logging.root.setLevel(1)
        warnings.simplefilter("always")
        warnings.showwarning = self._warning

    def take(self) -> tuple[tuple[Any, ...], ...]:
        """Everything since the last time, in order."""
        self._flush()
        self._early.handed_over()
        taken, self.notes = self.notes, []
        return tuple(tuple(note) for note in taken)

    def _gather(self, kind: str, what: list[Any]) -> None:
        self._flush()
        if len(self.notes) < 10_000:
            self.notes.append([kind, *what])

    def _flush(self) -> None:
        taken, self._text[:] = list(self._text), []
        for number, text in taken:
            last = self.notes[-1] if self.notes else None
            if last is not None and last[0] == "out" and last[1] == number:
                last[2] += text
            else:
                self.notes.append(["out", number, text])

    def _input(self, prompt: object = "") -> str:
        return str(self._ask({"ask": "input"}, {"args": (str(prompt),)}))

    def _warning(
        self, message: Any, category: type, filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        self._gather("warn", [message, lineno])

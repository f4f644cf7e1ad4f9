"""What stands in for an exception of the candidate's: raised in the tests, it can only fail one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

from sandbox.harness import named
from sandbox.harness.codec import Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.mirrors import is_mirror_class
from sandbox.harness.plain import need
from sandbox.harness.session import NotTransferable

Spots = list[list[Any]]


def raisable(cls: Any, args: tuple[Any, ...], text: str, in_test: bool) -> BaseException:
    """An exception that can do nothing but fail a test that does not expect it."""
    need(issubclass(type(cls), type), "a class expected")
    if is_mirror_class(cls):
        if issubclass(cls, Exception):
            mirror: Exception = cls.__new__(cls, *args)
            mirror.args = args
            return mirror
        return NotTransferable(text)
    if cls is SystemExit and in_test:
        return SystemExit(*args)
    if cls is asyncio.CancelledError:
        return asyncio.CancelledError(*args)
    if not issubclass(cls, Exception):
        return RuntimeError(f"{cls.__name__}: {text}")
    error: Any = None
    with contextlib.suppress(Exception):  # a constructor that wants other arguments
        error = cls(*args)
    if error is None or (str(error) != text and not isinstance(error, OSError)):
        error = cls.__new__(cls, *args)
        error.args = args
    return error  # type: ignore[no-any-return]


def fill(error: BaseException, cls: type, told: Iterable[tuple[str, Any]]) -> None:
    """Give an error made for `cls` the attributes that a builtin or standard exception has."""
    for name, value in told:
        slot = named.slots(type(error)).get(name)
        if slot is not None:
            with contextlib.suppress(TypeError, ValueError, AttributeError):  # not of that kind, or final
                slot.__set__(error, value)
        elif not is_mirror_class(cls) and name.isidentifier() and not name.startswith("_"):
            vars(error)[name] = value


def surround(error: BaseException, entry: Entry, decoder: Decoder) -> None:
    """What it came from, and what was noted on it."""
    cause, context = decoder.value(entry[6]), decoder.value(entry[8])
    if isinstance(cause, BaseException) and cause is not error:
        error.__cause__ = cause
    elif isinstance(context, BaseException) and context is not error:
        error.__context__ = context
    error.__suppress_context__ = error.__suppress_context__ or entry[9] is True
    need(type(entry[10]) is list, "notes expected")
    for note in entry[10]:
        error.add_note(decoder.text(note))


def tell(error: BaseException, spots: Any) -> None:
    """Keep where the candidate says it failed, if it says so in the proper form."""
    good: Spots = []
    for spot in spots if type(spots) is list else ():
        if type(spot) is list and [type(part) for part in spot] == [str, int, str, list]:
            values = [v for v in spot[3] if type(v) is list and [type(p) for p in v] == [str, str]]
            good.append([spot[0][:300], spot[1], spot[2][:200], [[n[:100], t[:200]] for n, t in values[:20]]])
    if good:
        vars(error)["\0spots"] = good[-20:]

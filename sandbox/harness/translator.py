"""The tester's side of values that are not plain: mirrors for the candidate's, numbers for its own."""

from __future__ import annotations

import asyncio
import contextlib
import types
import weakref
from collections.abc import Generator
from typing import Any

from sandbox.harness import named
from sandbox.harness.codec import MUTABLE, Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.encoder import Encoder
from sandbox.harness.guests import Guests
from sandbox.harness.mirror_classes import mirror_class, new_instance
from sandbox.harness.mirror_specials import may_swallow
from sandbox.harness.mirrors import HANDLE, content_of, handle, is_mirror_class, is_remote
from sandbox.harness.plain import need
from sandbox.harness.session import NotTransferable, Session

SLICE = 0.005  # seconds that the worker's event loop runs before the tests' own goes on

Spots = list[list[Any]]


class _Turn:
    """Lets the event loop go on; tests may have replaced `asyncio.sleep`."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class Translator:
    """Writes the tests' values and reads the worker's. Believes no entry it reads."""

    def __init__(self, session: Session, guests: Guests) -> None:
        self._session = session
        self._guests = guests
        self._mirrors: dict[int, Any] = {}
        self._relays: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.lenient = False

    def write(self, value: Any, encoder: Encoder) -> Entry:
        """An entry for what is not plain."""
        if is_remote(value):
            if not is_mirror_class(value) and content_of(type(value)) in MUTABLE:
                return encoder.known(value) or ["h", handle(value)]
            return ["h", handle(value)]
        if isinstance(value, (types.GeneratorType, types.CoroutineType)) and value in self._relays:
            return ["h", self._relays[value]]
        if isinstance(value, types.ModuleType) and HANDLE in vars(value):
            return ["h", vars(value)[HANDLE]]
        if isinstance(value, BaseException) and HANDLE in vars(value):
            return ["h", vars(value)[HANDLE]]
        return self._guests.write(value, encoder)

    def read(self, entry: Entry, decoder: Decoder) -> Any:
        """What the worker means. Raises CodecError."""
        tag = entry[0]
        if tag == "cb":
            return self._guests.returned(entry[1], decoder.named(entry[2]))
        if tag == "n":
            found = named.safe_class(decoder.text(entry[1]), decoder.text(entry[2]))
            need(found is not None, "an unknown class")
            return found
        if tag == "m":
            module = named.module(decoder.text(entry[1]))
            need(module is not None, "an unknown module")
            return module
        if tag == "view":
            return _view(decoder, entry)
        number = decoder.number(entry[1])
        if tag == "k":
            return self._class(number, entry, decoder)
        if tag == "x":
            return self._exception(number, entry, decoder)
        need(tag in ("h", "g", "co", "y"), "an unknown tag")
        cls = decoder.value(entry[2])
        if tag == "y":
            return self._hybrid(number, cls, entry[3], decoder)
        known = self._mirrors.get(number)
        if known is not None:
            return known
        if tag == "h":
            need(is_mirror_class(cls) and content_of(cls) is object, "a class expected")
            need(not issubclass(cls, BaseException), "not an object")
            made = new_instance(cls, number)
        else:
            made = self._generate(number) if tag == "g" else self.follow(number)
            self._relays[made] = number
        self._mirrors[number] = made
        return made

    def _class(self, number: int, entry: Entry, decoder: Decoder) -> type:
        known = self._mirrors.get(number)
        if known is None:
            known = mirror_class(self._session, number, entry[2], decoder.items(entry[3]))
            self._mirrors[number] = known
        need(is_mirror_class(known), "a class expected")
        return known

    def _hybrid(self, number: int, cls: Any, inner: Any, decoder: Decoder) -> Any:
        need(is_mirror_class(cls) and type(inner) is list and inner, "content expected")
        base: Any = content_of(cls)
        cell = inner[2] if len(inner) > 2 and base in MUTABLE else None
        content = decoder.plain([inner[0], inner[1], None, *inner[3:]] if base in MUTABLE else inner)
        need(type(content) is base, "content of another kind")
        known = self._mirrors.get(number)
        if (
            known is not None
            and type(known) is cls
            and base not in MUTABLE
            and base.__eq__(known, content) is True
        ):
            return known
        made = new_instance(cls, number, content)
        decoder.share(cell, made)
        if vars(cls).get("\0lasting"):
            self._mirrors.setdefault(number, made)
        return made

    def _exception(self, number: int, entry: Entry, decoder: Decoder) -> BaseException:
        known = self._mirrors.get(number)
        if known is not None:
            need(isinstance(known, BaseException), "an error expected")
            _tell(known, entry[5])
            return known  # type: ignore[no-any-return]
        cls, args, text = decoder.value(entry[2]), decoder.value(entry[3]), decoder.text(entry[4], 30_000)
        need(type(args) is tuple, "arguments expected")
        error = self._raisable(cls, args, text)
        for name, value in decoder.named(entry[7]):
            slot = named.slots(type(error)).get(name)
            if slot is not None:
                with contextlib.suppress(TypeError, ValueError, AttributeError):  # not of that kind, or final
                    slot.__set__(error, value)
            elif not is_mirror_class(cls) and name.isidentifier() and not name.startswith("_"):
                vars(error)[name] = value
        vars(error)[HANDLE] = number
        vars(error)["\0text"] = text
        _tell(error, entry[5])
        self._mirrors[number] = error
        _surround(error, entry, decoder)
        return error

    def _raisable(self, cls: Any, args: tuple[Any, ...], text: str) -> BaseException:
        """An exception that can do nothing but fail a test that does not expect it."""
        need(issubclass(type(cls), type), "a class expected")
        if is_mirror_class(cls):
            if issubclass(cls, Exception):
                mirror: Exception = cls.__new__(cls, *args)
                mirror.args = args
                return mirror
            return NotTransferable(text)
        if cls is SystemExit and self._session.in_test:
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

    def _generate(self, number: int) -> Generator[Any, Any, Any]:
        ask, name, args = self._session.request, "__next__", ()
        thrown: BaseException | None = None
        while True:
            try:
                item = ask("special" if name == "__next__" else "method", number, name, args)
            except StopIteration as stop:
                self._swallowed(thrown)
                return stop.value
            self._swallowed(thrown)
            thrown = None
            try:
                sent = yield item
                name, args = ("__next__", ()) if sent is None else ("send", (sent,))  # type: ignore[assignment]
            except GeneratorExit:
                if self._session.in_control and not self._session.fault:
                    ask("method", number, "close")
                raise
            except BaseException as error:
                name, args, thrown = "throw", (error,), error  # type: ignore[assignment]

    def _swallowed(self, error: BaseException | None) -> None:
        """The candidate's generator went on after `error`. Raises what it must not swallow: the tests may
        have made a context manager of it."""
        if error is not None:
            if not may_swallow(error):
                raise error
            self._session.warn("operators-trusted: generator.throw")

    async def follow(self, number: int) -> Any:
        """Have the worker run an awaitable while the tests' own event loop goes on."""
        ask = self._session.request
        task = ask("start", number)
        try:
            while True:
                done, value = ask("pump", args=(task, SLICE))
                if done is True:
                    return value
                await _Turn()
        except (asyncio.CancelledError, GeneratorExit):
            if self._session.in_control and not self._session.fault:
                ask("cancel", args=(task,))
            raise


def _surround(error: BaseException, entry: Entry, decoder: Decoder) -> None:
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


def _view(decoder: Decoder, entry: Entry) -> Any:
    items = decoder.items(entry[2])
    if entry[1] == "keys":
        return dict.fromkeys(items).keys()
    if entry[1] == "values":
        return dict(enumerate(items)).values()
    need(all(type(item) is tuple and len(item) == 2 for item in items), "pairs expected")
    return dict(items).items()


def _tell(error: BaseException, spots: Any) -> None:
    """Keep where the candidate says it failed, if it says so in the proper form."""
    good: Spots = []
    for spot in spots if type(spots) is list else ():
        if type(spot) is list and [type(part) for part in spot] == [str, int, str, list]:
            values = [v for v in spot[3] if type(v) is list and [type(p) for p in v] == [str, str]]
            good.append([spot[0][:300], spot[1], spot[2][:200], [[n[:100], t[:200]] for n, t in values[:20]]])
    if good:
        vars(error)["\0spots"] = good[-20:]

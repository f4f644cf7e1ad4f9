"""The tester's side of values that are not plain: mirrors for the candidate's, numbers for its own."""

from __future__ import annotations

import types
import weakref
from typing import Any

from sandbox.harness import mirror_errors, named
from sandbox.harness.codec import MUTABLE, Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.encoder import Encoder
from sandbox.harness.guests import Guests
from sandbox.harness.mirror_classes import mirror_class, new_instance
from sandbox.harness.mirrors import HANDLE, content_of, handle, is_mirror_class, is_remote
from sandbox.harness.plain import need
from sandbox.harness.relays import follow, generate
from sandbox.harness.session import Session


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
            made = generate(self._session, number) if tag == "g" else self.follow(number)
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
            mirror_errors.tell(known, entry[5])
            return known  # type: ignore[no-any-return]
        cls, args, text = decoder.value(entry[2]), decoder.value(entry[3]), decoder.text(entry[4], 30_000)
        need(type(args) is tuple, "arguments expected")
        error = mirror_errors.raisable(cls, args, text, self._session.in_test)
        mirror_errors.fill(error, cls, decoder.named(entry[7]))
        vars(error)[HANDLE] = number
        vars(error)["\0text"] = text
        mirror_errors.tell(error, entry[5])
        self._mirrors[number] = error
        mirror_errors.surround(error, entry, decoder)
        return error

    async def follow(self, number: int) -> Any:
        """Have the worker run an awaitable while the tests' own event loop goes on."""
        return await follow(self._session, number)


def _view(decoder: Decoder, entry: Entry) -> Any:
    items = decoder.items(entry[2])
    if entry[1] == "keys":
        return dict.fromkeys(items).keys()
    if entry[1] == "values":
        return dict(enumerate(items)).values()
    need(all(type(item) is tuple and len(item) == 2 for item in items), "pairs expected")
    return dict(items).items()

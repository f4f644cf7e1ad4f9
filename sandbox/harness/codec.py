"""Values as tagged JSON: a flat pool, children before parents, so that nothing can nest or loop.

A value on the wire is null, true, false, a small number, a float, a text, or `[n]`: the n-th entry of
the message's pool. An entry is `[tag, ...]`. What is not plain data is left to the process's own
`Foreign`. Decoding believes nothing: every entry is checked, and a fault is a CodecError.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sandbox.harness.decoder import Decoder
    from sandbox.harness.encoder import Encoder

Entry = list[Any]
MUTABLE = (list, dict, set, deque, defaultdict, Counter, OrderedDict, bytearray)


class Foreign(Protocol):
    """What a process does with values that are not plain."""

    def write(self, value: Any, encoder: Encoder) -> Entry: ...

    def read(self, entry: Entry, decoder: Decoder) -> Any: ...


def base_of(kind: type) -> type:
    """The builtin container that `kind` is or comes from."""
    return next(base for base in type.mro(kind) if base in MUTABLE)

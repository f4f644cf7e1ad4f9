"""Messages that carry values: one pool each, and both sides' shared containers kept in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.harness import frames
from sandbox.harness.cells import Cells, overwrite
from sandbox.harness.channel import MAX_MESSAGE, Channel, Message
from sandbox.harness.codec import Foreign
from sandbox.harness.decoder import Decoder
from sandbox.harness.encoder import Encoder
from sandbox.harness.plain import CodecError, need


class Parcels:
    """Packs and unpacks what one process sends to and gets from the other."""

    def __init__(self, channel: Channel, cells: Cells) -> None:
        self.cells = cells
        self._channel = channel

    def send(
        self, foreign: Foreign, message: Message, values: dict[str, Any], drop: Iterable[int] = ()
    ) -> None:
        """Send `message` with `values` beside it. Raises CodecError, ChannelClosed; on CodecError
        nothing was sent and nothing is remembered."""
        drop = list(drop)
        encoder = Encoder(foreign, self.cells)
        known = self.cells.numbers()
        try:
            for key, value in values.items():
                message[key] = encoder.value(value)
            changed = self.cells.changed(known)
            message["sync"] = [[number, encoder.contents(container)] for number, container in changed]
            message["pool"] = encoder.pool
            message["drop"] = drop
            self._channel.send(message)
        except (CodecError, frames.FrameError, RecursionError, RuntimeError) as error:
            encoder.abandon()
            if isinstance(error, frames.FrameError):
                raise CodecError(f"more than {MAX_MESSAGE >> 20} MB cannot be handed over at once") from None
            if isinstance(error, CodecError):
                raise
            raise CodecError(f"the value cannot be handed over: {error}") from None
        encoder.settle()
        for number, _ in changed:
            self.cells.note(number)

    def open(
        self, foreign: Foreign, message: Message, touched: Callable[[int], None] | None = None
    ) -> Decoder:
        """Read what came with a message; `touched` hears of each container that the other side changed.
        Raises CodecError."""
        drop = message.get("drop", [])
        need(type(drop) is list and all(type(n) is int for n in drop), "a list of numbers expected")
        self.cells.forget(drop)
        decoder = Decoder(message.get("pool", []), foreign, self.cells)
        sync = message.get("sync", [])
        need(type(sync) is list, "a list expected")
        for pair in sync:
            need(type(pair) is list and len(pair) == 2, "a pair expected")
            number, fresh = decoder.number(pair[0]), decoder.value(pair[1])
            need(number in self.cells.numbers_known(), "a container that is not shared")
            if touched is not None:
                touched(number)
            need(overwrite(self.cells.find(number), fresh), "a container of another kind")
            self.cells.note(number)
        decoder.settle()
        return decoder

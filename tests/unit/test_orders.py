"""Orders arrive whole, however the pipe cuts them."""

from __future__ import annotations

import os
import threading

from sandbox.harness import orders


def test_an_order_that_comes_in_pieces_is_lost() -> None:
    reader, writer = os.pipe()
    order = {"files": {"a.py": b"x" * 300_000}, "limits": {"seconds": 1.5}}
    data = orders.pack(order) + orders.pack({"n": 2})

    def write() -> None:
        for at in range(0, len(data), 70_001):
            os.write(writer, data[at : at + 70_001])
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert [orders.take(reader), orders.take(reader), orders.take(reader)] == [order, {"n": 2}, None]
    finally:
        thread.join()
        os.close(reader)


def test_the_end_of_the_pipe_is_an_order() -> None:
    reader, writer = os.pipe()
    os.close(writer)
    assert orders.take(reader) is None
    os.close(reader)

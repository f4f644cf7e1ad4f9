"""Textual's driver for browsers, made to last: several screens one after another in one process."""

from __future__ import annotations

import os
from typing import ClassVar

from textual import messages
from textual.drivers.web_driver import WebDriver

PRELUDE = b"__GANGLION__\n"
"""What textual-serve waits for before it takes packets."""


class SteadyDriver(WebDriver):
    """Says hello once, leaves the browser open between two runs, ends when the browser has gone."""

    greeted: ClassVar[bool] = False

    def start_application_mode(self) -> None:
        """Begin to draw; the greeting is for the first screen alone."""
        send = self._write

        def once(data: bytes) -> int:
            if data == PRELUDE:
                if SteadyDriver.greeted:
                    return 0
                SteadyDriver.greeted = True
            return send(data)

        self._write = once  # type: ignore[assignment]
        super().start_application_mode()

    def stop_application_mode(self) -> None:
        """Let go of the input, so that the next screen gets all of it; the browser stays."""
        self.exit_event.set()
        self._input_reader.close()
        self._key_thread.join(1.0)

    def run_input_thread(self) -> None:
        """Read until the end; an end that nobody here asked for is the browser's or the server's."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(messages.ExitApp())

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """A new size is also that of the next screen."""
        if packet_type == "resize":
            os.environ.update(COLUMNS=str(payload["width"]), ROWS=str(payload["height"]))
        super().on_meta(packet_type, payload)

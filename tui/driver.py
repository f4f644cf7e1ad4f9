"""Textual's driver for terminals, which takes the terminal again only after it gave it away."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver


class TerminalDriver(LinuxDriver):
    """Resumes what ctrl+z suspended, and nothing else.

    A terminal that hangs up tells its programs to go on as well. The parent class starts a second reader
    of keys at that, which nobody ends: it would find the end of a terminal that is gone for ever.
    """

    def _sigcont_application(self, *signals: object) -> None:
        if self._must_signal_resume:
            super()._sigcont_application(*signals)

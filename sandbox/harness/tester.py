"""The tester: runs pytest over the tests while everything of the candidate stays in the worker."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from sandbox.harness import patches, stubs
from sandbox.harness.channel import Channel
from sandbox.harness.files import lay_out, module_names, search_path
from sandbox.harness.guests import Guests
from sandbox.harness.reporting import Reporting
from sandbox.harness.running import preload, run_pytest
from sandbox.harness.session import Session, Unsealable
from sandbox.harness.tells import Tells
from sandbox.harness.translator import Translator

__all__ = ["preload", "run"]
GRACE = 0.5  # seconds: the supervisor's clock is to be first, so that a hang is called a timeout


def run(request: dict[str, Any], channel: socket.socket, report: Callable[[dict[str, Any]], None]) -> None:
    """Run the tests of `request` against the worker at the other end of `channel`."""
    tests = request["tests"]
    lay_out(tests)
    sys.path[:0] = search_path(tests)
    deadline = time.monotonic() + float(request["limits"]["seconds"]) + GRACE
    session = Session(Channel(channel, deadline), report)
    session.server = guests = Guests(session)
    session.translator = Translator(session, guests)
    stubs.install(session, module_names(request["modules"]), list(module_names(tests)))
    undo = patches.forward(session, module_names(tests))
    Tells(session, request["modules"]).install()
    try:
        run_pytest(tests, request["selection"], [Reporting(report, frozenset(tests), session)])
    except Unsealable:
        pass  # told already
    finally:
        undo()
    report({"kind": "done"})

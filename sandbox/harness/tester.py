"""The tester: runs pytest over the tests while everything of the candidate stays in the worker."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.harness import early, patches, stubs
from sandbox.harness.channel import Channel
from sandbox.harness.files import lay_out, module_names, search_path
from sandbox.harness.guests import Guests
from sandbox.harness.looks import looked_at
from sandbox.harness.reporting import Reporting
from sandbox.harness.running import preload, renew, run_pytest
from sandbox.harness.session import Session, Unsealable
from sandbox.harness.tells import Tells
from sandbox.harness.traces import Traces
from sandbox.harness.translator import Translator

__all__ = ["preload", "run", "serve"]
GRACE = 0.5  # seconds: the supervisor's clock is to be first, so that a hang is called a timeout

Report = Callable[[dict[str, Any]], None]


def serve(requests: Iterator[dict[str, Any]], line: socket.socket, report: Report) -> None:
    """Run the tests of each request, against the worker whose conversation arrives on `line`, until
    something of them may have been left behind."""
    traces = Traces()
    for request in requests:
        _, descriptors, _, _ = socket.recv_fds(line, 1, 1)
        # told what it is: to find out takes three system calls
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, descriptors[0]) as channel:
            pristine = run(request, channel, report)
        sys.stdout.flush()
        sys.stderr.flush()
        stays = bool(request["stay"]) and pristine and traces.cleared(request["tests"])
        report({"kind": "done", "stays": stays})
        if not stays:
            return
        renew()
        traces.sweep()
        early.renew()


def run(request: dict[str, Any], channel: socket.socket, report: Report) -> bool:
    """Run the tests of `request` against the worker at the other end of `channel`; whether the worker
    was merely asked, and itself had nothing done here."""
    tests = request["tests"]
    lay_out(tests)
    sys.path[:0] = search_path(tests)
    seconds = float(request["limits"]["seconds"]) + GRACE
    session = Session(Channel(channel, seconds), report)
    session.server = guests = Guests(session)
    session.translator = Translator(session, guests)
    seen = looked_at(tests, request["modules"])
    if seen:
        session.unsealable(f"the tests look at {seen}, of which the candidate has its own")
        return False
    own = module_names(tests)
    uninstall = stubs.install(session, module_names(request["modules"]), list(own))
    undo = patches.forward(session, own)
    tells = Tells(session, request["modules"])
    tells.install()
    try:
        run_pytest(tests, request["selection"], [Reporting(report, frozenset(tests), session)])
    except Unsealable:
        pass  # told already
    finally:
        tells.uninstall()
        undo()
        uninstall()
    return not (session.fault or session.why_unsealable or session.served)

"""The program of one browser tab: `coder-tui tui`, drawn for a browser."""

from __future__ import annotations

import os
import signal
import sys

from engine.errors import CoderTuiError
from sandbox.errors import SandboxError
from sandbox.harness import syscalls
from tui.cli import build_parser
from tui.commands.screen import open_screen
from tui.complaint import complain
from tui.neutral import neutral


def main(arguments: list[str]) -> int:
    """Open the screen on these arguments of `coder-tui tui`; what is wrong is said in the browser too."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)  # a server that is killed leaves no screen
    try:
        return open_screen(build_parser().parse_args(["tui", *arguments]))
    except CoderTuiError as error:
        _refuse(error)
        return error.exit_status
    except SandboxError as error:
        _refuse(error)
        return 3


def _refuse(error: CoderTuiError | SandboxError) -> None:
    from tui.web.driver import PRELUDE, SteadyDriver

    complain(error.message, error.remedy)
    text = f"\r\n coder-tui: {' '.join(neutral(str(error)).split())}\r\n".encode()
    greeting = b"" if SteadyDriver.greeted else PRELUDE
    os.write(sys.stdout.fileno(), greeting + b"D" + len(text).to_bytes(4, "big") + text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

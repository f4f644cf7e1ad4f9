"""`coder-tui export-eval`: an evaluation for other programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.inspect_log import inspect_name, write_inspect_log
from engine.evaluation.pairs import read_evaluation
from tui.headless import say
from tui.neutral import neutral_line


def run(options: argparse.Namespace) -> int:
    """Write the log to the file that was named, else to standard output."""
    read = read_evaluation(Path(options.folder).expanduser())
    if not options.to:
        write_inspect_log(read.plan, read.metrics, read.rows, sys.stdout)
        return 0
    path = Path(options.to).expanduser()
    if path.is_dir():
        path /= inspect_name(read.plan)
    try:
        with path.open("w", encoding="utf-8", errors="replace") as out:
            write_inspect_log(read.plan, read.metrics, read.rows, out)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "name another --to") from None
    say(neutral_line(str(path)))
    return 0

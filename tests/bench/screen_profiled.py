"""The command under cProfile, for `screen.py --profile`: the first argument is the file to write."""

from __future__ import annotations

import cProfile
import sys

from tui.cli import main

if __name__ == "__main__":
    profile = cProfile.Profile()
    file, sys.argv[1:] = sys.argv[1], sys.argv[2:]
    try:
        profile.runcall(main)
    finally:
        profile.dump_stats(file)

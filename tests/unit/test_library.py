"""What is loaded before a fork is there after it, and the main thread stays the main one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sandbox.harness import library

ROOT = Path(library.__file__).parents[2]
CHECK = """
import sys
sys.path.insert(0, sys.argv[1])
from sandbox.harness import library
library.preload()
import threading
assert threading.main_thread() is threading.current_thread()
assert threading.active_count() == 1
loaded = set(sys.modules)
from sandbox.harness.traceless import PURE
wanted = {*library.OFTEN.split(), *library.SELDOM.split(), *PURE} - {"unittest", "__future__"}
print(sorted(wanted - loaded))
"""


def test_something_is_not_preloaded() -> None:
    command = [sys.executable, "-I", "-c", CHECK, str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_module_that_cannot_be_imported_is_passed_over() -> None:
    broken = CHECK.replace("library.preload()", "library.SELDOM = 'no_such_module'\nlibrary.preload()")
    done = subprocess.run(
        [sys.executable, "-I", "-c", broken, str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "no_such_module" in done.stderr


def test_our_own_modules_are_named_as_they_are() -> None:
    assert all((ROOT / "sandbox" / "harness" / f"{name}.py").is_file() for name in library.OURS.split())

"""The standard library, loaded before any fork: what is used often close together, the rest apart.

After a fork each stretch of memory that parent or child writes to is copied, up to 2 MB at a time under
gVisor, and reading an object already writes its count. So what every child uses shall lie close together,
and what few use elsewhere: the C library gives a second thread an arena of its own. (Where the interpreter
has its own allocator this changes nothing.)
"""

from __future__ import annotations

import _thread
import gc
import marshal
import os
import sys
from importlib._bootstrap_external import MAGIC_NUMBER

# What most children touch: those of our own processes, and what candidates import most.
OFTEN = """
_random _signal _socket _struct binascii errno fcntl math resource select threading random typing re
collections string
"""
# What some candidates import, and what our own processes need to tell why something failed.
SELDOM = """
array ast base64 bisect cmath contextlib copy csv dataclasses datetime decimal enum fnmatch fractions
functools hashlib heapq inspect io itertools json linecache logging operator pathlib reprlib selectors shutil
signal socket statistics struct textwrap time traceback types uuid zoneinfo
"""

# Names that both candidates and the modules above use. An interned string lies where it was made first, and
# every use writes to its count: ours is first. (Of the solutions of MBPP, with the roles of children.)
WORDS = """
array binary bisect_left bisect_right candidate check col ct d2 date datetime days dec decimal den diff dp
dt element elt found freq gcd get_key groupby groups idx inf ip length line m1 m2 median mid mod month mp
mul n1 node number numbers out pair pairs patterns pos_count power product remainder row s1 s2 sequence
slope solution st stack sum test tup txt url validate value values word words x1 x2 y2 year zip_longest _sum
inprocess screener scripts tester worker
"""

_HEADER = 16  # bytes of a .pyc before its code
OURS = """
children confine early frames orders places scripts seccomp syscalls zygote cells channel codec decoder
describe encoder files handles loops named operations output parcels plain specials surroundings visitors
worker
"""  # on every child's way, and what a worker has besides


def preload() -> None:
    """Import it all. Raises whatever an import raises."""
    for name in OFTEN.split():
        __import__(name)
    names = [*_names(), *map(sys.intern, WORDS.split())]
    compile("", "", "exec", dont_inherit=True)  # keeps the names of its parameters from now on
    _import_apart(SELDOM)
    del names


def _names() -> list[object]:
    """The code of our own modules, so that the names in it, which are touched at each use, lie with ours."""
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    codes: list[object] = []
    for name in OURS.split():
        try:
            with open(f"{folder}/__pycache__/{name}.{sys.implementation.cache_tag}.pyc", "rb") as file:  # noqa: PTH123
                compiled = file.read()
        except OSError:
            continue  # not compiled yet: its names will lie where they may
        if compiled.startswith(MAGIC_NUMBER):
            codes.append(marshal.loads(compiled[_HEADER:]))
    return codes


def _import_apart(names: str) -> None:
    faults: list[BaseException] = []
    done = _thread.allocate_lock()
    done.acquire()

    def load() -> None:
        try:
            for name in names.split():
                __import__(name)
            gc.collect()  # nor does the interpreter keep any of that memory to use again
        except BaseException as error:
            faults.append(error)
        finally:
            done.release()

    _thread.start_new_thread(load, ())
    done.acquire()
    if faults:
        raise faults[0]

"""The standard library, loaded before any fork: what is used often close together, the rest apart.

After a fork each stretch of memory that parent or child writes to is copied, up to 2 MB at a time under
gVisor, and reading an object already writes its count. So what every child uses shall lie close together,
and what few use elsewhere: the C library gives a second thread an arena of its own. (Where the interpreter
has its own allocator this changes nothing.)
"""

from __future__ import annotations

import _thread
import ctypes
import gc
import marshal
import os
import sys

# What most children touch: those of our own processes, and what candidates import most.
OFTEN = """
_random _signal _struct binascii errno fcntl math resource select threading random typing re collections
heapq copy string
"""
# What some candidates import, and what our own processes need to tell why something failed.
SELDOM = """
array ast base64 bisect contextlib csv dataclasses datetime decimal enum fnmatch fractions functools inspect
io itertools json linecache logging operator pathlib reprlib selectors shutil signal socket statistics struct
textwrap time traceback types uuid zoneinfo
"""

OURS = "children confine early frames orders places scripts seccomp syscalls zygote"  # on every child's way


def preload() -> None:
    """Import it all. Raises whatever an import raises."""
    for name in OFTEN.split():
        __import__(name)
    names = _names()
    _import_apart(SELDOM)
    del names


def _names() -> list[object]:
    """The code of our own modules, so that the names in it, which are touched at each use, lie with ours."""
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    compiled = f"{folder}/__pycache__"
    codes: list[object] = []
    for name in os.listdir(compiled) if os.path.isdir(compiled) else ():  # noqa: PTH112, PTH208
        if name.partition(".")[0] in OURS.split():
            with open(f"{compiled}/{name}", "rb") as file:  # noqa: PTH123
                codes.append(marshal.loads(file.read()[_HEADER:]))
    return codes


_HEADER = 16  # bytes of a .pyc before its code


def _make_room_for_names() -> None:
    """Let the table of all names grow now and here: each new program adds to it."""
    kept = [sys.intern(f"_{number}") for number in range(_NAMES)]
    del kept


def _forget_freed() -> None:
    """Take what was freed of the other arena out of the C library's cache, where it would be used again."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = libc.sbrk.restype = ctypes.c_void_p
    libc.free.argtypes, libc.sbrk.argtypes = [ctypes.c_void_p], [ctypes.c_long]
    end = libc.sbrk(0)
    for size in range(24, 1040, 16):
        for block in [libc.malloc(size) for _ in range(_CACHED)]:
            if block < end:
                libc.free(block)


_NAMES = 11_000  # more than two thirds of 16,384: so the table has 32,768 places from then on
_CACHED = 7  # blocks of a size


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

"""What chaos throws at sandboxes: kinds of candidates, how often, and the verdicts right for each."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sandbox.contract import Assurance, Job, Limits, Verdict

TESTS = b"from solution import double\n" + b"".join(
    b"\ndef test_%d():\n    assert double(%d) == %d\n" % (n, n, 2 * n) for n in range(5)
)
PATIENT = Limits(seconds=60, memory_mb=256)  # a busy machine is no timeout
SHORT = Limits(seconds=1, memory_mb=256)

FORK_BOMB = """\
import os
def double(x):
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""
STAYS_BEHIND = """\
import os, time
def double(x):
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
        os._exit(0)
    return 2 * x
"""
FLOOD = """\
def double(x):
    for _ in range(3000):
        print("x" * 1000)
    return 2 * x
"""
FILES = """\
def double(x):
    with open(f"left{x}", "wb") as out:
        out.write(b"x" * 1_000_000)
    return 2 * x
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of candidate; `right` are the verdicts that may be given to it, `weight` how often it comes."""

    name: str
    source: str
    right: frozenset[Verdict]
    weight: int
    limits: Limits = PATIENT


def one_of(*verdicts: Verdict) -> frozenset[Verdict]:
    """The verdicts that are right."""
    return frozenset(verdicts)


V = Verdict
LOST = (V.KILLED, V.OUT_OF_MEMORY)
KINDS = (
    Kind("right", "def double(x):\n    return 2 * x\n", one_of(V.PASSED), 48),
    Kind("wrong", "def double(x):\n    return x * x\n", one_of(V.FAILED), 25),
    Kind("raises", "def double(x):\n    raise KeyError(x)\n", one_of(V.FAILED), 5),
    Kind("does not import", "import no_such_module\n", one_of(V.ERROR), 3),
    Kind("no Python", "def double(x:\n", one_of(V.ERROR), 2),
    Kind("writes files", FILES, one_of(V.PASSED), 4),
    Kind("floods", FLOOD, one_of(V.PASSED), 4),
    Kind("leaves", "import os\ndef double(x):\n    os._exit(0)\n", one_of(V.FAILED, V.ERROR, V.KILLED), 3),
    Kind("aborts", "import os\ndef double(x):\n    os.abort()\n", one_of(V.FAILED, V.ERROR, V.KILLED), 3),
    Kind("stays behind", STAYS_BEHIND, one_of(V.PASSED), 2),
    Kind("endless", "def double(x):\n    while True: pass\n", one_of(V.TIMEOUT), 2, SHORT),
    Kind("floods endlessly", "def double(x):\n    while True: print(x)\n", one_of(V.TIMEOUT), 2, SHORT),
    Kind(
        "memory bomb",
        "def double(x):\n    return len([bytearray(1 << 20) for _ in range(1 << 14)])\n",
        one_of(V.FAILED, *LOST),
        2,
    ),
    Kind("fork bomb", FORK_BOMB, one_of(V.TIMEOUT, *LOST), 2, SHORT),
)


def draw(chance: random.Random, number: int) -> tuple[Kind, Job, Assurance]:
    """The next execution of a seeded series."""
    kind = chance.choices(KINDS, [kind.weight for kind in KINDS])[0]
    job = Job(
        f"{number} {kind.name}",
        {"solution.py": kind.source.encode()},
        {"test_solution.py": TESTS},
        kind.limits,
    )
    return kind, job, chance.choice(list(Assurance))

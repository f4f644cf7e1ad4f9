"""For each guardrail rule a program that it flags and one like it that no rule flags.

`python -m tests.unit.rule_examples` prints the table of docs/guardrails.md, which a test compares.
"""

from __future__ import annotations

from engine.guardrails import RULES

# rule: (flagged, left alone)
EXAMPLES: dict[str, tuple[str, str]] = {
    "G001": ("def f(:", "def f(): pass"),
    "G002": ("x = 1\0", "x = '\\0'"),
    "G003": ("x = " + "-" * 9_999 + "1", "x = --1"),
    "G004": ("from json import *", "from math import *"),
    "G101": ("import subprocess\nsubprocess.run(['ls'])", "run = print\nrun('ls')"),
    "G102": ("import os\nos.fork()", "class Road:\n    def fork(self): return 2\nRoad().fork()"),
    "G103": ("import os\nos.kill(1, 9)", "def kill(a, b): return a - b\nkill(1, 9)"),
    "G104": ("import os\nos.sched_yield()", "import os.path\nos.path.join('a', 'b')"),
    "G201": ("eval('1 + 1')", "import ast\nast.literal_eval('[1]')"),
    "G202": ("__import__('o' + 's')", "import json"),
    "G203": ("import pickle\npickle.loads(data)", "import json\njson.loads(data)"),
    "G204": ("import types\ntypes.FunctionType(code, {})", "import types\nisinstance(f, types.FunctionType)"),
    "G205": ("import os\ngetattr(os, name)", "getattr(shape, name, 0)"),
    "G206": ("import doctest\ndoctest.testmod()", "if __name__ == '__main__':\n    print('>>> 1')"),
    "G207": ("import sys\nsys.path.append('.')", "path = []\npath.append('.')"),
    "G208": (
        "class A:\n    def __reduce__(self): return print, ()",
        "class A:\n    def __getstate__(self): return {}",
    ),
    "G301": ("open('a.txt', 'w')", "import io\nio.StringIO().write('a')"),
    "G302": ("open('/etc/passwd')", "place = '/etc/passwd'"),
    "G303": ("open('a.csv')", "def open(name): return name\nopen('a.csv')"),
    "G304": ("import os\nos.remove('a')", "[1].remove(1)"),
    "G305": ("import os\nos.listdir('.')", "import os.path\nos.path.basename('a/b')"),
    "G306": ("import sqlite3\nsqlite3.connect('a.db')", "import sqlite3\nsqlite3.connect(':memory:')"),
    "G401": ("import socket\nsocket.socket()", "from urllib.parse import urlparse\nurlparse('http://a')"),
    "G501": ("().__class__.__bases__", "type(x).__name__"),
    "G502": ("import sys\nsys._getframe(1)", "import inspect\ninspect.signature(print)"),
    "G503": ("import gc\ngc.get_objects()", "import gc\ngc.collect()"),
    "G504": ("globals()['x']", "table = {'x': 1}\ntable['x']"),
    "G505": ("import os\nvars(os)", "class A: pass\nvars(A())"),
    "G506": ("f.__closure__", "f.__name__"),
    "G507": ("import os, helpers\nhelpers.use(os)", "import math, helpers\nhelpers.use(math)"),
    "G508": ("locals()", "dict(a=1)"),
    "G601": ("import ctypes\nctypes.CDLL(None)", "import struct\nstruct.pack('<I', 1)"),
    "G602": ("import mmap\nmmap.mmap(-1, 9)", "memoryview(bytearray(9))"),
    "G603": ("import signal\nsignal.alarm(1)", "def alarm(n): return n\nalarm(1)"),
    "G604": ("import sys\nsys.setrecursionlimit(10**9)", "import sys\nsys.setrecursionlimit(5000)"),
    "G701": ("import os\nos.environ['HOME']", "environ = {'HOME': 'a'}\nenviron['HOME']"),
    "G702": ("import os\nos.environ['A'] = 'b'", "environ = {}\nenviron['A'] = 'b'"),
    "G703": ("password = 'a1b2c3d4e5f6g7h8'", "password = input()"),
    "G704": ("import pwd\npwd.getpwall()", "import secrets\nsecrets.token_hex(8)"),
    "G801": ("import sys\nsys.exit(0)", "import sys\nif __name__ == '__main__':\n    sys.exit(0)"),
    "G802": ("import math\nmath.sqrt = abs", "class A: pass\nA.sqrt = abs"),
    "G803": (
        "class A:\n    def __eq__(self, other): return True",
        "class A:\n    def __eq__(self, other): return self.x == other.x",
    ),
    "G804": ("import pytest\npytest.exit('done')", "def skip(n): return n\nskip(1)"),
    "G805": ("def pytest_configure(config): pass", "def configure(config): pass"),
    "G806": ("import sys\n'pytest' in sys.argv", "'test' in words"),
    "G807": ("open('test_solution.py')", "name = 'test case'"),
    "G808": ("print('3 passed in 0.1s')", "print('3 apples in 1 bag')"),
    "G809": ("try:\n    f()\nexcept:\n    pass", "try:\n    f()\nexcept ValueError:\n    pass"),
    "G810": ("import sys\nsys.settrace(f)", "import sys\nsys.maxsize"),
    "G811": ("import __main__\n__main__.x", "main = 1"),
    "G812": ("class A:\n    __class__ = int", "class A:\n    kind = int"),
    "G813": ("from unittest.mock import MagicMock\nMagicMock()", "class Mock: pass\nMock()"),
    "G814": ("import sys\nsys.stdout = None", "import sys\nsys.stdout.write('a')"),
    "G815": ("import warnings\nwarnings.simplefilter('ignore')", "import warnings\nwarnings.warn('old')"),
    "G816": (
        "class A:\n    def __eq__(self, other): return isinstance(other, A)",
        "class A:\n    def __eq__(self, other): return isinstance(other, A) and self.x == other.x",
    ),
    "G817": ("import atexit\natexit.register(f)", "def register(f): return f\nregister(print)"),
    "G818": ("import helpers\nhelpers.LIMIT = 9", "import helpers\nhelpers.configure(9)"),
    "G901": ("while True:\n    x = 1", "while True:\n    if f(): break"),
    "G902": ("def f(n):\n    return f(n - 1)", "def f(n):\n    return f(n - 1) if n else 0"),
    "G903": ("x = [0] * 10**10", "x = [0] * 10**4"),
    "G904": ("import time\ntime.sleep(3600)", "import time\ntime.sleep(0.01)"),
    "G905": ("import itertools\nlist(itertools.count())", "import itertools\nnext(itertools.count())"),
    "G906": ("import re\nre.compile('(a+)+$')", "import re\nre.compile('a+$')"),
}


def _shown(code: str) -> str:
    text = code if len(code) < 200 else f"{code[:12]}… ({len(code):,} characters)"
    return (
        "`" + text.replace("\0", "␀").replace("\n    ", "⏎ ").replace("\n", " ⏎ ").replace("|", "\\|") + "`"
    )


def table() -> str:
    """The rules as docs/guardrails.md shows them."""
    lines = [
        "| rule | severity | what | what to do instead | flagged | left alone |",
        "|---|---|---|---|---|---|",
    ]
    for rule in RULES:
        bad, good = EXAMPLES[rule.id]
        cells = (rule.id, rule.severity, rule.title, rule.fix, _shown(bad), _shown(good))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")

"""What the guardrails flag, at which line, and what they leave alone."""

from __future__ import annotations

import pytest

from engine.guardrails import RULES, check
from engine.model import Severity

BLOCKED = {
    "an alias by assignment": ("import os\nrun = os.system\nrun('x')\n", "G101", 3),
    "an alias by import": ("from os import popen as p\np('x')\n", "G101", 2),
    "an alias by loop": ("import os\nfor f in [os.system]:\n    f('x')\n", "G101", 3),
    "an alias by match": ("import os\nmatch os.system:\n    case f:\n        f('x')\n", "G101", 4),
    "an alias by walrus": ("if (e := exec):\n    e('1')\n", "G201", 2),
    "an alias in a class": ("class A:\n    run = eval\nA().run('1')\n", "G201", 3),
    "an alias on self": (
        "class A:\n    def __init__(self):\n        self.f = eval\n    def g(self):\n        self.f('1')\n",
        "G201",
        5,
    ),
    "an alias through a return": ("def g():\n    return eval\ng()('1')\n", "G201", 3),
    "an alias through a parameter": ("def g(f):\n    f('1')\ng(eval)\n", "G201", 2),
    "an alias bound later by nonlocal": (
        "def o():\n    g = None\n    def s():\n        nonlocal g\n        g = eval\n    s()\n    g('1')\n",
        "G201",
        7,
    ),
    "a default argument": ("def f(g=exec):\n    return g('1')\n", "G201", 2),
    "a decorator": ("@eval\ndef f(): pass\n", "G201", 1),
    "a re-exported module": ("import random\nrandom._os.system('x')\n", "G101", 2),
    "a star import": ("from os import *\nsystem('x')\n", "G101", 2),
    "a name joined": ("import os\ngetattr(os, ''.join(['sys', 'tem']))('x')\n", "G101", 2),
    "a name from numbers": (
        "import os\ngetattr(os, bytes([115, 121, 115, 116, 101, 109]).decode())\n",
        "G101",
        2,
    ),
    "a name reversed": ("getattr(__builtins__, 'lave'[::-1])('1')\n", "G201", 1),
    "a name in base64": (
        "import base64, os\ngetattr(os, base64.b64decode('c3lzdGVt').decode())('x')\n",
        "G101",
        2,
    ),
    "a name by comprehension": (
        "import os\ngetattr(os, ''.join(chr(c) for c in [115, 121, 115, 116, 101, 109]))\n",
        "G101",
        2,
    ),
    "a computed name": ("import os\ndef f(n):\n    return getattr(os, n)\n", "G205", 3),
    "a namespace by text": ("import sys\nsys.modules['os'].system('x')\n", "G101", 2),
    "a conditional shadow": ("if False:\n    eval = None\neval('1')\n", "G201", 3),
    "writing": ("with open('x', 'w') as f:\n    f.write('1')\n", "G301", 1),
    "a sensitive path built up": ("import os\nopen(os.path.expanduser('~/.ssh/id_rsa'))\n", "G302", 2),
    "the network": ("import urllib.request as u\nu.urlopen('http://x.invalid')\n", "G401", 2),
    "a class chain": ("().__class__.__bases__[0]\n", "G501", 1),
    "a format string": ("'{0.__init__.__globals__}'.format(print)\n", "G501", 1),
    "frames": ("import sys\nsys._getframe(1)\n", "G502", 2),
    "native code": ("from ctypes import CDLL as c\nc('x')\n", "G601", 2),
    "signals": ("import signal\nsignal.alarm(1)\n", "G603", 2),
    "exits": ("def f():\n    raise SystemExit(0)\n", "G801", 2),
    "patching": ("import math\nmath.sqrt = abs\n", "G802", 2),
    "patching by setattr": ("import builtins as b\nsetattr(b, 'len', abs)\n", "G802", 2),
    "an object equal to all": ("class A:\n    def __eq__(self, o):\n        return True\n", "G803", 2),
    "an equality by a dictionary": (
        "yes = lambda a, b: True\nA = type('A', (), {'__eq__': yes})\n",
        "G803",
        2,
    ),
    "the test framework": ("import pytest\npytest.exit('x')\n", "G804", 2),
    "a plugin hook": ("def pytest_runtest_call(item): pass\n", "G805", 1),
    "detection": ("import sys\nif 'pytest' in sys.argv:\n    x = 1\n", "G806", 2),
    "the tests' files": ("print(open('test_solution.py').read())\n", "G807", 1),
    "a disguised letter": ("ｅval('1')\n", "G201", 1),
}
WARNED = {
    "reading": ("open('a.txt').read()\n", "G303", 1),
    "the environment": ("from os import environ\nprint(environ['A'])\n", "G701", 2),
    "an endless loop": ("while True:\n    x = 1\n", "G901", 1),
    "a condition that stays": ("x = y = 0\nwhile x < 3:\n    y += 1\n", "G901", 2),
    "endless recursion": ("def f(n):\n    return f(n - 1)\n", "G902", 1),
    "recursion in a circle": ("def f():\n    g()\ndef g():\n    f()\n", "G902", 1),
    "a huge value": ("n = 10**9\nx = [0] * n\n", "G903", 2),
    "a long sleep": ("from time import sleep\nsleep(100)\n", "G904", 2),
    "an endless iterator": ("import itertools\nlist(itertools.count())\n", "G905", 2),
    "a forged report": ("print('=== 3 passed in 0.1s ===')\n", "G808", 1),
    "swallowed failures": ("try:\n    f()\nexcept AssertionError:\n    pass\n", "G809", 3),
    "a star import": ("from helpers import *\n", "G004", 1),
}
CLEAN = {
    "a function named eval": "def eval(t):\n    return t\neval('1')\n",
    "methods of the file's own": "class F:\n    def open(self): pass\n    def system(self): "
    "pass\nF().system()\n",
    "a variable named open": "def f(s):\n    open = 0\n    for c in s:\n        open += c == '('\n    "
    "return open\n",
    "parameters named like builtins": "def f(input, exec, vars=None):\n    return exec(input, vars)\n",
    "re.compile": "from re import compile\ncompile('a+')\n",
    "an honest module under a risky name": "import string as os\nos.ascii_letters\n",
    "paths as text": "import os.path\nos.path.join('a', os.sep)\n",
    "constants of sensitive modules": "import signal, socket\nprint(signal.SIGTERM, socket.AF_INET)\n",
    "leaving as a program": "import sys\nif __name__ == '__main__':\n    sys.exit(0)\n",
    "honest equality": "class A:\n    def __eq__(self, o):\n        return isinstance(o, A) and self.x == "
    "o.x\n",
    "generators": "def f():\n    while True:\n        yield 1\n",
    "loops that end": "def f(s):\n    while s:\n        s.pop()\n    while True:\n        if s: break\n",
    "recursion that ends": "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n",
    "class registries": "class A: pass\nclass B(A): pass\nprint(A.__subclasses__(), B.__mro__)\n",
    "frozen dataclasses": "class P:\n    def __post_init__(self):\n        object.__setattr__(self, 'x', "
    "1)\n",
    "docstrings that name dangers": 'def f():\n    """Use os.system, eval and 3 passed."""\n',
    "a database in memory": "import sqlite3\nsqlite3.connect(':memory:')\n",
    "decimal's context": "import decimal\ndecimal.getcontext().prec = 50\n",
    "standard input": "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))\n",
    "sort keys": "import operator\nsorted([1], key=operator.attrgetter('real'))\n",
}


@pytest.mark.parametrize("name", BLOCKED)
def test_disguise_hides(name: str) -> None:
    source, rule, line = BLOCKED[name]
    assert (rule, line, Severity.BLOCK) in {(f.rule, f.line, f.severity) for f in check(source)}


@pytest.mark.parametrize("name", WARNED)
def test_warning_is_lost(name: str) -> None:
    source, rule, line = WARNED[name]
    findings = check(source)
    assert (rule, line) in {(f.rule, f.line) for f in findings}
    assert all(f.severity is Severity.WARN for f in findings)


@pytest.mark.parametrize("name", CLEAN)
def test_honest_code_is_flagged(name: str) -> None:
    assert check(CLEAN[name]) == ()


def test_finding_does_not_explain_itself() -> None:
    (finding,) = check("import os as o\nx = 1; o.system('x')\n")
    assert (finding.name, finding.line, finding.column) == ("os.system", 2, 7)
    assert finding.name in finding.why and finding.fix


def test_columns_count_bytes() -> None:
    (finding,) = check("x = 'é'; eval('1')\n")
    assert finding.column == 9


def test_severity_setting_is_ignored() -> None:
    source = "while True:\n    x = 1\n"
    assert check(source, severities={"G901": "block"})[0].severity is Severity.BLOCK
    assert check(source, severities={"G901": "off"}) == ()
    assert check(source, severities={"G9": "off"}) == ()


def test_unused_dangerous_import_passes() -> None:
    assert [f.rule for f in check("from os import system\n")] == ["G101"]


def test_rules_lose_their_ids_or_words() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.title and "{name}" in rule.why and rule.fix for rule in RULES)

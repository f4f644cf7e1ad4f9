"""What a whole process shares, by the words with which tests look at it.

A test that counts threads, compares the state of `random` or looks for a file left behind sees, when
sealed, its own process alone: whatever the candidate did in its own, the test would find nothing.
"""

from __future__ import annotations

import re

from sandbox.harness.specials import words

# By module, whose name must stand before it: `stat` and `walk` are words that programs have of their own.
SHOWN: dict[str, frozenset[str]] = {
    module: frozenset(words(names))
    for module, names in {
        "asyncio": "all_tasks",
        "decimal": "getcontext setcontext",
        "gc": "isenabled get_objects get_referrers get_count get_stats get_threshold garbage",
        "locale": "getlocale localeconv setlocale",
        "logging": "handlers hasHandlers getEffectiveLevel isEnabledFor",
        "multiprocessing": "active_children",
        "os": """getcwd getcwdb listdir scandir walk exists lexists isfile isdir stat access times umask
            getpriority""",
        "pathlib": "cwd exists is_file is_dir iterdir glob rglob stat",
        "random": "getstate",
        "resource": "getrusage getrlimit setrlimit",
        "signal": "getsignal",
        "sys": """getsizeof getrefcount getrecursionlimit setrecursionlimit getswitchinterval gettrace
            settrace getprofile setprofile monitoring""",
        "threading": "active_count enumerate settrace setprofile",
        "time": "process_time process_time_ns thread_time thread_time_ns",
        "warnings": "filters",
    }.items()
}
# Asked of objects that such a module makes, which have any name.
OF_OBJECTS = frozenset(words("logging pathlib"))
# Modules that look at nothing else.
ALWAYS = frozenset(words("cProfile profile pstats psutil trace tracemalloc"))
# Read for many reasons, so only an assertion about the thing itself counts.
ASSERTED = {
    "os": frozenset(words("environ getenv")),
    "sys": frozenset(words("modules path argv meta_path")),
}
STREAMS = frozenset(words("stdin stdout stderr"))

_IMPORTED = re.compile(rb"\b(?:from|import)[ \t]+((?:[\w., \t]|\\\n)+)")
_ROOT = re.compile(rb"(?<![\w.])\w+")
_ALWAYS = {name.encode() for name in ALWAYS}
_WORDS = {
    module.encode(): [
        word.encode() for word in (*names, *ASSERTED.get(module, ()), *(STREAMS if module == "sys" else ()))
    ]
    for module, names in SHOWN.items()
}


def hinted(source: bytes) -> bool:
    """Whether `source` may look at such a thing: a quick look, since most tests do not."""
    if b"vars" in source or b"__dict__" in source:
        return True
    names = {name for found in _IMPORTED.findall(source) for name in _ROOT.findall(found)}
    return not names.isdisjoint(_ALWAYS) or any(
        word in source for module in names & _WORDS.keys() for word in _WORDS[module]
    )

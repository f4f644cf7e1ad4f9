"""G6: native code, raw memory, limits, timers and signals."""

from __future__ import annotations

from collections.abc import Iterable

from engine.guardrails.family import Call, Family, Hit, Module, each, names
from engine.guardrails.rule import block, warn
from engine.guardrails.values import numbers

_DEPTH = 100_000


def _recursion(call: Call) -> Iterable[Hit]:
    wanted = numbers(call.argument(0) or ())
    if not wanted or max(wanted) > _DEPTH:
        yield call.hit("G604")


FAMILY = Family(
    rules=(
        block(
            "G601", "Native code", "{name} runs code that Python does not control",
            "Write it in Python; struct, array and memoryview handle bytes.",
        ),
        block(
            "G602", "Raw memory", "{name} maps or shares memory outside Python's own",
            "Use bytearray or array.",
        ),
        block(
            "G603", "Limits, timers and signals", "{name} changes limits, timers or signals of the process",
            "Leave limits and signals alone; they belong to whoever runs the code.",
        ),
        warn(
            "G604", "Interpreter settings", "{name} changes how the interpreter runs",
            "Write a loop where recursion would go too deep.",
        ),
    ),
    paths={
        **dict.fromkeys(
            ["ctypes", "cffi", "_cffi_backend", "_testcapi", "_testinternalcapi", "xxlimited",
                "ctypes.util", "pyximport", "numpy.ctypeslib", "sysconfig", "llvmlite", "pycparser",
                "cppyy", "weave"], "G601"
        ),
        "numpy.f2py": "G601", "numba.carray": "G601", "mmap": "G602", "_posixshmem": "G602",
        "numpy.lib.stride_tricks": "",
        "fcntl": "G603", "termios": "G603", "tty": "G603", "msvcrt": "G601", "winreg": "G603",
        "faulthandler": "G810",
        "syslog": "G603", "readline": "G603", "crypt": "", "sys.setrecursionlimit": "G604", "_signal": "G603",
        **each("G604", "sys", "setswitchinterval setcheckinterval set_int_max_str_digits set_asyncgen_hooks "
               "set_coroutine_origin_tracking_depth"),
        **each("G603", "sys", "setdlopenflags"), **each("G604", "threading", "stack_size"),
    },
    modules={
        "signal": Module("G603", names("Signals Handlers strsignal valid_signals getsignal "
        "default_int_handler")),
        "resource": Module("G603", names("getrusage struct_rusage getpagesize error")),
    },
    calls={"sys.setrecursionlimit": _recursion},
)  # fmt: skip

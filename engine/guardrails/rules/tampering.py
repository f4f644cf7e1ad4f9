"""G8: what makes tests report something other than the truth."""

from __future__ import annotations

import ast

from engine.guardrails.family import Family, Module, each, names
from engine.guardrails.rule import block, warn
from engine.guardrails.rules import equality, exits, patching, reports

_SYS_ALLOWED = names(
    "maxsize stdin stdout stderr argv version version_info platform getsizeof byteorder float_info "
    "int_info hash_info "
    "maxunicode getrecursionlimit intern exc_info executable implementation api_version hexversion "
    "getdefaultencoding "
    "get_int_max_str_digits getrefcount is_finalizing float_repr_style copyright exception "
    "getfilesystemencoding "
    "builtin_module_names stdlib_module_names dont_write_bytecode prefix"
)
_MARKS = names("mark raises approx fixture param warns deprecated_call")

FAMILY = Family(
    rules=(
        block(
            "G801", "Ends the program", "{name} ends the whole run instead of returning a result",
            "Return a value, or raise an ordinary exception such as ValueError.",
        ),
        block(
            "G802", "Patches what it does not own", "{name} is changed for everyone, the tests included",
            "Define a function of your own under another name.",
        ),
        block(
            "G803", "Equal to everything", "{name} answers the same whatever it is compared with",
            "Compare the fields of both objects, or leave comparison out.",
        ),
        block("G804", "Test framework", "{name} belongs to the test framework",
            "Leave testing to the tests."),
        block("G805", "Test plugin hook", "{name} is picked up by the test framework",
            "Choose another name."),
        block(
            "G806", "Detects the tests", "{name} tells a test run from another one",
            "Behave the same whoever calls.",
        ),
        block("G807", "Test files", "{name} belongs to the tests", "Solve the task from its description."),
        warn(
            "G808", "Forged report", "{name} looks like a test report",
            "Return results; print nothing that looks like a report.",
        ),
        warn(
            "G809", "Swallows failures", "{name} hides failures, those of the tests included",
            "Catch the exception that is expected, by name.",
        ),
        block(
            "G810", "Interpreter hooks", "{name} reaches into the running interpreter",
            "Solve the task with plain values.",
        ),
        block("G811", "Main module", "{name} is the program that runs the tests",
            "Use your own module's names."),
        block("G812", "Pretends to be another type", "{name} lies about an object's type",
            "Return a real value."),
        block("G813", "Mock objects", "{name} stands in for a result", "Compute the real result."),
        block(
            "G814", "Output streams", "{name} takes over or writes past the program's output",
            "Use print, or return the text.",
        ),
        warn("G815", "Silences warnings", "{name} hides warnings", "Mend what the warning is about."),
        warn("G816", "Comparison without itself", "{name} never looks at its own object",
            "Compare the fields of both."),
        block("G817", "Acts after the end", "{name} runs code after the tests are done",
            "Clean up with `with` or `finally`."),
        warn("G818", "Changes another module", "{name} is set from outside",
            "Pass the value as an argument."),
    ),
    paths={
        "builtins.exit": "G801", "builtins.quit": "G801", "sys.exit": "G801", "os._exit": "G801",
        "os.abort": "G801",
        "posix._exit": "G801", "threading.interrupt_main": "G801", "threading.exit": "",
        "signal.raise_signal": "G801",
        "atexit": "G817", "weakref.finalize": "G817", "threading._register_atexit": "G817",
        "_pytest": "G804", "pluggy": "G804", "py.test": "G804", "nose": "G804", "xdist": "G804",
        "coverage": "G804",
        "pytest_mock": "G804", "pytest_asyncio": "",
        "unittest.mock": "G813", "mock": "G813",
        **each("G804", "unittest", "skip skipIf skipUnless SkipTest TestResult case result runner "
            "expectedFailure "
               "registerResult installHandler removeHandler loader suite util"),
        "__main__": "G811", "__name__": "", "__file__": "", "builtins.__import__": "G202",
        **each("G814", "os", "write dup dup2 close closerange pipe pipe2 set_inheritable set_blocking "
            "read pread"),
        **each("G814", "sys", "__stdout__ __stderr__ __stdin__ stdout.close stdout.detach stdout.fileno "
            "stdout.buffer.raw "
               "stderr.fileno stdin.fileno stdout._buffer stdin.close stderr.close stderr.detach"),
        **each("G814", "contextlib", "redirect_stdout().__enter__ redirect_stderr().__enter__"),
        **each("G815", "warnings", "simplefilter filterwarnings resetwarnings showwarning filters "
            "formatwarning"),
        "logging.disable": "G815", "sys.tracebacklimit": "G815", "sys.warnoptions": "G815",
        **each("G810", "threading", "settrace setprofile excepthook settrace_all_threads "
            "setprofile_all_threads _shutdown"),
        "faulthandler": "G810", "sys.monitoring": "G810", "unittest.signals": "G804",
    },
    modules={
        "sys": Module("G810", _SYS_ALLOWED), "pytest": Module("G804", _MARKS),
    },
    calls={**patching.CALLS, **reports.CALLS},
    nodes={
        ast.Raise: (exits.raised,),
        ast.ClassDef: (exits.subclassed,),
        ast.FunctionDef: (equality.defined, reports.hook),
        ast.AsyncFunctionDef: (reports.hook,),
        ast.Assign: (equality.assigned, reports.marker),
        ast.Attribute: (patching.attribute, equality.attribute),
        ast.Subscript: (patching.item,),
        ast.Import: (reports.imported,),
        ast.ImportFrom: (reports.imported,),
        ast.Compare: (reports.compared,),
        ast.Call: (reports.called, equality.called),
        ast.Dict: (equality.called,),
        ast.Try: (reports.swallowed,),
    },
    bodies=(equality.given,),
)  # fmt: skip

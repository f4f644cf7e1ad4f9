"""G5: the ways from an ordinary object to the interpreter's inside."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import TEXT_METHODS, Call, Family, Hit, Module, each, names
from engine.guardrails.rule import block, warn
from engine.guardrails.values import Const, Ref, texts

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_CHAIN = names(
    "__subclasses__ __bases__ __base__ __mro__ __globals__ __builtins__ __self__ __func__ __import__ "
    "__loader__ __spec__ "
    "__subclasshook__ __defaults__ __kwdefaults__ __reduce__ __reduce_ex__ __weakref__ __objclass__ "
    "func_globals"
)
_FRAMES = names(
    "tb_frame tb_next f_back f_globals f_locals f_builtins f_code f_trace gi_frame gi_yieldfrom cr_frame "
    "cr_await "
    "ag_frame ag_await"
)
_CODE = names(
    "__code__ __closure__ cell_contents gi_code cr_code ag_code co_code co_consts co_names co_varnames "
    "func_code "
    "co_freevars func_closure"
)
_TEMPLATE = re.compile(r"\{[^{}]*(\.__\w+__|\[__\w+__\])")
# The same in the languages of template engines.
_ENGINE = re.compile(r"\{[{%][^{}]*__\w+__")
_LITERALS = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr)
_NAMES = _CHAIN | _FRAMES | _CODE


def _attribute(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    if not isinstance(node, ast.Attribute):
        return ()
    if node.attr == "__class__":
        if not isinstance(node.ctx, ast.Load):
            return [Hit("G812", node, "?.__class__ = ...")]
        return [Hit("G501", node, "literal.__class__")] if isinstance(node.value, _LITERALS) else ()
    if node.attr == "__dict__" and isinstance(node.ctx, ast.Load):
        return [
            Hit("G505", node, f"{value.path}.__dict__")
            for value in resolver.quiet(node.value)
            if isinstance(value, Ref) and "()" not in value.path
        ]
    return ()


def _texts(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """Names of the interpreter's inside, given as text to something that looks names up."""
    if isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return [Hit("G501", node, f"?[{key!r}]")] if key in _NAMES else ()
    if not isinstance(node, ast.Call):
        return ()
    for argument in node.args:
        if type(argument) is ast.Constant and type(argument.value) is str:
            text = argument.value
            if text in _NAMES:
                return [Hit("G501", node, text)]
            if "__" in text and len(text) < 10_000 and _ENGINE.search(text):
                return [Hit("G501", node, "a template with private attributes")]
    if type(node.func) is ast.Attribute and node.func.attr in TEXT_METHODS:
        shown = [v for part in (node.func.value, *node.args) for v in texts(resolver.quiet(part))]
        if any(_TEMPLATE.search(text) or ("__" in text and node.func.attr == "get_field") for text in shown):
            return [Hit("G501", node, "a format string with private attributes")]
    return ()


def _vars(call: Call) -> Iterable[Hit]:
    for value in call.argument(0) or ():
        if isinstance(value, Ref) and "()" not in value.path:
            yield call.hit("G505", f"vars({value.path})")
    if not call.arguments:
        yield call.hit("G508")


def _dir(call: Call) -> Iterable[Hit]:
    for value in call.argument(0) or ():
        if isinstance(value, Ref) and "()" not in value.path and not isinstance(value, Const):
            yield call.hit("G505", f"dir({value.path})")


FAMILY = Family(
    rules=(
        block(
            "G501", "Private chain", "{name} leads from an object to the interpreter's inside",
            "Use the object's public attributes, isinstance or type(x).__name__.",
        ),
        block(
            "G502", "Frames and sources", "{name} looks into the callers or the source that runs",
            "Pass what is needed as arguments.",
        ),
        block(
            "G503", "Objects of others", "{name} finds objects that were never handed over",
            "Work on the arguments.",
        ),
        block(
            "G504", "Global namespace", "{name} gives the module's names as a dictionary",
            "Use a dictionary of your own.",
        ),
        block(
            "G505", "Namespace of a module or class", "{name} gives the insides of a module or type by text",
            "Write the attribute out.",
        ),
        block(
            "G506", "Closures and code", "{name} opens a function up",
            "Call the function; to share state use an argument or a class.",
        ),
        block(
            "G507", "Module as a value", "{name} is handed over as a value, out of sight",
            "Call the function that is needed where it is needed.",
        ),
        warn("G508", "Local namespace", "{name} gives local names as a dictionary", "Name the variables."),
    ),
    paths={
        "builtins.globals": "G504", "builtins.locals": "G508",
        **each("G502", "sys", "_getframe _current_frames _current_exceptions _getframemodulename "
            "exc_traceback "
               "last_traceback _debugmallocstats"),
        **each("G502", "traceback", "walk_stack walk_tb extract_stack print_stack format_stack"),
        "symtable": "G502", "_symtable": "G502", "tracemalloc": "G503", "objgraph": "G503", "guppy": "G503",
        "builtins.type.__subclasses__": "G501", "weakref.getweakrefs": "G503",
        "warnings.catch_warnings()._module": "G501",
    },
    modules={
        "gc": Module("G503", names("collect disable enable isenabled get_count get_threshold get_stats")),
        "inspect": Module(
            "G502",
            names(
                "signature Signature Parameter BoundArguments isfunction ismethod isclass "
                "iscoroutinefunction "
                "isgenerator isgeneratorfunction iscoroutine isawaitable isabstract isbuiltin isroutine "
                "getdoc cleandoc "
                "ismodule getfullargspec isasyncgenfunction isasyncgen isdatadescriptor unwrap getmro "
                "getcallargs "
                "get_annotations getattr_static"
            ),
        ),
        "builtins": Module("G505", names(" ".join(n for n in dir(builtins) if not n.startswith("_")))),
    },
    attributes={
        **dict.fromkeys(_CHAIN, "G501"), **dict.fromkeys(_FRAMES, "G502"), **dict.fromkeys(_CODE, "G506"),
    },
    methods={"mro": "G501"},
    calls={"builtins.vars": _vars, "builtins.dir": _dir},
    nodes={ast.Attribute: (_attribute,), ast.Call: (_texts,), ast.Subscript: (_texts,)},
)  # fmt: skip

"""G2: code, imports and objects that come out of text or bytes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Call, Family, Hit, Module, each, names
from engine.guardrails.rule import block, warn
from engine.guardrails.values import Ref, texts

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_UNPICKLERS = {
    **each("G203", "pickle", "loads load Unpickler _loads _load _Unpickler PickleBuffer"),
    **each("G203", "pandas", "read_pickle"), **each("G203", "torch", "load jit hub"),
    **each("G203", "joblib", "load"), **each("G203", "yaml", "unsafe_load unsafe_load_all full_load "
        "UnsafeLoader"),
    **each("G203", "xmlrpc", "client server"), "copyreg": "G203", "marshal": "G203", "shelve": "G203",
    "dill": "G203", "cloudpickle": "G203", "jsonpickle": "G203", "pickle5": "G203", "pickletools": "",
    "hickle": "G203", "srsly": "G203", "ruamel.yaml": "G203", "logging.config": "G203",
    "numpy.lib.format": "G203",
}  # fmt: skip


def _yaml(call: Call) -> Iterable[Hit]:
    loader = call.argument(1, "Loader") or ()
    safe = [
        value for value in loader if (isinstance(value, Ref) and "Safe" in value.path) or "Base" in str(value)
    ]
    if not safe:
        yield call.hit("G203")


def _numpy_load(call: Call) -> Iterable[Hit]:
    allow = call.argument(2, "allow_pickle")
    yield call.hit("G303" if allow is None else "G203")


def _attribute_getter(call: Call) -> Iterable[Hit]:
    """Honest sort keys name plain attributes; a dotted, private or unknown one is a way in."""
    for values in call.arguments[:1] if call.callee.path.endswith("methodcaller") else call.arguments:
        chosen = texts(values)
        if not chosen or any("__" in text or text in _REACHING for text in chosen):
            yield call.hit("G205")


def _builds(call: Call) -> Iterable[Hit]:
    """Naming these types is honest in isinstance; calling them is not."""
    yield call.hit("G204")


def _timed(call: Call) -> Iterable[Hit]:
    if any(texts(values) for values in (*call.arguments, *call.keywords.values())):
        yield call.hit("G201")


def _reduce(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    if isinstance(node, ast.FunctionDef) and node.name in ("__reduce__", "__reduce_ex__"):
        yield Hit("G208", node, node.name)


_BUILDERS = "CodeType FunctionType LambdaType CellType"
_REACHING = names(
    "system popen eval exec spawn fork remove unlink environ modules run Popen call kill _exit exit"
)

FAMILY = Family(
    rules=(
        block(
            "G201", "Runs code from text", "{name} turns text into running code",
            "Write the computation itself; to read a literal use ast.literal_eval, int or float.",
        ),
        block(
            "G202", "Imports by name", "{name} imports a module that the source does not show",
            "Use a plain import statement at the top of the file.",
        ),
        block(
            "G203", "Loads objects from bytes", "{name} can run code while it loads data",
            "Use json for data.",
        ),
        block(
            "G204", "Builds code objects", "{name} builds functions or code from parts",
            "Define functions with def.",
        ),
        block(
            "G205", "Attribute by text", "{name} reaches an attribute that the source does not show",
            "Write the attribute out, or use a dictionary of your own functions.",
        ),
        warn(
            "G206", "Runs documented examples", "{name} executes code found in text",
            "Leave testing to the tests.",
        ),
        block(
            "G207", "Changes the import system", "{name} changes what import statements find",
            "Import what is installed; leave sys.path, hooks and loaders alone.",
        ),
        block(
            "G208", "Unpickling hook", "{name} names a call that is made when the object is loaded",
            "Use __getstate__ and __setstate__, or plain data.",
        ),
    ),
    paths={
        "builtins.eval": "G201", "builtins.exec": "G201", "builtins.compile": "G201",
        "builtins.execfile": "G201",
        "code": "G201", "codeop": "G201", "runpy": "G201", "bdb": "G201", "pdb": "G201", "trace": "G201",
        "builtins.breakpoint": "G201", "cProfile": "", "cProfile.run": "G201", "cProfile.runctx": "G201",
        "profile.run": "G201", "profile.runctx": "G201", "timeit.main": "G201", "numexpr": "G201",
        "pandas.eval": "G201",
        "sympy.sympify": "G201", "sympy.parse_expr": "G201", "sympy.parsing": "G201", "py_compile": "G201",
        "compileall": "G201", "lib2to3": "G201", "typing.ForwardRef": "G201", "typing._eval_type": "G201",
        "inspect.get_annotations": "", "interpreters": "G201", "_xxsubinterpreters": "G201",
        "_interpreters": "G201",
        "cython": "G201", "numba": "", "js2py": "G201", "IPython": "G201", "lupa": "G201", "execjs": "G201",
        "builtins.__import__": "G202", "importlib.import_module": "G202", "importlib.reload": "G202",
        "importlib.util": "G202", "importlib.machinery": "G202", "importlib.abc": "G202", "imp": "G202",
        "importlib.find_loader": "G202", "importlib._bootstrap": "G202",
        "importlib._bootstrap_external": "G202",
        "importlib.metadata": "", "importlib.resources": "G303", "zipimport": "G202", "pkgutil": "G202",
        "pydoc": "G202", "modulefinder": "G202", "site": "G207", "sitecustomize": "G207",
        "usercustomize": "G207",
        "pkg_resources": "G202", "six.moves": "", "builtins.__build_class__": "G204",
        "builtins.__loader__": "G501",
        "builtins.__spec__": "G501", "xmlrpc.client.escape": "",
        **_UNPICKLERS,
        **each("", "types", _BUILDERS),
        "types.new_class": "", "bytecode": "G204", "opcode": "", "dis": "G204", "byteplay": "G204",
        "doctest": "G206", "operator.attrgetter": "", "operator.methodcaller": "",
        **each(
            "G207", "sys", "path meta_path path_hooks path_importer_cache modules addaudithook "
            "dont_write_bytecode "
            "pycache_prefix builtin_module_names stdlib_module_names"
        ),
        "sys.stdlib_module_names": "", "sys.builtin_module_names": "", "sys.dont_write_bytecode": "",
        "yaml.load": "G203", "yaml.load_all": "G203", "numpy.load": "G303",
    },
    modules={"importlib": Module("G202", names("metadata invalidate_caches"))},
    calls={
        **{f"types.{name}": _builds for name in _BUILDERS.split()},
        "yaml.load": _yaml, "yaml.load_all": _yaml, "numpy.load": _numpy_load,
        "operator.attrgetter": _attribute_getter, "operator.methodcaller": _attribute_getter,
        "timeit.timeit": _timed, "timeit.repeat": _timed, "timeit.Timer": _timed,
    },
    attributes={"load_module": "G202", "exec_module": "G202", "find_spec": "G202", "find_module": "G202",
                "runsource": "G201", "runcode": "G201", "load_extension": "G601",
                "enable_load_extension": "G601"},
    nodes={ast.FunctionDef: (_reduce,)},
)  # fmt: skip

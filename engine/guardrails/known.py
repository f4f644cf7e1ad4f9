"""Functions of Python itself that the resolver knows by name, by what they do to their arguments."""

from __future__ import annotations

SAME = frozenset(
    [
        "builtins.staticmethod",
        "builtins.classmethod",
        "builtins.property",
        "functools.lru_cache",
        "functools.cache",
        "functools.cached_property",
        "copy.copy",
        "copy.deepcopy",
        "types.MethodType",
        "contextlib.closing",
        "functools.singledispatch",
    ]
)
COLLECT = frozenset(
    [
        "builtins.list",
        "builtins.tuple",
        "builtins.set",
        "builtins.frozenset",
        "builtins.iter",
        "builtins.reversed",
        "builtins.sorted",
        "builtins.filter",
        "collections.deque",
        "queue.Queue",
        "queue.LifoQueue",
        "queue.PriorityQueue",
        "queue.SimpleQueue",
        "asyncio.Queue",
        "collections.UserList",
        "collections.UserDict",
        "collections.ChainMap",
        "types.MappingProxyType",
        "contextvars.ContextVar",
        "weakref.ref",
        "itertools.chain",
        "itertools.cycle",
        "itertools.repeat",
        "itertools.islice",
        "builtins.dict",
        "collections.OrderedDict",
    ]
)
# Objects of which only the attributes count.
PLAIN_OBJECTS = frozenset({"types.SimpleNamespace", "argparse.Namespace", "threading.local"})
PARTIAL = frozenset({"functools.partial", "functools.partialmethod"})
PICK = frozenset({"builtins.next", "builtins.max", "builtins.min", "random.choice"})
APPLY = frozenset({"builtins.map", "itertools.starmap", "functools.reduce", "builtins.filter"})
LOADERS = frozenset({"builtins.__import__", "importlib.import_module"})
GETATTR = frozenset({"builtins.getattr", "inspect.getattr_static"})
GETATTRIBUTE = (".__getattribute__", ".__getattr__")
PRIVATE_OK = frozenset(
    [
        "__name__",
        "__doc__",
        "__len__",
        "__iter__",
        "__next__",
        "__call__",
        "__eq__",
        "__lt__",
        "__gt__",
        "__le__",
        "__ge__",
        "__ne__",
        "__hash__",
        "__add__",
        "__sub__",
        "__mul__",
        "__getitem__",
        "__setitem__",
        "__contains__",
        "__str__",
        "__repr__",
        "__enter__",
        "__exit__",
        "__dict__",
        "__qualname__",
        "__module__",
        "__annotations__",
        "__version__",
        "__slots__",
        "__wrapped__",
        "__bool__",
        "__index__",
        "__int__",
        "__float__",
        "__copy__",
        "__deepcopy__",
        "__abs__",
        "__neg__",
        "__and__",
        "__or__",
        "__xor__",
        "__truediv__",
        "__floordiv__",
        "__mod__",
        "__pow__",
        "__radd__",
        "__iadd__",
        "__all__",
        "__match_args__",
        "__dataclass_fields__",
        "__orig_class__",
        "__args__",
        "__origin__",
    ]
)


MODULE_SAFE = frozenset(
    [
        "builtins.print",
        "builtins.repr",
        "builtins.str",
        "builtins.hasattr",
        "builtins.type",
        "builtins.id",
        "builtins.isinstance",
    ]
)

"""The special methods that travel between the two processes, and which of them must be trusted."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The words of a text: long tables of names stay readable."""
    return text.split()


_BINARY = words("add sub mul truediv floordiv mod divmod pow lshift rshift and or xor matmul")

ARITHMETIC = tuple(
    [f"__{name}__" for name in _BINARY]
    + [f"__r{name}__" for name in _BINARY]
    + [f"__i{name}__" for name in _BINARY if name != "divmod"]
    + ["__neg__", "__pos__", "__abs__", "__invert__", "__round__", "__trunc__", "__floor__", "__ceil__"]
)
COMPARISON = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
NUMBERS = ("__int__", "__float__", "__complex__", "__index__")
SHAPE = ("__bool__", "__len__", "__contains__", "__hash__", "__length_hint__")
ITEMS = ("__getitem__", "__setitem__", "__delitem__", "__missing__")
ITERATION = ("__iter__", "__next__", "__reversed__")
TEXT = ("__repr__", "__str__", "__format__", "__bytes__", "__fspath__")
CONTEXT = ("__enter__", "__exit__")
ASYNC = ("__aiter__", "__anext__", "__aenter__", "__aexit__", "__await__")
OTHER = ("__call__", "__set_name__", "__get__")

FORWARDED = (
    *COMPARISON,
    *ARITHMETIC,
    *NUMBERS,
    *SHAPE,
    *ITEMS,
    *ITERATION,
    *TEXT,
    *CONTEXT,
    *ASYNC,
    "__call__",
)
# What one of these answers can decide an assertion without the tester comparing any data itself.
TRUSTED = frozenset(
    (*COMPARISON, *ARITHMETIC, *NUMBERS, "__bool__", "__len__", "__contains__", "__hash__", "__exit__")
)
# Of a builtin's subclass only these are asked of the candidate; the rest reads the plain content.
HYBRID = frozenset(
    ("__call__", "__missing__", "__setitem__", "__delitem__", *CONTEXT, *TEXT, *ASYNC, *ARITHMETIC)
)
# Attributes with two leading underscores that may be read from afar.
READABLE = frozenset(
    words(
        """
        __name__ __qualname__ __doc__ __module__ __annotations__ __wrapped__ __defaults__ __kwdefaults__
        __dict__ __slots__ __all__ __version__ __author__ __members__ __abstractmethods__ __self__ __func__
        __match_args__ __cause__ __context__ __notes__ __suppress_context__ __signature__ __init__
        __total__ __required_keys__ __optional_keys__ __isabstractmethod__ __len__ __iter__ __next__
        __enter__ __exit__ __getitem__ __setitem__ __delitem__ __contains__ __call__ __eq__ __lt__ __add__
        __repr__ __str__ __hash__ __bool__ __post_init__ __closure__ __supertype__ __origin__
        __args__ __code__ __aenter__ __aexit__ __anext__ __aiter__
        """
    )
)

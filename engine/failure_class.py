"""What kind of failure it was: one of a few words for any of the many ways to fail."""

from __future__ import annotations

import re
from enum import StrEnum

from sandbox.contract import Verdict


class FailureClass(StrEnum):
    """The classes of a diagnosis."""

    SYNTAX = "syntax"
    IMPORT = "import"
    NAME = "name"
    TYPE = "type"
    VALUE = "value"
    ASSERTION = "assertion"
    LOOKUP = "index/key"
    RECURSION = "recursion"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    SIGNATURE = "wrong signature"
    NO_CODE = "no code"
    OTHER = "other"


_BY_ERROR = {
    "SyntaxError": FailureClass.SYNTAX, "IndentationError": FailureClass.SYNTAX,
    "TabError": FailureClass.SYNTAX, "ImportError": FailureClass.IMPORT,
    "ModuleNotFoundError": FailureClass.IMPORT, "NameError": FailureClass.NAME,
    "UnboundLocalError": FailureClass.NAME, "AttributeError": FailureClass.NAME,
    "TypeError": FailureClass.TYPE, "ValueError": FailureClass.VALUE,
    "ZeroDivisionError": FailureClass.VALUE, "OverflowError": FailureClass.VALUE,
    "FloatingPointError": FailureClass.VALUE, "ArithmeticError": FailureClass.VALUE,
    "UnicodeDecodeError": FailureClass.VALUE, "UnicodeEncodeError": FailureClass.VALUE,
    "AssertionError": FailureClass.ASSERTION, "IndexError": FailureClass.LOOKUP,
    "KeyError": FailureClass.LOOKUP, "LookupError": FailureClass.LOOKUP,
    "RecursionError": FailureClass.RECURSION, "MemoryError": FailureClass.MEMORY,
    "TimeoutError": FailureClass.TIMEOUT,
}  # fmt: skip
_ENDED = {Verdict.TIMEOUT: FailureClass.TIMEOUT, Verdict.OUT_OF_MEMORY: FailureClass.MEMORY}
SIGNATURE = re.compile(
    r"positional argument|unexpected keyword argument|required keyword-only|multiple values for argument",
    re.I,
)


def class_of(error_type: str, message: str, verdict: Verdict) -> FailureClass:
    """The class of an error by its type, without its module, and of an end from outside by the verdict.

    pytest's own `Failed` (an exception that did not come) counts as an assertion.
    """
    if verdict in _ENDED:
        return _ENDED[verdict]
    if error_type == "TypeError" and SIGNATURE.search(message):
        return FailureClass.SIGNATURE
    if error_type in ("Failed", "DID NOT RAISE"):
        return FailureClass.ASSERTION
    return _BY_ERROR.get(error_type, FailureClass.OTHER)

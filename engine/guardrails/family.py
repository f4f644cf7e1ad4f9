"""How a family of rules states what it watches; the resolver reads nothing else of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from engine.guardrails.rule import Rule

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver
    from engine.guardrails.scopes import FunctionInfo
    from engine.guardrails.values import Ref, Values


# Methods of texts whose calls are looked at whatever they are given.
TEXT_METHODS = frozenset({"join", "format", "format_map", "vformat", "get_field"})
# Names that a test framework reads wherever it finds them.
MARKERS = frozenset(
    {
        "pytest_plugins",
        "collect_ignore",
        "collect_ignore_glob",
        "pytestmark",
        "__tracebackhide__",
        "__unittest",
    }
)
# Methods that make a text or number as wide as they are told.
WIDENING = frozenset({"ljust", "rjust", "center", "zfill", "expandtabs", "to_bytes"})


class Hit(NamedTuple):
    """A rule that holds for `node`; `name` is what the reader is shown."""

    rule: str
    node: ast.AST
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the resolver sees it: the callee's reference and what each argument may be."""

    node: ast.Call
    callee: Ref
    arguments: tuple[Values, ...]
    keywords: Mapping[str, Values]
    resolver: Resolver

    def argument(self, position: int, keyword: str = "") -> Values | None:
        """The alternatives of one argument; () is unknown, None is not given."""
        if position < len(self.arguments):
            return self.arguments[position]
        return self.keywords.get(keyword)

    def hit(self, rule: str, name: str = "") -> Hit:
        """A hit of `rule` on this call."""
        return Hit(rule, self.node, name or self.callee.path)


@dataclass(frozen=True, slots=True)
class Module:
    """A sensitive module: every attribute breaks `rule` but those in `allowed` (and CONSTANTS)."""

    rule: str
    allowed: frozenset[str] = frozenset()


CallCheck: TypeAlias = Callable[[Call], Iterable[Hit]]
NodeCheck: TypeAlias = Callable[["Resolver", ast.AST], Iterable[Hit]]
BodyCheck: TypeAlias = Callable[["Resolver", "FunctionInfo"], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Family:
    """Rules that belong together.

    `paths` maps a canonical path (with all below it) to a rule, `attributes` an attribute's name on
    whatever object, `methods` an attribute's name on objects that this file does not define itself.
    A path in `calls` is judged by the check when it is called and by `paths` when it is only named.
    Checks in `nodes` see each construct when it is read; of attributes and items that are only read
    those with a private name or a constant key, of calls those with a keyword or a text among the
    arguments and those of TEXT_METHODS, of assignments those in classes, of constants and lambdas, to
    MARKERS and to more than one plain name. Checks in `bodies` see each function once it was read.
    """

    rules: tuple[Rule, ...]
    paths: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, Module] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, CallCheck] = field(default_factory=dict)
    nodes: Mapping[type[ast.AST], tuple[NodeCheck, ...]] = field(default_factory=dict)
    bodies: tuple[BodyCheck, ...] = ()


def names(text: str) -> frozenset[str]:
    """The words of `text` as a set."""
    return frozenset(text.split())


def each(rule: str, prefix: str, text: str) -> dict[str, str]:
    """`prefix.word` for each word of `text`, mapped to `rule`."""
    return {f"{prefix}.{word}": rule for word in text.split()}

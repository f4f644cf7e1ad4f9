"""Making mirror classes, and instances of them, from what the worker tells of the candidate's."""

from __future__ import annotations

import abc
import collections.abc
import dataclasses
import enum
from typing import Any

from sandbox.harness.codec import MUTABLE
from sandbox.harness.describe import CONTENT_BASES
from sandbox.harness.mirror_specials import special_method
from sandbox.harness.mirrors import (
    CHECKS,
    HANDLE,
    KEPT,
    OVERRIDES,
    SESSION,
    Remote,
    RemoteEnumType,
    RemoteError,
    RemoteType,
    content_of,
    is_mirror_class,
)
from sandbox.harness.plain import need
from sandbox.harness.session import Session
from sandbox.harness.specials import FORWARDED, HYBRID, TEXT

_LOOKUPS = ("__getitem__", "__contains__")


def mirror_class(session: Session, number: int, told: Any, bases: list[Any]) -> type:
    """The class that stands here for one of the candidate's. Raises CodecError for malformed claims."""
    need(type(told) is dict, "a description expected")
    for key in ("name", "qualname", "module"):
        need(type(told.get(key)) is str and len(told[key]) < 500, "a name expected")
    for key in ("specials", "absent", "names", "abstract"):
        need(type(told.get(key)) is list and all(type(n) is str for n in told[key]), "names expected")
    need(all(issubclass(type(base), type) for base in bases), "a class expected")
    usable = [
        base
        for base in bases
        if is_mirror_class(base) or base in CONTENT_BASES or issubclass(base, (Exception, enum.Enum))
    ]
    error = any(_is_error(base) for base in usable) or told.get("error") is True
    namespace = _namespace(session, number, told)
    layouts = (
        [(*usable, Exception), tuple(usable), (RemoteError, Exception)] if error else [tuple(usable), ()]
    )
    for layout in layouts:
        try:
            return _build(session, told, layout, namespace, error)
        except TypeError:  # an order or a memory layout of bases that Python refuses
            continue
    return _build(session, told, (), namespace, error)


def _is_error(base: Any) -> bool:
    return issubclass(base, Exception)


def _namespace(session: Session, number: int, told: dict[str, Any]) -> dict[str, Any]:
    doc = told.get("doc")
    return {
        "__module__": told["module"],
        "__qualname__": told["qualname"],
        "__doc__": doc[:20_000] if type(doc) is str else None,
        HANDLE: number,
        SESSION: session,
        "\0generic": told.get("generic") is True,
        "\0lasting": told.get("lasting") is True,
        CHECKS: told.get("checks") is True,
    }


def _build(
    session: Session, told: dict[str, Any], bases: tuple[type, ...], namespace: dict[str, Any], error: bool
) -> type:
    root = RemoteError if error else Remote
    if not any(issubclass(base, root) for base in bases):
        bases = (root, *bases)
    shared = {} if error else {n: v for n, v in vars(Remote).items() if n in KEPT}
    space = {**namespace, **shared}
    content = next((b for base in bases for b in base.__mro__ if b in CONTENT_BASES), object)
    hybrid = content is not object
    for name in told["specials"]:
        allowed = name in HYBRID or (name in _LOOKUPS and content in MUTABLE and issubclass(content, dict))
        if name in FORWARDED and (allowed or not hybrid) and not (error and name in TEXT):
            space[name] = special_method(name, content)
    if "__hash__" in told["absent"] and not hybrid:
        space["__hash__"] = None
    space[OVERRIDES] = _overrides(told["names"], content, told.get("lasting") is True)
    fields = told.get("fields")
    if type(fields) is list:
        space["__dataclass_fields__"] = _fields(fields)
    meta = RemoteEnumType if any(issubclass(base, enum.Enum) for base in bases) else RemoteType
    cls: type = type.__new__(meta, told["name"], bases, space)
    for name in told["abstract"]:
        if name in collections.abc.__all__ and name not in ("Hashable", "Callable"):
            getattr(collections.abc, name).register(cls)
    if told.get("abc") is True:
        abc.ABC.register(cls)
    return cls


def _overrides(names: list[str], content: type, lasting: bool) -> frozenset[str]:
    """Which attributes of the builtin base the candidate's class has its own of, where that may count."""
    if content is object or (content not in MUTABLE and content is not tuple and not lasting):
        return frozenset()
    return frozenset(names)


def _fields(told: list[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for item in told:
        need(type(item) is list and len(item) == 5 and type(item[0]) is str, "a field expected")
        name, init, shown, compared, keyword = item
        field = dataclasses.field(init=init is True, repr=shown is True, compare=compared is True)
        field.name, field.type, field.kw_only = name, object, keyword is True
        field._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
        fields[name] = field
    return fields


def new_instance(cls: type, number: int, content: Any = None) -> Any:
    """An instance of a mirror class that stands for object `number`, with the content it came with."""
    base: Any = content_of(cls)
    if base in MUTABLE:
        made: Any = base.__new__(cls)
        if base is collections.defaultdict:
            base.__init__(made, content.default_factory, content)
        elif base is collections.deque:
            base.__init__(made, content, content.maxlen)
        elif issubclass(base, dict):
            dict.__init__(made, content)
        else:
            base.__init__(made, content)
    elif base is object:
        made = object.__new__(cls)
    else:
        made = base.__new__(cls, content)
    object.__setattr__(made, HANDLE, number)
    return made

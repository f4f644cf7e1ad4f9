"""The candidate's classes and objects as the tests see them: real classes here, everything else afar."""

from __future__ import annotations

import collections.abc
import dataclasses
import functools
from collections.abc import Callable
from typing import Any, NoReturn

from sandbox.harness.codec import MUTABLE
from sandbox.harness.describe import CONTENT_BASES
from sandbox.harness.plain import need
from sandbox.harness.session import Session
from sandbox.harness.specials import ARITHMETIC, FORWARDED, HYBRID, READABLE, TEXT, TRUSTED, words

HANDLE = "\0handle"
SESSION = "\0session"
OVERRIDES = "\0overrides"
_PRIVATE = ("_pytest", "pytest", "_coder")
_LOOKUPS = ("__getitem__", "__contains__")


def handle(value: Any) -> int:
    """The worker's number of a mirror class or of an instance of one."""
    if issubclass(type(value), type):
        return int(type.__getattribute__(value, "__dict__")[HANDLE])
    return int(object.__getattribute__(value, HANDLE))


def session_of(value: Any) -> Session:
    """The conversation that a mirror belongs to."""
    cls = value if issubclass(type(value), type) else type(value)
    return type.__getattribute__(cls, SESSION)  # type: ignore[no-any-return]


def is_remote(value: Any) -> bool:
    """Whether it is a mirror class or an instance of one."""
    return type(value) is RemoteType or type(type(value)) is RemoteType


def readable(name: str) -> bool:
    """Whether an attribute of that name may be read from afar."""
    if name.startswith("__") and name.endswith("__"):
        return name in READABLE
    return not name.startswith(_PRIVATE)


class RemoteType(type):
    """The type of mirror classes: calling one and its attributes go to the worker."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> Any:
        base = next(base for base in bases if type(base) is RemoteType)
        raise session_of(base).unsealable(f"the tests subclass {base.__name__}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return session_of(cls).request("call", handle(cls), "", args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        if not readable(name):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return session_of(cls).request("getattr", handle(cls), name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if name == "__abstractmethods__" or name.startswith("_abc_"):
            return type.__setattr__(cls, name, value)
        return session_of(cls).request("setattr", handle(cls), name, (value,))  # type: ignore[no-any-return]

    def __delattr__(cls, name: str) -> None:
        session_of(cls).request("delattr", handle(cls), name)

    def __dir__(cls) -> list[str]:
        return list(session_of(cls).request("dir", handle(cls)))

    def __iter__(cls) -> Any:
        return session_of(cls).request("special", handle(cls), "__iter__")

    def __getitem__(cls, key: Any) -> Any:
        if type.__getattribute__(cls, "__dict__").get("\0generic"):
            return session_of(cls).request("method", handle(cls), "__class_getitem__", (key,))
        return session_of(cls).request("special", handle(cls), "__getitem__", (key,))

    def __len__(cls) -> int:
        return int(session_of(cls).request("special", handle(cls), "__len__"))

    def __contains__(cls, item: Any) -> bool:
        session_of(cls).warn(f"operators-trusted: {cls.__name__}.__contains__")
        return session_of(cls).request("special", handle(cls), "__contains__", (item,)) is True

    def __bool__(cls) -> bool:
        return True


class Remote:
    """What every mirror class of something other than an exception has."""

    def __getattribute__(self, name: str) -> Any:
        cls = type(self)
        overrides = type.__getattribute__(cls, OVERRIDES)
        if name.startswith("__") and name.endswith("__"):
            if name in FORWARDED or name not in READABLE:
                return object.__getattribute__(self, name)
        elif name in _attributes(content_of(cls)) and name not in overrides:
            return object.__getattribute__(self, name)
        if not readable(name):
            raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")
        if overrides and name in _attributes(content_of(cls)):
            session_of(self).warn(f"operators-trusted: {cls.__name__}.{name}")
        return session_of(self).request("getattr", handle(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        session_of(self).request("setattr", handle(self), name, (value,))

    def __delattr__(self, name: str) -> None:
        session_of(self).request("delattr", handle(self), name)

    def __dir__(self) -> list[str]:
        return list(session_of(self).request("dir", handle(self)))

    def __copy__(self) -> Any:
        return session_of(self).request("copy", handle(self), "copy")

    def __deepcopy__(self, memo: Any) -> Any:
        return session_of(self).request("copy", handle(self), "deepcopy")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise session_of(self).unsealable("the tests pickle an object of the candidate")


_KEPT = frozenset(
    words("__getattribute__ __setattr__ __delattr__ __dir__ __copy__ __deepcopy__ __reduce_ex__")
)


class RemoteError:
    """What mirror classes of exceptions have: attributes that are not here are asked for."""

    def __getattr__(self, name: str) -> Any:
        if not readable(name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return session_of(self).request("getattr", handle(self), name)

    def __str__(self) -> str:
        return str(object.__getattribute__(self, "\0text"))


def content_of(cls: type) -> type:
    """The builtin whose content instances of a mirror class hold; `object` for none."""
    return next((base for base in cls.__mro__ if base in CONTENT_BASES), object)


@functools.cache
def _attributes(base: type) -> frozenset[str]:
    return frozenset(dir(base))


def mirror_class(session: Session, number: int, told: Any, bases: list[Any]) -> type:
    """The class that stands here for one of the candidate's. Raises CodecError for malformed claims."""
    need(type(told) is dict, "a description expected")
    for key in ("name", "qualname", "module"):
        need(type(told.get(key)) is str and len(told[key]) < 500, "a name expected")
    for key in ("specials", "absent", "names", "abstract"):
        need(type(told.get(key)) is list and all(type(n) is str for n in told[key]), "names expected")
    need(all(issubclass(type(base), type) for base in bases), "a class expected")
    usable = [base for base in bases if type(base) is RemoteType or base in CONTENT_BASES or _is_error(base)]
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
    }


def _build(
    session: Session, told: dict[str, Any], bases: tuple[type, ...], namespace: dict[str, Any], error: bool
) -> type:
    root = RemoteError if error else Remote
    if not any(issubclass(base, root) for base in bases):
        bases = (root, *bases)
    # In each class itself: a builtin base may come before Remote in the order of resolution.
    shared = {} if error else {n: v for n, v in vars(Remote).items() if n in _KEPT}
    space = {**namespace, **shared}
    content = next((b for base in bases for b in base.__mro__ if b in CONTENT_BASES), object)
    hybrid = content is not object
    for name in told["specials"]:
        allowed = name in HYBRID or (name in _LOOKUPS and content in MUTABLE and issubclass(content, dict))
        if name in FORWARDED and (allowed or not hybrid) and not (error and name in TEXT):
            space[name] = _special(name, content)
    if "__hash__" in told["absent"] and not hybrid:
        space["__hash__"] = None
    space[OVERRIDES] = _overrides(told["names"], content, told.get("lasting") is True)
    fields = told.get("fields")
    if type(fields) is list:
        space["__dataclass_fields__"] = _fields(fields)
    cls: type = type.__new__(RemoteType, told["name"], bases, space)
    for name in told["abstract"]:
        if name in collections.abc.__all__ and name not in ("Hashable", "Callable"):
            getattr(collections.abc, name).register(cls)
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


def _special(name: str, content: type) -> Callable[..., Any]:
    """The method that stands for a special method of the candidate's."""
    frozen = content is not object and content not in MUTABLE

    def special(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = session_of(self)
        if name in ("__eq__", "__ne__") and not is_remote(args[0]):
            return NotImplemented
        if frozen and name in ARITHMETIC and not (args and is_remote(args[0])):
            own = getattr(content, name, None)
            return NotImplemented if own is None else own(self, *args)
        if name in TRUSTED:
            session.warn(f"operators-trusted: {type(self).__name__}.{name}")
        if name == "__await__":
            return session.translator.follow(handle(self)).__await__()
        if name == "__call__":
            return session.request("call", handle(self), "", args, kwargs)
        if name in ("__exit__", "__aexit__"):
            return _leave(session, self, name, args)
        if name in ("__repr__", "__str__", "__format__"):
            return _text(session, self, name, args)
        result = session.request("special", handle(self), name, args)
        if name == "__hash__" and type(result) is not int:
            raise TypeError("__hash__ method should return an integer")
        return result

    special.__name__ = name
    return special


def _leave(session: Session, self: Any, name: str, args: tuple[Any, ...]) -> Any:
    """An exit may swallow what the block raised, but never a failed assertion or what is not an Exception."""
    kind, error, _ = args
    if error is not None and (not isinstance(error, Exception) or isinstance(error, AssertionError)):
        left = session.request("special", handle(self), name, (kind, error, None))
        return _unswallowed(left) if name == "__aexit__" else False
    return session.request("special", handle(self), name, (kind, error, None))


async def _unswallowed(leaving: Any) -> bool:
    await leaving
    return False


def _text(session: Session, self: Any, name: str, args: tuple[Any, ...]) -> str:
    if session.fault or not session.in_control:
        return f"<{type(self).__name__} object of the candidate>"
    result = session.request("special", handle(self), name, args)
    if not isinstance(result, str):
        raise TypeError(f"{name} returned non-string (type {type(result).__name__})")
    return str.__str__(result)


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

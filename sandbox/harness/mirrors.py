"""How the candidate's classes and objects behave for the tests: real classes here, everything else afar."""

from __future__ import annotations

import enum
import functools
import os
import sys
import types
from typing import Any, NoReturn

from sandbox.harness.describe import CONTENT_BASES
from sandbox.harness.functions import OF_FUNCTIONS, is_function
from sandbox.harness.session import Session
from sandbox.harness.specials import FORWARDED, READABLE, words

HANDLE = "\0handle"
SESSION = "\0session"
OVERRIDES = "\0overrides"
CHECKS = "\0checks"
_namespace = vars(type)["__dict__"].__get__
_PRIVATE = ("_pytest", "pytest", "_coder")


_mro_of: Any = vars(type)["__mro__"].__get__


def handle(value: Any) -> int:
    """The worker's number of a mirror class or of an instance of one."""
    if issubclass(type(value), type):
        return int(_namespace(value)[HANDLE])
    return int(object.__getattribute__(value, HANDLE))


def session_of(value: Any) -> Session:
    """The conversation that a mirror belongs to."""
    cls = value if issubclass(type(value), type) else type(value)
    return type.__getattribute__(cls, SESSION)  # type: ignore[no-any-return]


def is_remote(value: Any) -> bool:
    """Whether it is a mirror class or an instance of one."""
    return type(value) in MIRROR_TYPES or type(type(value)) in MIRROR_TYPES


def is_mirror_class(value: Any) -> bool:
    """Whether it is a mirror class."""
    return type(value) in MIRROR_TYPES


def readable(name: str) -> bool:
    """Whether an attribute of that name may be read from afar."""
    if name.startswith("__") and name.endswith("__"):
        return name in READABLE
    return not name.startswith(_PRIVATE)


class RemoteType(type):
    """The type of mirror classes: calling one and its attributes go to the worker."""

    @property
    def __mro__(cls) -> tuple[type, ...]:
        return tuple(base for base in _mro_of(cls) if base not in (Remote, RemoteError))

    def mro(cls) -> list[type]:
        """Python's own while the class is being made; after that what the candidate's has."""
        return type.mro(cls) if _mro_of(cls) is None else list(cls.__mro__)

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> Any:
        base = next(base for base in bases if is_mirror_class(base))
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

    @property  # type: ignore[misc]  # nothing that is told the truth depends on it being final
    def __dict__(cls) -> Any:  # type: ignore[override]
        """Its own, but not for the tests: a loop of theirs over it would find no method of the candidate."""
        root = os.getcwd()  # noqa: PTH109
        if str(sys._getframe(1).f_globals.get("__file__", "")).startswith(f"{root}/"):
            raise session_of(cls).unsealable(f"the tests look into the namespace of {cls.__name__}")
        return _namespace(cls)

    def __subclasses__(cls) -> list[Any]:
        return list(session_of(cls).request("method", handle(cls), "__subclasses__"))

    def __iter__(cls) -> Any:
        return session_of(cls).request("special", handle(cls), "__iter__")

    def __getitem__(cls, key: Any) -> Any:
        if _namespace(cls).get("\0generic"):
            return session_of(cls).request("method", handle(cls), "__class_getitem__", (key,))
        return session_of(cls).request("special", handle(cls), "__getitem__", (key,))

    def __len__(cls) -> int:
        return int(session_of(cls).request("special", handle(cls), "__len__"))

    def __contains__(cls, item: Any) -> bool:
        session_of(cls).warn(f"operators-trusted: {cls.__name__}.__contains__")
        return session_of(cls).request("special", handle(cls), "__contains__", (item,)) is True

    def __bool__(cls) -> bool:
        return True

    def __instancecheck__(cls, value: Any) -> bool:
        if type.__instancecheck__(cls, value) or not type.__getattribute__(cls, CHECKS):
            return type.__instancecheck__(cls, value)
        return _checked(cls, "__instancecheck__", value)

    def __subclasscheck__(cls, value: Any) -> bool:
        if type.__subclasscheck__(cls, value) or not type.__getattribute__(cls, CHECKS):
            return type.__subclasscheck__(cls, value)
        return _checked(cls, "__subclasscheck__", value)


def _checked(cls: type, name: str, value: Any) -> bool:
    """What a protocol, or an abstract class with virtual subclasses, says of an object of the candidate."""
    if not is_remote(value):
        return False  # what the tests' own things and plain data are is no question to the candidate
    session_of(cls).warn(f"operators-trusted: {cls.__name__}.{name}")
    return session_of(cls).request("special", handle(cls), name, (value,)) is True


def _asked(name: str) -> Any:
    return property(lambda cls: session_of(cls).request("getattr", handle(cls), name))


class RemoteEnumType(RemoteType, enum.EnumType):  # type: ignore[misc]  # both say that a class is true
    """The type of mirrors of enumerations, which tests and pytest ask for by `isinstance`."""

    # `Enum` has its own of these, which are empty.
    __members__, _member_map_, _member_names_, _value2member_map_ = map(
        _asked, ("__members__", "_member_map_", "_member_names_", "_value2member_map_")
    )

    def __reversed__(cls) -> Any:
        return reversed(list(cls))


MIRROR_TYPES = frozenset((RemoteType, RemoteEnumType))


class Remote:
    """What every mirror class of something other than an exception has."""

    def __getattribute__(self, name: str) -> Any:
        cls = type(self)
        overrides = type.__getattribute__(cls, OVERRIDES)
        if name.startswith("__") and name.endswith("__"):
            if name == "__class__" and is_function(cls):
                return types.FunctionType
            if name in FORWARDED or name not in READABLE:
                return object.__getattribute__(self, name)
        elif name in _attributes(content_of(cls)) and name not in overrides:
            return object.__getattribute__(self, name)
        if not readable(name):
            raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")
        if name in OF_FUNCTIONS and is_function(cls):
            return OF_FUNCTIONS[name](session_of(self).request("getattr", handle(self), name))
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


# In each mirror class itself: a builtin base may come before Remote in the order of resolution.
KEPT = frozenset(
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

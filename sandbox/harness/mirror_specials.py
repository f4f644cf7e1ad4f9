"""The special methods of mirror classes: what each may ask of the worker, and what is not believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.harness.codec import MUTABLE
from sandbox.harness.mirrors import handle, is_remote, session_of
from sandbox.harness.session import Session
from sandbox.harness.specials import ARITHMETIC, TRUSTED


def special_method(name: str, content: type) -> Callable[..., Any]:
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


def may_swallow(error: BaseException) -> bool:
    """Whether what a block of the tests raised may end at an exit of the candidate's."""
    return isinstance(error, Exception) and not isinstance(error, AssertionError)


def _leave(session: Session, self: Any, name: str, args: tuple[Any, ...]) -> Any:
    """An exit may swallow what the block raised, but never a failed assertion or what is not an Exception."""
    kind, error, _ = args
    if error is not None:
        session.warn(f"operators-trusted: {type(self).__name__}.{name}")
    if error is not None and not may_swallow(error):
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

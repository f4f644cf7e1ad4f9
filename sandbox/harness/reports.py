"""Whether a report has the form that our own processes give it: in-process, a candidate can write one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.harness.frames import Frame

MOST = 100_000  # reports of one execution
_LINES = 1 << 31
_SECONDS = 1e9
_TEXT = 1 << 16  # characters of one text about a failure: ours are cut long before

Fits = Callable[[object], bool]


def flaw(report: Frame) -> str:
    """What is wrong with the form of a report, in words; "" for one that can be worked with.

    Everything that is read of it later is looked at here, once: what is odd ends as `tampered`, and neither
    as an error in whoever reads it nor as a fault of ours.
    """
    kind = report.get("kind")
    form = _FORMS.get(kind) if isinstance(kind, str) else None
    if form is None:
        return "a report of no known kind"
    odd = [name for name, fits in form.items() if not fits(report.get(name))]
    return f"{odd[0]!r} of a report of kind {kind!r}" if odd else ""


def _text(value: object) -> bool:
    return isinstance(value, str)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < _SECONDS  # not a number is neither


def _flag(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _line(value: object) -> bool:
    # code that was made at run time has none
    return value is None or (isinstance(value, int) and -1 <= value < _LINES)


def _short(value: object) -> bool:
    return isinstance(value, str) and len(value) < _TEXT


def _values(value: object) -> bool:
    return isinstance(value, dict) and all(map(_short, value.values()))


def _failure(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    return all(_short(part) or _line(part) or _values(part) for part in value.values())


def _anything(_: object) -> bool:
    return True


_FORMS: Mapping[str, Mapping[str, Fits]] = {
    "collected": {"ids": _texts},
    "test": {"id": _text, "outcome": _text, "seconds": _seconds, "message": _text, "failure": _failure},
    "error": {"failure": _failure},
    "warning": {"text": _short},
    "unsealable": {"why": _short},
    "tampered": {"why": _short},
    "script": {"index": _line, "seconds": _seconds, "failure": _failure, "traced": _flag},
    "surface": {"unchanged": _anything},
    "done": {"stays": _flag},
}

"""What a service's headers say of its limits, in words: requests and tokens left, and until when."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_AGAIN = re.compile(r"try again in ((?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+)", re.I)
LOW = 0.1  # a share of a limit below which it is worth a word


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: `what` ("requests", "tokens"), how much is left of it, seconds until it is whole again."""

    what: str
    left: int
    most: int
    reset: float

    def __str__(self) -> str:
        again = f", whole again in {in_words(self.reset)}" if self.reset and self.left < self.most else ""
        return f"{self.left:,} of {self.most:,} {self.what} left{again}"


def limits(headers: Mapping[str, str], spans: Mapping[str, str] | None = None) -> tuple[Limit, ...]:
    """The limits that `x-ratelimit-…` headers name; `spans` says what each counts in ("a day").

    Groq's count requests a day and tokens a minute; other services do not say in what time.
    """
    found = []
    for kind in ("requests", "tokens"):
        most, left = (
            _whole(headers.get(f"x-ratelimit-{part}-{kind}", "")) for part in ("limit", "remaining")
        )
        if most is not None and left is not None and most > 0:
            span = (spans or {}).get(kind, "")
            reset = duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
            found.append(Limit(f"{kind} {span}".strip(), left, most, reset))
    return tuple(found)


def told(found: tuple[Limit, ...]) -> str:
    """All of them in one line, "" for none."""
    return "; ".join(map(str, found))


def running_low(found: tuple[Limit, ...]) -> str:
    """Those of which little is left, in words; "" where there is enough."""
    return told(tuple(limit for limit in found if limit.left < LOW * limit.most))


def retry_after(headers: Mapping[str, str], said: str = "") -> float:
    """Seconds to wait: by the header, as seconds or a date, else by the server's own words; 0: not said."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            again = _AGAIN.search(said)
            seconds = duration(again[1]) if again else 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def duration(text: str) -> float:
    """Seconds of "2m59.56s", "7h12m", "450ms" or "12"; 0 where it is none of these."""
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = _PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text:
        return 0.0
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def in_words(seconds: float) -> str:
    """A time to wait as people say it: "45 s", "3 min", "7 h 12 min"."""
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    minutes = math.ceil(seconds / 60)
    hours, left = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {left} min" if left else f"{hours} h"


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,15}", text.strip()) else None

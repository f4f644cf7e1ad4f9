"""A service's limits in words."""

from __future__ import annotations

import pytest

from engine.providers.limits import duration, in_words, limits, retry_after, running_low, told

SPANS = {"requests": "a day", "tokens": "a minute"}
HEADERS = {
    "x-ratelimit-limit-requests": "14400",
    "x-ratelimit-limit-tokens": "18000",
    "x-ratelimit-remaining-requests": "14370",
    "x-ratelimit-remaining-tokens": "120",
    "x-ratelimit-reset-requests": "2m59.56s",
    "x-ratelimit-reset-tokens": "7.66s",
}


def test_a_days_and_a_minutes_limits_are_told_apart() -> None:
    found = limits(HEADERS, SPANS)
    assert told(found) == (
        "14,370 of 14,400 requests a day left, whole again in 3 min;"
        " 120 of 18,000 tokens a minute left, whole again in 8 s"
    )
    assert running_low(found).startswith("120 of 18,000 tokens a minute")


@pytest.mark.parametrize("value", ["", "many", "-1", "1e9", "9" * 40])
def test_headers_that_say_nothing_are_no_limit(value: str) -> None:
    assert limits({**HEADERS, "x-ratelimit-limit-tokens": value, "x-ratelimit-limit-requests": value}) == ()
    assert told(()) == running_low(()) == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2m59.56s", 179.56), ("7h12m", 25_920), ("450ms", 0.45), ("12", 12), ("soon", 0), ("1x2s", 0), ("", 0)],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (89, "89 s"), (179.6, "3 min"), (25_920, "7 h 12 min"), (3600, "1 h")],
)
def test_a_wait_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_a_wait_that_only_the_message_names_is_found() -> None:
    said = "Limit 100000, Used 99000, Requested 3000. Please try again in 28m48s. Visit the console"
    assert retry_after({}, said) == 1728
    assert retry_after({"retry-after": "3"}, said) == 3

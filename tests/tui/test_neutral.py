"""Text from outside cannot steer the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.neutral import MAX_LINE, neutral, neutral_line, neutral_lines

CONTROLS = [chr(c) for c in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(c) not in "\t\n"]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: f"{ord(c):02x}")
def test_a_control_character_does_not_reach_the_terminal(control: str) -> None:
    assert control not in neutral(f"a{control}b")


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x1b]52;c;ZXZpbA==\x1b\\",
        "\x1bP1$r\x1b\\",
        "\x9b31m",
        "\x1b[31m",
        "\x1b[6n",
    ],
)
def test_an_escape_sequence_does_not_reach_the_terminal(sequence: str) -> None:
    clean = neutral(f"before{sequence}after")
    assert clean.startswith("before")
    assert clean.endswith("after")
    assert clean.isprintable()


def test_code_cannot_read_differently_from_what_it_does() -> None:
    assert neutral("access = 'user\u202e # admin'") == "access = 'user\\u202e # admin'"


def test_colours_of_a_test_log_are_dropped_and_other_sequences_shown() -> None:
    assert neutral("\x1b[1;31mFAILED\x1b[0m \x1b[H") == "FAILED ␛[H"


def test_a_line_of_ten_megabytes_is_shown_in_part() -> None:
    line = neutral_line("x" * 10_000_000)
    assert len(line) < MAX_LINE + 60
    assert "more characters" in line


def test_lines_are_split_at_newlines_only() -> None:
    assert neutral_lines("a\r\nb\x0cc\u2028d\n") == ["a", "b␌c\\u2028d"]
    assert neutral_lines("") == []


@given(st.text())
def test_nothing_but_printable_text_newlines_and_tabs_is_left(text: str) -> None:
    for character in neutral(text).replace("\n", "").replace("\t", ""):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp"), hex(ord(character))
    neutral(text).encode("utf-8")

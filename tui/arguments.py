"""What is wrong with a command line, said in one line that names the help."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from tui.complaint import complain

_NO_COMMAND = re.compile(r"argument COMMAND: invalid choice: '(.*?)' \(choose from (.*)\)", re.DOTALL)
_MISSING = re.compile(r"the following arguments are required: (.*)")


class Parser(argparse.ArgumentParser):
    """Argparse without its page of usage before each error."""

    def error(self, message: str) -> NoReturn:
        """Say it and end with status 2."""
        complain(in_words(message, self.prog), f"see `{self.prog} --help`")
        self.exit(2)


def in_words(message: str, program: str) -> str:
    """Argparse's message as a user would want it."""
    if found := _NO_COMMAND.match(message):
        from difflib import get_close_matches

        known = re.findall(r"'(.*?)'", found[2])
        near = get_close_matches(found[1], known, n=1)
        return f"there is no command {found[1]!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if found := _MISSING.match(message):
        return f"`{program}` needs {found[1]}"
    return message


def count(text: str) -> int:
    """A number of things: 1 or more. Raises ArgumentTypeError."""
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")

"""`coder-tui prompts`: list, show, edit, compare and reset the templates that prompts are made from."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import CoderTuiError, UsageError
from engine.places import Places
from engine.prompt_scope import Scope
from engine.prompting import Prompts
from tui.headless import say
from tui.neutral import neutral
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Do what `options.action` says. Raises ConfigError, UsageError."""
    places = Places.of(configuration(options))
    prompts = Prompts(places.prompts, places.project_prompts(Path.cwd()))
    if options.action == "list":
        for name in prompts.names():
            scope = prompts.scope(name)
            say(json.dumps({"name": name, "scope": scope}) if options.json else f"{name:<20} {scope}")
        return 0
    if options.action == "diff" and not options.name:
        for name in prompts.names():
            _say_lines(prompts.difference(name))
        return 0
    if not options.name:
        raise UsageError(f"prompts {options.action} needs a name", "`coder-tui prompts list` has them")
    match options.action:
        case "show":
            _say_lines(prompts.source(options.name).splitlines())
        case "diff":
            _say_lines(prompts.difference(options.name))
        case "reset":
            say(f"{options.name}: the {prompts.reset(options.name)} one is used")
        case "save":
            _save(prompts, options, _read(options.file))
        case "edit":
            _edit(prompts, options)
    return 0


def _say_lines(lines: list[str]) -> None:
    for line in lines:
        say(neutral(line))


def _save(prompts: Prompts, options: argparse.Namespace, text: str) -> None:
    scope = Scope.PROJECT if options.project else Scope.USER
    prompts.save(options.name, text, scope)
    over = prompts.scope(options.name) is not scope
    say(
        f"{options.name}: saved for {'this project' if options.project else 'all your projects'}"
        + ("; here this project's own is used before it" if over else "")
    )


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name in ("", "-") else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {name or 'standard input'}: {error}", "name a text file") from None


def _edit(prompts: Prompts, options: argparse.Namespace) -> None:
    """The template in $VISUAL or $EDITOR; a version with an error is not lost but kept to be mended."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    before = prompts.source(options.name)
    with TemporaryDirectory(prefix="coder-tui-") as folder:
        path = Path(folder) / f"{options.name}.md.j2"
        path.write_text(before, "utf-8")
        while True:
            try:
                status = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
            except (OSError, ValueError) as error:
                raise UsageError(f"cannot start {editor}: {error}", "set $VISUAL or $EDITOR") from None
            text = path.read_text("utf-8", "replace")
            if status or text == before:
                say(f"{options.name}: left as it was")
                return
            try:
                _save(prompts, options, text)
                return
            except CoderTuiError as error:
                if not sys.stdin.isatty():
                    raise
                say(neutral(f"{error}"))
                if input("mend it? [Y/n] ").strip().lower().startswith("n"):
                    raise

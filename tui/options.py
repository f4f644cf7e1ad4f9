"""From command-line options to a configuration and a journal-ready task."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine.config import Config, load_with_origins
from engine.config_load import checked_value
from engine.errors import UsageError
from engine.model import Task
from engine.workspace import read_source


def configuration(options: argparse.Namespace) -> Config:
    """The configuration with this command's options on top. Raises ConfigError."""
    return configuration_with_origins(options)[0]


def configuration_with_origins(options: argparse.Namespace) -> tuple[Config, Mapping[str, str]]:
    """The same, and what set each setting. Raises ConfigError."""
    overrides: dict[str, object] = {}
    if options.isolation:
        overrides["sandbox.isolation"] = options.isolation
    if options.no_cache:
        overrides["cache.enabled"] = False
    if getattr(options, "policy", ""):
        overrides["guardrails.policy"] = options.policy
    if getattr(options, "attempts", None) is not None:
        overrides["loop.attempts"] = options.attempts
    if getattr(options, "seconds", None) is not None:
        overrides["limits.seconds" if options.module == "check" else "loop.seconds"] = options.seconds
    named = Path(options.config) if options.config else None
    config, origins = load_with_origins(config_file=named, overrides=overrides)
    return allowing(config, getattr(options, "allow", [])), origins


def allowing(config: Config, names: Sequence[str]) -> Config:
    """The configuration with these names allowed too. Raises ConfigError."""
    if not names:
        return config
    allowed = checked_value("guardrails.allow", [*config.guardrails.allow, *names], "--allow")
    return config.model_copy(update={"guardrails": config.guardrails.model_copy(update={"allow": allowed})})


def described(text: str) -> str:
    """The description itself, or the contents of FILE for `@FILE`. Raises WorkspaceError."""
    return read_source(Path(text[1:])).decode("utf-8").strip() if text.startswith("@") else text.strip()


def wants_screen(options: argparse.Namespace) -> bool:
    """Whether there is a terminal to draw on and nothing asks for plain output."""
    terminals = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))  # it draws on stderr
    return terminals and not options.json and not options.plain


def wants_menu(options: argparse.Namespace) -> bool:
    """Whether plain lines are wanted on a terminal, where questions can be answered."""
    terminals = sys.stdin.isatty() and sys.stdout.isatty()
    return terminals and options.plain and not options.json and not getattr(options, "write", False)


def with_requirements(task: Task, options: argparse.Namespace) -> Task:
    """The task with what `--requirements` names installed. Raises UsageError, WorkspaceError."""
    if not options.requirements:
        return task
    from engine.task_requirements import read_requirements

    return replace(task, requirements=read_requirements(Path(options.requirements)))


def needs_tests(options: argparse.Namespace) -> list[Path]:
    """The named tests as paths; raises UsageError when there are none."""
    if not options.tests:
        raise UsageError("no tests are named", "add --tests TESTS")
    return [Path(name) for name in options.tests]

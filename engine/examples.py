"""The shipped examples: small real tasks, copied to a place of the user's before they are worked on."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UsageError
from engine.model import Task
from engine.task_files import load_task
from sandbox.contract import Limits

FIRST = "merge_intervals"


def folder() -> Path:
    """Where the examples are shipped: inside the package when installed, beside it in a clone."""
    installed = Path(__file__).with_name("examples")
    return installed if installed.is_dir() else Path(__file__).parent.parent / "examples"


def names() -> list[str]:
    """The examples' names, the first one first."""
    found = sorted(path.name for path in folder().iterdir() if (path / "task.md").is_file())
    return sorted(found, key=lambda name: name != FIRST)


def example_task(name: str, into: Path, limits: Limits) -> Task:
    """A fresh copy of an example below `into`, as a task. Raises UsageError for an unknown name."""
    if name not in names():
        raise UsageError(f"there is no example {name!r}", f"there are: {', '.join(names())}")
    source, copy = folder() / name, into / name
    copy.mkdir(parents=True, exist_ok=True)
    for file in (f"{name}.py", f"test_{name}.py", "task.md"):
        (copy / file).write_bytes((source / file).read_bytes())
    description = (copy / "task.md").read_text(encoding="utf-8").strip()
    return load_task(
        copy / f"{name}.py", [copy / f"test_{name}.py"], function=name, description=description, limits=limits
    )

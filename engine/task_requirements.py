"""What a project says that it needs installed: from its requirements file or its pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from engine.errors import UsageError
from engine.workspace import read_source
from sandbox.requirements import Requirements, RequirementsFailed, normalised

DEPTH = 8  # files that name files


def read_requirements(file: Path) -> Requirements:
    """The requirement lines of `requirements.txt` (and those it includes), or of `pyproject.toml`.

    Of the latter `[project].dependencies`. Raises UsageError, WorkspaceError.
    """
    text = read_source(file).decode("utf-8", "replace")
    try:
        lines = of_project(text) if file.suffix == ".toml" else of_list(text, file)
        return normalised(lines)
    except RequirementsFailed as error:
        raise UsageError(f"{file}: {error.message}", error.remedy) from None


def of_project(text: str) -> list[str]:
    """`[project].dependencies` of a pyproject.toml. Raises RequirementsFailed."""
    try:
        found = tomllib.loads(text).get("project", {}).get("dependencies", [])
    except (tomllib.TOMLDecodeError, AttributeError) as error:
        raise RequirementsFailed(f"it cannot be read: {error}") from None
    if not isinstance(found, list) or not all(isinstance(line, str) for line in found):
        raise RequirementsFailed("[project].dependencies is not a list of strings")
    return found


def of_list(text: str, file: Path, depth: int = 0) -> list[str]:
    """The lines of a requirements file, continued and included ones too. Raises RequirementsFailed."""
    lines: list[str] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        included = re.fullmatch(r"(?:-r|--requirement)[ =]?\s*(\S+)", line)
        if included and depth < DEPTH:
            below = file.parent / included[1]
            lines += of_list(read_source(below).decode("utf-8", "replace"), below, depth + 1)
        elif line:
            lines.append(re.sub(r"\s+", " ", line))
    return lines

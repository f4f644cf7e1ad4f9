"""Prompt templates by name: the shipped ones, over them the user's own, over those one project's."""

from __future__ import annotations

from difflib import unified_diff
from importlib.resources import files
from pathlib import Path

from engine.errors import ConfigError
from engine.model import PromptForm
from engine.prompt_family import FAMILIES
from engine.prompt_scope import Scope

SUFFIX = ".md.j2"
SYSTEM = "system"


class PromptStore:
    """Reads and keeps templates. `user_dir` is for all of the user's projects, `project_dir` for this one.

    Both are the user's own folders: what lies in a project's tree is never read as a template.
    """

    def __init__(self, user_dir: Path | None = None, project_dir: Path | None = None) -> None:
        self._folders = {Scope.PROJECT: project_dir, Scope.USER: user_dir}
        self._shipped = files("prompts")

    def names(self) -> tuple[str, ...]:
        """Every template's name: "system", one for each form, and those of a family ("repair.thinking")."""
        plain = (SYSTEM, *(form.value for form in PromptForm))
        return plain + tuple(
            f"{name}.{family}"
            for name in plain
            for family in FAMILIES
            if self._shipped.joinpath(f"{name}.{family}{SUFFIX}").is_file()
        )

    def chosen(self, name: str, family: str) -> str:
        """The template's name for a model's family: its own where there is one."""
        special = f"{name}.{family}"
        return special if family and special in self.names() else name

    def scope(self, name: str) -> Scope:
        """Whose version of it is used."""
        self.check_name(name)
        return next(
            (s for s in self._folders if (own := self._own(name, s)) and own.is_file()), Scope.SHIPPED
        )

    def source(self, name: str) -> str:
        """The text of the version that is used; raises ConfigError where it cannot be read."""
        own = self._own(name, self.scope(name))
        if own is None:
            return self.shipped(name)
        try:
            return own.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"cannot read the prompt template {own}: {error}", "mend or remove it"
            ) from None

    def shipped(self, name: str) -> str:
        """The text that comes with the program."""
        self.check_name(name)
        return self._shipped.joinpath(name + SUFFIX).read_text("utf-8")

    def difference(self, name: str) -> list[str]:
        """A unified diff from the shipped version to the one that is used; empty where they are the same."""
        before, after = self.shipped(name).splitlines(), self.source(name).splitlines()
        scope = self.scope(name)
        return list(unified_diff(before, after, f"{name} (shipped)", f"{name} ({scope})", lineterm=""))

    def keep(self, name: str, text: str, scope: Scope) -> None:
        """Write a version of one's own; raises ConfigError."""
        own = self._own(name, scope)
        if own is None:
            raise ConfigError(f"there is no folder for {scope} prompt templates")
        temporary = own.with_name(f".{own.name}.new")
        try:
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(text, "utf-8")
            temporary.replace(own)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise ConfigError(f"cannot write {own}: {error.strerror or error}", "check the folder") from None

    def reset(self, name: str) -> Scope:
        """Remove the version that is used, unless it is the shipped one; the scope of what is used then."""
        own = self._own(name, self.scope(name))
        try:
            if own is not None:
                own.unlink()
        except OSError as error:
            raise ConfigError(
                f"cannot remove {own}: {error.strerror or error}", "remove it by hand"
            ) from None
        return self.scope(name)

    def check_name(self, name: str) -> None:
        """Raise ConfigError for what is no template's name: no other file is read or written."""
        if name not in self.names():
            raise ConfigError(f"there is no prompt template {name!r}", f"there are {', '.join(self.names())}")

    def _own(self, name: str, scope: Scope) -> Path | None:
        self.check_name(name)
        folder = self._folders.get(scope)
        return folder / (name + SUFFIX) if folder else None

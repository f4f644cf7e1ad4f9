"""What is done with what was found: presets, severities over them, allow-lists."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.guardrails import paths
from engine.guardrails.rule import Rule

POLICIES = ("strict", "standard", "files", "off")
_FILES = {"G301": "off", "G303": "off", "G304": "warn", "G305": "off", "G306": "off"}
# A name that may be used may still not be changed, faked or pointed at what is sensitive.
_NEVER_ALLOWED = frozenset(
    {"G302", "G802", "G803", "G805", "G806", "G807", "G811", "G812", "G814", "G816", "G818"}
)
# What tests are made of; ending or steering the run is not.
_TESTS = frozenset({"pytest", "unittest", "mock", "pytest_mock"})
_TESTS_RULES = frozenset({"G804", "G813"})
_STEERING = frozenset({"pytest.exit", "pytest.main", "unittest.case", "unittest.result", "unittest.runner"})


@dataclass(frozen=True)
class Policy:
    """A preset, the user's severities by rule ("G301") or family ("G3"), and names that are allowed.

    `strict` turns warnings into blocks, `standard` takes each rule's own severity, `files` lets
    programs read and write ordinary files, `off` finds nothing. `tests` is for tests that a model
    wrote: the test frameworks are theirs to use.
    """

    preset: str = "standard"
    severities: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
    tests: bool = False

    @classmethod
    def of(
        cls,
        preset: str = "standard",
        severities: Mapping[str, str] | None = None,
        allow: Iterable[str] = (),
        *,
        tests: bool = False,
    ) -> Policy:
        """A policy with its allow-list in canonical paths. Raises ValueError for an unknown preset."""
        if preset not in POLICIES:
            raise ValueError(f"no policy {preset!r}: there are {', '.join(POLICIES)}")
        return cls(preset, severities or {}, frozenset(canonical(name) for name in allow), tests)

    def severity(self, rule: Rule) -> str:
        """ "block", "warn" or "off"."""
        chosen = self.severities.get(rule.id, self.severities.get(rule.id[:2]))
        if chosen is not None:
            return chosen
        if self.preset == "strict":
            return "block"
        return _FILES.get(rule.id, rule.severity) if self.preset == "files" else rule.severity

    def allows(self, rule: str, name: str) -> bool:
        """Whether `rule` may be broken with the resolved `name`."""
        if self.allow and rule not in _NEVER_ALLOWED and not self.allow.isdisjoint(paths.above(name)):
            return True
        if not self.tests or rule not in _TESTS_RULES:
            return False
        return name.partition(".")[0] in _TESTS and _STEERING.isdisjoint(paths.above(name))


def canonical(name: str) -> str:
    """The path that findings show for `name`: "open" and "io.open" are builtins.open."""
    if "." not in name and hasattr(builtins, name):
        return f"builtins.{name}"
    first, *rest = name.split(".")
    path = paths.module(first)
    for part in rest:
        path = paths.member(path, part)
    return path

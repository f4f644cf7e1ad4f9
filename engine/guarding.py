"""Guardrails over a candidate: what the model added counts, what the user's own code did before does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from engine import guardrails
from engine.config_model import GuardrailSettings
from engine.guardrails.allowance import line_text, split_lines
from engine.model import Finding, Severity
from engine.workspace import Workspace


def guard(
    candidate: Workspace, config: GuardrailSettings, given: Workspace | None = None, *, own: bool = False
) -> tuple[Finding, ...]:
    """Findings for the editable files of `candidate`.

    A block that `given`, the user's own code, has too is only a warning, and a line of it whose
    comment allows a rule may stay as it is. Such comments count in `given` alone; `own` says that the
    candidate is itself the user's code.
    """
    policy = policy_of(config)
    if policy.preset == "off":
        return ()
    given = candidate if own else given
    findings = _findings(candidate, policy, given)
    if own or given is None or not blocks(findings):
        return tuple(findings)
    known = {(f.rule, f.name) for f in _findings(given, policy, None)}
    found = []
    for finding in findings:
        if finding.severity is Severity.BLOCK and (finding.rule, finding.name) in known:
            finding = replace(
                finding, severity=Severity.WARN, why=f"{finding.why} (your own code does it too)"
            )
        found.append(finding)
    return tuple(found)


def blocks(findings: Sequence[Finding]) -> bool:
    """Whether any finding keeps the candidate from running."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def policy_of(config: GuardrailSettings, *, tests: bool = False) -> guardrails.Policy:
    """The policy that the settings describe; `tests` is for tests that a model wrote."""
    preset = config.policy if config.enabled else "off"
    return guardrails.Policy.of(preset, config.severity, config.allow, tests=tests)


def policy_name(config: GuardrailSettings) -> str:
    """The policy in one line, as a run records it: "standard, open allowed, G303 block"."""
    parts: list[str] = [config.policy if config.enabled else "off"]
    if parts != ["off"]:
        parts += [f"{name} allowed" for name in config.allow]
        parts += [f"{rule} {severity}" for rule, severity in sorted(config.severity.items())]
    return ", ".join(parts)


def own_findings(source: bytes, policy: guardrails.Policy) -> tuple[Finding, ...]:
    """Findings in a file of the user's own, where comments may allow rules."""
    return _allowed(guardrails.check(source, policy), source, guardrails.allowed_lines(source))


def _findings(workspace: Workspace, policy: guardrails.Policy, allowing: Workspace | None) -> list[Finding]:
    found: list[Finding] = []
    for path in sorted(p for p in workspace.editable & workspace.files.keys() if p.endswith(".py")):
        source = workspace.files[path]
        own = allowing.files.get(path, b"") if allowing else b""
        found += _allowed(_checked(source, policy), source, guardrails.allowed_lines(own))
    return found


def _checked(source: bytes, policy: guardrails.Policy) -> tuple[Finding, ...]:
    """What the rules say of a file; a repeated answer is not read again."""
    severities = tuple(sorted(policy.severities.items()))
    return _checked_before(source, policy.preset, severities, policy.allow, policy.tests)


@lru_cache(maxsize=64)
def _checked_before(
    source: bytes, preset: str, severities: tuple[tuple[str, str], ...], allow: frozenset[str], tests: bool
) -> tuple[Finding, ...]:
    return guardrails.check(source, guardrails.Policy(preset, dict(severities), allow, tests))


def _allowed(
    findings: tuple[Finding, ...], source: bytes, allowed: frozenset[tuple[str, str]]
) -> tuple[Finding, ...]:
    if not allowed or not findings:
        return findings
    lines = split_lines(source.decode(errors="replace"))
    return tuple(
        f for f in findings if (f.rule, line_text(lines[min(f.line, len(lines)) - 1])) not in allowed
    )

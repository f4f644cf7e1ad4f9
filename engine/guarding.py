"""Guardrails over a candidate: what the model added counts, what the user's own code did before does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine import guardrails
from engine.config_model import GuardrailSettings
from engine.model import Finding, Severity
from engine.workspace import Workspace


def guard(
    candidate: Workspace, config: GuardrailSettings, given: Workspace | None = None
) -> tuple[Finding, ...]:
    """Findings for the editable files of `candidate`; a block that `given` has too is only a warning."""
    if not config.enabled:
        return ()
    known = {(f.rule, f.name) for f in _findings(given, config.severity)} if given else set()
    found = []
    for finding in _findings(candidate, config.severity):
        if finding.severity is Severity.BLOCK and (finding.rule, finding.name) in known:
            finding = replace(
                finding, severity=Severity.WARN, why=f"{finding.why} (your own code does it too)"
            )
        found.append(finding)
    return tuple(found)


def blocks(findings: tuple[Finding, ...]) -> bool:
    """Whether any finding keeps the candidate from running."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def _findings(workspace: Workspace, severities: Mapping[str, str]) -> list[Finding]:
    paths = sorted(p for p in workspace.editable & workspace.files.keys() if p.endswith(".py"))
    return [f for path in paths for f in guardrails.check(workspace.files[path], severities=severities)]

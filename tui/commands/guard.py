"""`coder-tui guard`: guardrails alone."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from engine import guardrails
from engine.finding_formats import finding_json, sarif
from engine.guarding import blocks, own_findings, policy_of
from engine.model import Finding
from engine.workspace import read_source
from tui.headless import say
from tui.neutral import neutral
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Check each file; 1 when anything blocks. Raises WorkspaceError for a file that cannot be read."""
    policy = policy_of(configuration(options).guardrails)
    form = options.format or ("json" if options.json else "text")
    found: list[tuple[str, tuple[Finding, ...]]] = []
    for name in options.files:
        source = read_source(Path(name))
        began = time.perf_counter()
        findings = own_findings(source, policy) if options.own else guardrails.check(source, policy)
        seconds = time.perf_counter() - began
        found.append((name, findings))
        if form == "json":
            listed = [finding_json(finding) for finding in findings]
            say(json.dumps({"file": name, "findings": listed, "seconds": round(seconds, 6)}))
        elif form == "text":
            _tell(name, findings)
    if form == "sarif":
        say(json.dumps(sarif(found), indent=2))
    return 1 if any(blocks(findings) for _, findings in found) else 0


def _tell(file: str, findings: tuple[Finding, ...]) -> None:
    for f in findings:
        via = f" (named at line {f.via_line})" if f.via_line else ""
        say(
            neutral(f"{file}:{f.line}:{f.column + 1}: {f.severity} {f.rule} {f.name}{via}: {f.why} — {f.fix}")
        )
    if not findings:
        say(neutral(f"{file}: nothing found"))

"""`coder-tui guard`: guardrails alone."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from pydantic import TypeAdapter

from engine import guardrails
from engine.model import Finding, Severity
from engine.workspace import read_source
from tui.headless import say
from tui.neutral import neutral
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Check each file; 1 when anything blocks. Raises WorkspaceError for a file that cannot be read."""
    severities = configuration(options).guardrails.severity
    blocked = False
    for name in options.files:
        source = read_source(Path(name))
        began = time.perf_counter()
        findings = guardrails.check(source, severities=severities)
        seconds = time.perf_counter() - began
        blocked |= any(finding.severity is Severity.BLOCK for finding in findings)
        if options.json:
            listed = TypeAdapter(tuple[Finding, ...]).dump_python(findings, mode="json")
            say(json.dumps({"file": name, "findings": listed, "seconds": round(seconds, 6)}))
            continue
        for f in findings:
            say(neutral(f"{name}:{f.line}:{f.column + 1}: {f.severity} {f.rule} {f.name}: {f.why} — {f.fix}"))
        if not findings:
            say(neutral(f"{name}: nothing found"))
    return 1 if blocked else 0

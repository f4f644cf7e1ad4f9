"""Findings for other programs: plain JSON, and SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import PurePath
from urllib.parse import quote

from engine.guardrails import RULES, Rule
from engine.model import Finding, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.BLOCK: "error", Severity.WARN: "warning"}
_NUMBERS = {rule.id: number for number, rule in enumerate(RULES)}

Json = dict[str, object]


def finding_json(finding: Finding) -> Json:
    """The documented fields; where the alias was made only when there is one."""
    fields: Json = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "line": finding.line,
        "column": finding.column,
        "name": finding.name,
        "why": finding.why,
        "fix": finding.fix,
    }
    if finding.via_line:
        fields |= {"via_line": finding.via_line, "via_column": finding.via_column}
    return fields


def sarif(files: Sequence[tuple[str, tuple[Finding, ...]]]) -> Json:
    """One SARIF log with one run: every rule, and a result for each finding of each file."""
    driver: Json = {
        "name": "coder-tui guardrails",
        "semanticVersion": version("coder-tui"),
        "rules": [_rule(rule) for rule in RULES],
    }
    results = [_result(name, finding) for name, findings in files for finding in findings]
    run: Json = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.title.replace("-", " ").split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why.replace("{name}", "This")},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(file: str, finding: Finding) -> Json:
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": _NUMBERS[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.why}. Instead: {finding.fix}"},
        "locations": [_location(file, finding.line, finding.column)],
        "properties": {"name": finding.name},
    }
    if finding.via_line:
        alias = _location(file, finding.via_line, finding.via_column)
        result["relatedLocations"] = [
            {"id": 1, **alias, "message": {"text": f"{finding.name} gets another name here"}}
        ]
    return result


def _location(file: str, line: int, column: int) -> Json:
    path = PurePath(file)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    region = {"startLine": line, "startColumn": column + 1}
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}

"""Pane 5: what the guardrails found, why it matters, how to fix it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model import Finding, Severity
from tui.neutral import neutral_line
from tui.panes.base import Pane
from tui.panes.line import Kind, Line
from tui.state import State


def finding_lines(findings: Iterable[Finding], file: str = "") -> list[Line]:
    """Two lines a finding: what and where in `file`, then how to fix it."""
    lines: list[Line] = []
    counts = {Severity.BLOCK: 0, Severity.WARN: 0}
    for finding in findings:
        counts[finding.severity] += 1
        mark = f"{finding.severity.value[0].upper()}{counts[finding.severity]} {finding.severity}"
        name = f" ({finding.name})" if finding.name else ""
        kind = Kind.BAD if finding.severity is Severity.BLOCK else Kind.WARN
        via = f", named at line {finding.via_line}" if finding.via_line else ""
        text = f"{mark} {finding.rule} line {finding.line}{via}{name}  {finding.why}"
        at = (file, finding.line) if finding.line else None
        lines.append(Line(neutral_line(text), kind, part=True, at=at))
        if finding.fix:
            lines.append(Line(neutral_line(f"   how to fix: {finding.fix}")))
    return lines


class Guardrails(Pane):
    """Findings of the selected attempt."""

    number = 5
    name_ = "Guardrails"

    def __init__(self) -> None:
        super().__init__(wrapped=True)

    def inputs(self, state: State) -> tuple[object, ...]:
        """The attempt."""
        return (state.attempt,)

    def build(self, state: State) -> list[Line]:
        """The findings, or that there are none."""
        if state.attempt is None:
            return []
        file = state.history.task.target.file if state.history.task else ""
        return finding_lines(state.attempt.findings, file) or [Line("nothing found", Kind.DIM)]

    def retitle(self) -> None:
        """How many of each severity."""
        findings = self.state.attempt.findings if self.state.attempt else ()
        counts = [(sum(f.severity is s for f in findings), s) for s in Severity]
        words = ", ".join(f"{n} {s}" for n, s in counts if n)
        self.entitle(f"5 Guardrails{f' [{words}]' if words else ''}")

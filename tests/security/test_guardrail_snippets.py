"""Our own disguises and honest programs, written before looking at the rules; `-s` names every miss.

In `snippets/malicious.txt` each begins with `#: category name severity` and its sink ends in `#!`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from engine.guardrails import check

SNIPPETS = Path(__file__).parent / "snippets"
_HEAD = re.compile(r"^#: ", re.M)
_SINK = "  #!"


def snippets(name: str) -> Iterator[tuple[list[str], str]]:
    """Each snippet's head, in words, and its body."""
    for chunk in _HEAD.split((SNIPPETS / name).read_text(encoding="utf-8"))[1:]:
        head, _, body = chunk.partition("\n")
        yield head.split(), body


def test_disguises_pass_unseen_or_at_the_wrong_line() -> None:
    total, flagged, exact = Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for (category, name, expected), body in snippets("malicious.txt"):
        line = next(n for n, text in enumerate(body.split("\n"), 1) if text.endswith(_SINK))
        findings = check(body.replace(_SINK, ""))
        worst = min((str(f.severity) for f in findings), default="none")
        hit = worst == expected and any(f.line == line and f.severity == expected for f in findings)
        total[category] += 1
        flagged[category] += bool(findings)
        exact[category] += hit
        if not hit:
            print(f"  {category} {name}: {expected} at {line}, got", [(f.rule, f.line) for f in findings])
    print("disguises: flagged", flagged.total(), "severity and line", exact.total(), "of", total.total())
    assert total.total() >= 200
    assert exact.total() >= 0.99 * total.total()
    assert all(flagged[category] >= 0.95 * total[category] for category in total)


def test_honest_programs_are_stopped_or_nagged() -> None:
    found = {}
    for (name,), body in snippets("honest.txt"):
        ast.parse(body)
        found[name] = [(f.rule, f.line, f.name) for f in check(body)]
    assert len(found) >= 100
    assert {name: findings for name, findings in found.items() if findings} == {}

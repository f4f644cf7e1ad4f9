"""What guardrails flag, at which line and how fast; beside bandit and ruff's S rules on the same files.

    python tests/bench/guardrails.py [--peers DIR] [--shared DIR]
    python tests/bench/guardrails.py --library [FOLDER...]

`--library` checks every file of the standard library and of the installed packages, or of the folders
given, instead: how long each took against 100 ms for each 100 KB, and which were refused.
`--peers DIR` installs both into a virtual environment in DIR, which may be thrown away afterwards.
Flagged: any finding in the file. Right line: one at the line of the sink. False alarm: any finding in
a reference solution or an honest program. The corpora of the shared folder count where there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.guardrails import check  # noqa: E402
from tests.bench.guardrails_library import libraries, scan  # noqa: E402
from tests.security import test_guardrail_corpora as corpora  # noqa: E402
from tests.security.test_guardrail_snippets import snippets  # noqa: E402

Lines = Mapping[str, set[int]]
Tool = Callable[[Path], Lines]


@dataclass(frozen=True)
class Sample:
    """One program; `line` is where its sink is, 0 in honest ones."""

    name: str
    source: str
    line: int


def disguises() -> Iterator[Sample]:
    """Our own malicious snippets."""
    for (category, name, _), body in snippets("malicious.txt"):
        line = next(n for n, text in enumerate(body.split("\n"), 1) if text.endswith("  #!"))
        yield Sample(f"{category}-{name}", body.replace("  #!", ""), line)


def honest_snippets() -> Iterator[Sample]:
    """Our own honest programs."""
    for (name,), body in snippets("honest.txt"):
        yield Sample(name, body, 0)


def groups(shared: Path) -> dict[str, list[Sample]]:
    """Everything that is measured, by group."""
    found = {"own disguises": [*disguises()], "own honest": [*honest_snippets()]}
    if shared.is_dir():
        corpora.SHARED = shared
        found["malicious"] = [Sample(n, s, line) for n, _, line, _, s in corpora.malicious()]
        found["reference and benign"] = [Sample(n.replace("/", "-"), s, 0) for n, s in corpora.honest()]
    return found


def ours(folder: Path) -> Lines:
    """Lines with findings by file, as `coder-tui guard` has them."""
    return {path.name: {f.line for f in check(path.read_bytes())} for path in folder.glob("*.py")}


def bandit(python: Path) -> Tool:
    """Bandit with its defaults."""

    def run(folder: Path) -> Lines:
        words = [python, "-m", "bandit", "-q", "-r", "-f", "json", str(folder)]
        return _by_file(_json(words)["results"], lambda one: (one["filename"], one["line_number"]))

    return run


def ruff(python: Path) -> Tool:
    """Ruff's S rules."""

    def run(folder: Path) -> Lines:
        words = [python, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "S"]
        found = _json([*words, "--output-format", "json", str(folder)])
        return _by_file(found, lambda one: (one["filename"], one["location"]["row"]))

    return run


def _json(words: list[str | Path]) -> object:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.strip())
    return json.loads(done.stdout)


def _by_file(found: list[dict], place: Callable[[dict], tuple[str, int]]) -> Lines:  # type: ignore[type-arg]
    lines: defaultdict[str, set[int]] = defaultdict(set)
    for name, line in map(place, found):
        lines[Path(name).name].add(line)
    return lines


def install(folder: Path) -> Path:
    """A virtual environment with both peers; its Python."""
    python = folder / "peers" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "peers", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "bandit", "ruff"], check=True)
    return python


def processor_seconds() -> float:
    """Processor time of this process and of those that it waited for: the clock also counts others' work."""
    return sum(os.times()[:4])


def percent(part: int, whole: int) -> str:
    """A share, in words that a table can hold."""
    return f"{100 * part / whole:.1f} %"


def row(tool: str, run: Tool, samples: Mapping[str, list[Sample]]) -> str:
    """One line of the table."""
    cells = [tool]
    seconds, files = 0.0, 0
    for group in samples.values():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for sample in group:
                (folder / f"{sample.name}.py").write_text(sample.source, encoding="utf-8")
            began = processor_seconds()
            lines = run(folder)
            seconds += processor_seconds() - began
        files += len(group)
        flagged = sum(bool(lines.get(f"{sample.name}.py")) for sample in group)
        cells.append(percent(flagged, len(group)))
        if group[0].line:
            exact = sum(sample.line in lines.get(f"{sample.name}.py", ()) for sample in group)
            cells.append(percent(exact, len(group)))
    return "| " + " | ".join([*cells, f"{1e3 * seconds / files:.2f} ms"]) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--peers", type=Path, metavar="DIR", help="install bandit and ruff here, and run them"
    )
    parser.add_argument("--shared", type=Path, default=corpora.SHARED, metavar="DIR")
    parser.add_argument(
        "--library", type=Path, nargs="*", metavar="FOLDER", help="time real libraries instead"
    )
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.library is not None:
        scan(options.library or libraries())
        return
    tools: dict[str, Tool] = {"coder-tui guardrails": ours}
    if options.peers:
        python = install(options.peers.absolute())
        tools |= {"bandit": bandit(python), "ruff, S rules": ruff(python)}
    samples = groups(options.shared)
    heads = ["tool"]
    for name, group in samples.items():
        heads.append(f"{name} ({len(group)}): {'flagged' if group[0].line else 'false alarms'}")
        heads += ["right line"] * bool(group[0].line)
    print(f"| {' | '.join([*heads, 'CPU a file'])} |\n|{'---|' * (len(heads) + 1)}")
    for tool, run in tools.items():
        print(row(tool, run, samples))


if __name__ == "__main__":
    main()
